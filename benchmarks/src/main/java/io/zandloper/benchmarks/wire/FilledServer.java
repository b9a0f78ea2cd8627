package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.loadtest.demo.ServerProcess;
import io.zandloper.loadtest.load.Endpoint;
import io.zandloper.loadtest.report.ProgressLine;
import io.zandloper.storage.Storage;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The server with the {@link BenchProfiles} in it, as a process of its own. */
public final class FilledServer implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(8);
    /** Files that were written may have to go to the disk first. */
    private static final Duration STOP_MAX = Duration.ofMinutes(3);

    private final ServerProcess process;

    private FilledServer(ServerProcess process) {
        this.process = process;
    }

    /** Something that is measured on a storage before a server has it. */
    interface Before {
        void measure(Storage storage) throws IOException;
    }

    /**
     * Writes the profiles straight into a storage, closes it, and starts the server on it.
     *
     * @param options further ones of {@code serve}
     */
    public static FilledServer start(BenchFolder folder, int profiles, int offers, PrintWriter out, String... options)
            throws IOException, InterruptedException {
        fill(folder, profiles, offers, out, storage -> {});
        return open(folder, options);
    }

    /** Writes the profiles straight into a storage, and closes it. */
    static void fill(BenchFolder folder, int profiles, int offers, PrintWriter out, Before before) throws IOException {
        try (BenchStorage storage = BenchStorage.open(folder)) {
            final ProgressLine progress = ProgressLine.onConsole(out, "filling the storage", profiles);
            storage.putCatalog(offers);
            storage.putProfiles(profiles, 0, progress::update);
            progress.finish();
            storage.check(profiles);
            before.measure(storage.storage());
        }
    }

    /** Starts the server on what is there. */
    public static FilledServer open(BenchFolder folder, String... options) throws IOException, InterruptedException {
        final List<String> all = new ArrayList<>(List.of(
                "--data",
                folder.data().toString(),
                "--journal",
                folder.journal().toString()));
        all.addAll(List.of(options));
        final FilledServer server = new FilledServer(ServerProcess.spawn(folder.file("server.log"), all));
        boolean started = false;
        try {
            server.process.awaitReady(START_MAX);
            started = true;
        } finally {
            if (!started) {
                server.close();
            }
        }
        return server;
    }

    public Endpoint endpoint() {
        return Endpoint.tcp(process.host("binary"), process.port("binary"));
    }

    /** On this machine, of {@code binary}, {@code http} or {@code admin}. */
    public int port(String port) {
        return process.port(port);
    }

    long pid() {
        return process.pid();
    }

    /** Processor time it has used. */
    Duration cpu() {
        return process.cpu();
    }

    /** Stops it where it is, so that it takes no processor, even where it spins. */
    void pause() throws IOException, InterruptedException {
        process.pause();
    }

    void resume() throws IOException, InterruptedException {
        process.resume();
    }

    @Override
    public void close() {
        process.stop(STOP_MAX);
    }
}
