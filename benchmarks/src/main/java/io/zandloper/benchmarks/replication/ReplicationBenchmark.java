package io.zandloper.benchmarks.replication;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.wire.FilledServer;
import io.zandloper.benchmarks.wire.Loads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench replication}, P11: a full sync against bare {@code sendfile} of the same bytes, reads beside one, how fast a
 * replica follows and how far behind it is meanwhile. Real processes that share the machine with the benchmark.
 */
public final class ReplicationBenchmark {
    /** What can be asked for. */
    public static final List<String> GOALS = List.of("sync", "reads", "stream");

    static final String GOAL = "P11";

    private static final int FIFTH = 5;
    private static final int OFFERS = 0;

    /**
     * What is measured, and where.
     *
     * @param smoke only shows that it works
     * @param goals of {@link #GOALS}
     * @param dataOn folder for mapped files; null for that of temporary files
     * @param journalOn folder for journals and snapshots; null for {@code dataOn}
     */
    public record Setup(
            int profiles,
            boolean smoke,
            Set<String> goals,
            @Nullable Path dataOn,
            @Nullable Path journalOn) {}

    private final Setup setup;
    private final Pace pace;
    private final PrintWriter out;

    public ReplicationBenchmark(Setup setup, PrintWriter out) {
        this.setup = setup;
        this.pace = setup.smoke() ? Pace.SMOKE : Pace.REAL;
        this.out = out;
    }

    public List<Comparison> run() throws IOException, InterruptedException {
        final List<Comparison> rows = new ArrayList<>();
        try (BenchFolder folder = BenchFolder.create(setup.dataOn(), setup.journalOn())) {
            final SyncRows sync;
            try (FilledServer primary = FilledServer.start(folder, setup.profiles(), OFFERS, out, options())) {
                final boolean counts = setup.goals().contains("sync");
                sync = new SyncRows(folder, primary.port("binary"), counts ? pace.runs() : 1, out);
                final List<Comparison> syncs = sync.run();
                if (counts) {
                    rows.addAll(syncs);
                }
            }
            if (setup.goals().contains("reads")) {
                final long limit = (long) (sync.bytesPerSecond() / FIFTH);
                try (FilledServer primary =
                        FilledServer.open(folder, options("--sync-bytes-per-second", Long.toString(limit)))) {
                    rows.addAll(new ReadRows(loads(primary), primary.port("binary"), pace, out).run());
                }
            }
            if (setup.goals().contains("stream")) {
                try (FilledServer primary = FilledServer.open(folder, options());
                        FollowingPair pair = FollowingPair.start(primary, folder)) {
                    rows.add(begin(pair, sync));
                    rows.addAll(new StreamRows(pair, loads(primary), setup.profiles(), pace, out).run());
                }
            }
        }
        return rows;
    }

    /** Snapshots are taken where they are asked for, and changes kept once the operating system has them. */
    private static String[] options(String... more) {
        final List<String> all = new ArrayList<>(
                List.of("--durability", "os", "--snapshot-interval", "PT0S", "--snapshot-journal-bytes", "0"));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    private Loads loads(FilledServer primary) {
        return Loads.ours("Zandloper", primary.endpoint(), setup.profiles(), out);
    }

    private Comparison begin(FollowingPair pair, SyncRows sync) {
        out.printf(Locale.ROOT, "a replica had everything %.1f s after its start%n", pair.startSeconds());
        out.flush();
        return Rounds.of(
                GOAL,
                "an empty replica, from its start until it has everything",
                new double[] {pair.startSeconds()},
                "receiving the snapshot",
                new double[] {sync.bytes() / sync.bytesPerSecond()},
                "s");
    }
}
