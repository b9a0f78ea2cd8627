package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.loadtest.load.Endpoint;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.Workload;
import io.zandloper.server.wire.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What each way to the clients takes: round trips of segment tests over one connection, one at a time, the client
 * spinning, and the processor time that the server has used for them. A server of its own for each transport, all there
 * the whole time; those whose turn it is not are stopped by a signal, else one that spins would be in all figures.
 */
final class TransportRows {
    private static final String GOAL = "transport";
    /** What differs is the way to the data: few enough that a server for each transport has room. */
    private static final int PROFILES_MAX = 100_000;

    private static final Duration RUN_MAX = Duration.ofMinutes(2);
    private static final String SOCKET = "s";

    private final Pace pace;
    private final Kept kept;
    private final PrintWriter out;

    TransportRows(Pace pace, Kept kept, PrintWriter out) {
        this.pace = pace;
        this.kept = kept;
        this.out = out;
    }

    /** One way, and what it took in each round. */
    private final class Series {
        private final String name;
        private final FilledServer server;
        private final Loads loads;
        private final double[] medianMicros = new double[pace.runs()];
        private final double[] tailMicros = new double[pace.runs()];
        private final double[] cpuSecondsPerMillion = new double[pace.runs()];

        Series(String name, FilledServer server, Endpoint endpoint, int profiles) {
            this.name = name;
            this.server = server;
            this.loads = Loads.ours(name, endpoint, profiles, out);
        }

        void warmUp() throws IOException, InterruptedException {
            server.resume();
            ask(Loads.during(Duration.ZERO, pace.heat()));
            server.pause();
        }

        void round(int index) throws IOException, InterruptedException {
            server.resume();
            final Duration before = server.cpu();
            final LoadResult result = ask(Loads.requests(Duration.ZERO, RUN_MAX, pace.roundTrips()));
            final double cpuSeconds = Math.max(1e-2, server.cpu().minus(before).toNanos() / 1e9);
            server.pause();
            medianMicros[index] = result.latenciesNanos().getValueAtPercentile(50) / 1e3;
            tailMicros[index] = result.latenciesNanos().getValueAtPercentile(99.9) / 1e3;
            cpuSecondsPerMillion[index] = cpuSeconds * 1e6 / result.count();
            kept.add("Round trip by transport", name, result.latenciesNanos());
            out.printf(
                    Locale.ROOT,
                    "%s: p50 %.1f µs, p99.9 %.1f µs, %.1f CPU-seconds a million requests%n",
                    name,
                    medianMicros[index],
                    tailMicros[index],
                    cpuSecondsPerMillion[index]);
            out.flush();
        }

        private LoadResult ask(LoadPlan.Extent extent) throws IOException, InterruptedException {
            return loads.run(loads.plan(Workload.SEGMENTS, LoadPlan.Loop.closed(LoadPlan.Waiting.SPIN, 1, 1), extent));
        }
    }

    /** @param dataOn see {@link WireBenchmark.Setup}, as the other */
    List<Comparison> run(int profiles, @Nullable Path dataOn, @Nullable Path journalOn)
            throws IOException, InterruptedException {
        try (Servers servers = new Servers(Math.min(PROFILES_MAX, profiles), dataOn, journalOn)) {
            servers.add(Transport.EPOLL, false);
            servers.add(Transport.EPOLL, true);
            servers.add(Transport.IO_URING, false);
            servers.add(Transport.NIO, false);
            for (final Series series : servers.ways) {
                series.warmUp();
            }
            for (int i = 0; i < pace.runs(); i++) {
                for (final Series series : servers.ways) {
                    series.round(i);
                }
            }
            return rows(servers.ways);
        }
    }

    private static List<Comparison> rows(List<Series> ways) {
        final Series usual = ways.get(0);
        final List<Comparison> rows = new ArrayList<>();
        for (final Series other : ways.subList(1, ways.size())) {
            rows.add(row(other.name + ", round trip, p50", other.medianMicros, usual, usual.medianMicros, "µs"));
            rows.add(row(other.name + ", round trip, p99.9", other.tailMicros, usual, usual.tailMicros, "µs"));
            rows.add(row(
                    other.name + ", processor time a request",
                    other.cpuSecondsPerMillion,
                    usual,
                    usual.cpuSecondsPerMillion,
                    "s/million"));
        }
        return rows;
    }

    private static Comparison row(String what, double[] ours, Series usual, double[] theirs, String unit) {
        return Rounds.of(GOAL, what, ours, usual.name, theirs, unit);
    }

    /** A server for each transport, and the ways to them; those that this machine does not have are said to be missing. */
    private final class Servers implements AutoCloseable {
        private final int profiles;
        private final @Nullable Path dataOn;
        private final @Nullable Path journalOn;
        private final List<BenchFolder> folders = new ArrayList<>();
        private final List<FilledServer> running = new ArrayList<>();
        private final List<Series> ways = new ArrayList<>();

        Servers(int profiles, @Nullable Path dataOn, @Nullable Path journalOn) {
            this.profiles = profiles;
            this.dataOn = dataOn;
            this.journalOn = journalOn;
        }

        void add(Transport transport, boolean busySpin) throws IOException, InterruptedException {
            final String name = transport.label() + (busySpin ? ", spinning" : "");
            if (transport.unavailability() != null) {
                out.printf(Locale.ROOT, "%s is left out: %s%n", name, transport.unavailability());
                return;
            }
            final BenchFolder folder = BenchFolder.create(dataOn, journalOn);
            folders.add(folder);
            final Path socket = folder.file(SOCKET);
            final List<String> options = new ArrayList<>(
                    List.of("--transport", transport.label(), "--event-loops", "1", "--socket", socket.toString()));
            if (busySpin) {
                options.add("--busy-spin");
            }
            final FilledServer server = FilledServer.start(folder, profiles, 0, out, options.toArray(new String[0]));
            running.add(server);
            ways.add(new Series(name, server, server.endpoint(), profiles));
            if (transport == Transport.EPOLL) {
                ways.add(new Series(name + ", Unix socket", server, Endpoint.unix(socket), profiles));
            }
            server.pause();
        }

        @Override
        public void close() throws IOException {
            running.forEach(FilledServer::close);
            for (final BenchFolder folder : folders) {
                folder.close();
            }
        }
    }
}
