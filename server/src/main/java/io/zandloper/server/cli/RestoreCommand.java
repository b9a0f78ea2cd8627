package io.zandloper.server.cli;

import io.zandloper.server.catalog.StoredCatalogs;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.StorageRestore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code restore}: makes a data folder of a snapshot, without a server. */
@Command(
        name = "restore",
        description =
                "Makes a data folder of a snapshot, and erases in it who was erased after the snapshot was taken.",
        footer = {
            "Later erasures stand in the ledger beside the snapshots; where the snapshot was copied away",
            "from there, name the newest ledger with --ledger.%n"
        })
final class RestoreCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "SNAPSHOT", description = "The snapshot's folder.")
    private Path snapshot = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "The data folder to make; not there yet, or empty.")
    private Path data = Path.of("");

    @Option(
            names = "--journal",
            paramLabel = "DIR",
            description =
                    "Folder of its journal and snapshots; not there yet, or empty. Default: journal, inside --data.")
    private @Nullable Path journal;

    @Option(
            names = "--ledger",
            paramLabel = "FILE",
            description =
                    "The ledger of erasures to apply. Default: erasures.ledger, in the folder that holds the folder"
                            + " snapshots.")
    private @Nullable Path ledger;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        final StorageConfig defaults = StorageConfig.of(data);
        final StorageConfig config = new StorageConfig(
                data,
                journal == null ? defaults.journalFolder() : journal,
                defaults.durability(),
                defaults.writerQueueLength());
        final StorageRestore.Restored restored;
        try {
            restored = StorageRestore.restore(snapshot, config, new StoredCatalogs(), MicrosClock.system(), ledger);
        } catch (StorageException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        }
        final PrintWriter out = spec.commandLine().getOut();
        out.println("restored " + snapshot + " to " + data + ": " + profiles(restored.profiles()) + " at sequence "
                + restored.sequence());
        out.println(
                restored.ledger() == null
                        ? "no ledger of erasures lies beside the snapshot: whoever was erased since it was taken is there"
                                + " again, unless you restore with --ledger"
                        : "erased again, by " + restored.ledger() + ": " + profiles(restored.erased()));
        out.flush();
        return ZandloperCommands.DONE;
    }

    private static String profiles(long count) {
        return count == 1 ? "1 profile" : count + " profiles";
    }
}
