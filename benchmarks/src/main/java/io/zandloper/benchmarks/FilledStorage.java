package io.zandloper.benchmarks;

import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A storage with a generated data set in it, in a folder of its own that goes when this is closed. */
public final class FilledStorage implements AutoCloseable {
    private static final long SEED = 1;
    private static final int ROWS_PER_CHUNK = 256;
    private static final long FULL_QUEUE_PAUSE_NANOS = 50_000;

    private final Path folder;
    private final Storage storage;
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong applied = new AtomicLong();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    private FilledStorage(Path folder, Storage storage) {
        this.folder = folder;
        this.storage = storage;
    }

    /** @param progress told the profiles written, now and then */
    public static FilledStorage create(long profiles, int offers, int segments, LongConsumer progress)
            throws IOException {
        final Path folder = Files.createTempDirectory("zandloper-bench-");
        final DataSet data = new DataSet(profiles, offers, segments, SEED);
        final FilledStorage filled = new FilledStorage(
                folder,
                Storage.open(
                        StorageConfig.of(folder.resolve("data")),
                        source -> compiled(source, Catalog.EMPTY),
                        MicrosClock.system()));
        boolean complete = false;
        try {
            filled.fill(data, progress);
            complete = true;
        } finally {
            if (!complete) {
                filled.close();
            }
        }
        return filled;
    }

    /** The generated catalog of that size, compiled. */
    public static Catalog catalog(int offers, int segments) throws IOException {
        return compiled(source(new DataSet(0, offers, segments, SEED)), Catalog.EMPTY);
    }

    private static byte[] source(DataSet data) throws IOException {
        final ByteArrayOutputStream source = new ByteArrayOutputStream();
        data.writeCatalog(source);
        return source.toByteArray();
    }

    private static Catalog compiled(byte[] source, Catalog previous) {
        final CatalogCompilation compilation = CatalogReader.read(source).compile(previous);
        final Catalog catalog = compilation.catalog();
        if (catalog == null) {
            throw new IllegalStateException("a generated catalog does not compile: " + compilation.errors());
        }
        return catalog;
    }

    private void fill(DataSet data, LongConsumer progress) throws IOException {
        final byte[] source = source(data);
        submit(new ReplaceCatalog(compiled(source, Catalog.EMPTY), source, null));
        awaitApplied();
        final ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        for (long from = 0; from < data.profiles(); from += ROWS_PER_CHUNK) {
            final long to = Math.min(data.profiles(), from + ROWS_PER_CHUNK);
            chunk.reset();
            data.writeProfiles(chunk, from, to, rows -> {});
            submitLines(chunk.toByteArray());
            progress.accept(to);
        }
        awaitApplied();
    }

    private void submitLines(byte[] lines) {
        int start = 0;
        for (int end = 0; end < lines.length; end++) {
            if (lines[end] == '\n') {
                submit(ProfileReader.readLine(
                        StrictJson.parseObject(lines, start, end - start), UpsertProfile.Mode.MERGE));
                start = end + 1;
            }
        }
    }

    private void submit(Change change) {
        submitted.incrementAndGet();
        while (!storage.submit(change, listener)) {
            LockSupport.parkNanos(FULL_QUEUE_PAUSE_NANOS);
        }
    }

    private final ChangeListener listener = new ChangeListener() {
        @Override
        public void onOutcome(ChangeOutcome outcome) {
            if (!outcome.status().isAccepted()) {
                failure.set(outcome.toString());
            }
            applied.incrementAndGet();
        }

        @Override
        public void onFailure(StorageException cause) {
            failure.set(String.valueOf(cause.getMessage()));
            applied.incrementAndGet();
        }
    };

    private void awaitApplied() {
        while (applied.get() < submitted.get()) {
            LockSupport.parkNanos(FULL_QUEUE_PAUSE_NANOS);
        }
        final String reason = failure.get();
        if (reason != null) {
            throw new IllegalStateException("a generated change was refused: " + reason);
        }
    }

    public Storage storage() {
        return storage;
    }

    /** For further files on the same file system; goes with this. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() throws IOException {
        storage.close();
        final List<Path> paths;
        try (Stream<Path> all = Files.walk(folder)) {
            paths = all.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (final Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
