package io.zandloper.server;

import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.catalog.CatalogReading;
import io.zandloper.server.cli.CommandException;
import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.ChangeFuture;
import io.zandloper.storage.Role;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.profile.FieldError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The catalog of {@code --catalog}. */
final class StartupCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(StartupCatalog.class);
    private static final int ERRORS_SHOWN = 5;

    private StartupCatalog() {}

    /** A catalog of a file that was found to be right. */
    record Checked(Path file, byte[] source, Catalog catalog) {}

    /** @throws CommandException where the file cannot be read or the catalog has errors */
    static Checked check(Path file, Catalog previous) {
        final byte[] source = read(file);
        try {
            final CatalogReading reading = CatalogReader.read(source);
            final CatalogCompilation compilation = reading.compile(previous);
            final Catalog catalog = compilation.catalog();
            if (catalog == null) {
                throw new CommandException(describe(file, compilation.errors()));
            }
            return new Checked(file, source, catalog);
        } catch (MalformedBodyException e) {
            throw new CommandException(
                    "the catalog " + file + " is not usable: " + e.getMessage() + "; correct the file");
        }
    }

    /** Makes it the one that decides, unless the stored one is equal as JSON. */
    static void replace(Checked checked, Storage storage) {
        if (storage.replication().role() == Role.REPLICA) {
            // All servers of a set may be started alike: each may be the primary next.
            LOG.warn("The catalog {} is not used: a replica has its primary's.", checked.file());
            return;
        }
        final byte[] stored = storage.catalogSource();
        if (stored.length > 0 && StrictJson.parse(stored).equals(StrictJson.parse(checked.source()))) {
            return;
        }
        final ChangeOutcome outcome = apply(new ReplaceCatalog(checked.catalog(), checked.source(), null), storage);
        if (!outcome.status().isAccepted()) {
            throw new CommandException(describe(checked.file(), outcome.errors()));
        }
        LOG.info("The catalog {} is version {} now.", checked.file(), outcome.version());
    }

    private static ChangeOutcome apply(ReplaceCatalog change, Storage storage) {
        final ChangeFuture applied = new ChangeFuture();
        final boolean isQueued = storage.submit(change, applied);
        if (!isQueued) {
            throw new IllegalStateException("nobody else writes before the start, and the queue is full");
        }
        try {
            return applied.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StorageException broken ? broken : e;
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new CommandException("there is no catalog " + file + "; check --catalog");
        } catch (IOException e) {
            throw new CommandException(
                    "cannot read the catalog " + file + "; check --catalog and the file's permissions");
        }
    }

    private static String describe(Path file, List<FieldError> errors) {
        final String shown =
                errors.stream().limit(ERRORS_SHOWN).map(FieldError::toString).collect(Collectors.joining("; "));
        final int more = errors.size() - Math.min(errors.size(), ERRORS_SHOWN);
        return "the catalog " + file + " has errors; correct them: " + shown
                + (more == 0 ? "" : "; and " + more + " more");
    }
}
