package io.zandloper.benchmarks.replication;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.wire.Loads;
import io.zandloper.loadtest.dialect.Operation;
import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.loadtest.load.LoadPlan;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.load.Workload;
import io.zandloper.protocol.client.ZandloperClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;

/**
 * How fast a replica follows and how far behind it is meanwhile; what that takes on the wire. In each round the primary first
 * works alone, its replica standing still; then the replica catches up, and nothing is written; then both work at once.
 */
final class StreamRows {
    private static final int CONNECTIONS = 8;
    private static final int PIPELINE = 32;
    private static final int PIPELINE_MAX = 4_096;
    private static final double[] PERCENTILES = {50, 99, 99.9};

    private final FollowingPair pair;
    private final Loads primary;
    private final int profiles;
    private final Pace pace;
    private final PrintWriter out;
    private long seed;

    StreamRows(FollowingPair pair, Loads primary, int profiles, Pace pace, PrintWriter out) {
        this.pair = pair;
        this.primary = primary;
        this.profiles = profiles;
        this.pace = pace;
        this.out = out;
    }

    List<Comparison> run() throws IOException, InterruptedException {
        final int runs = pace.runs();
        final double[] alone = new double[runs];
        final double[] catchingUp = new double[runs];
        final double[] following = new double[runs];
        final double[] sent = new double[runs];
        final double[] journal = new double[runs];
        long caughtUp = pair.awaitCaughtUp();
        for (int run = -1; run < runs; run++) {
            pair.pauseReplica();
            final double aloneSeconds = writes().elapsedSeconds();
            pair.resumeReplica();
            final long resumedNanos = System.nanoTime();
            final long behind = caughtUp;
            caughtUp = pair.awaitCaughtUp();
            final long aloneChanges = caughtUp - behind;
            final double catchingUpSeconds = secondsSince(resumedNanos);
            final long sentBytes = pair.changeBytesSent();
            final long journalBytes = pair.journalBytes();
            final long before = caughtUp;
            final long startNanos = System.nanoTime();
            writes();
            final long writtenNanos = System.nanoTime();
            caughtUp = pair.awaitCaughtUp();
            final long changes = caughtUp - before;
            final double followingPerSecond = changes / secondsSince(startNanos);
            out.printf(
                    Locale.ROOT,
                    "changes a second: alone %,.0f, catching up %,.0f, with a replica %,.0f (%.1f ms behind at the end)%n",
                    aloneChanges / aloneSeconds,
                    aloneChanges / catchingUpSeconds,
                    followingPerSecond,
                    secondsSince(writtenNanos) * 1e3);
            out.flush();
            // The first of each only warms up.
            if (run >= 0) {
                alone[run] = aloneChanges / aloneSeconds;
                catchingUp[run] = aloneChanges / catchingUpSeconds;
                following[run] = followingPerSecond;
                sent[run] = (double) (pair.changeBytesSent() - sentBytes) / changes;
                journal[run] = (double) (pair.journalBytes() - journalBytes) / changes;
            }
        }
        final List<Comparison> rows = new ArrayList<>();
        final Comparison followed = row(
                "changes/s until a replica on the same machine has the last of them",
                following,
                "changes/s of the primary, the replica stopped",
                alone,
                "changes/s");
        rows.add(followed);
        rows.add(row(
                "changes/s of a replica that catches up, nothing being written",
                catchingUp,
                "changes/s of the primary, the replica stopped",
                alone,
                "changes/s"));
        rows.addAll(lag(followed.ours() / 2));
        rows.add(row("bytes sent to a replica for a change", sent, "bytes of it in the journal", journal, "bytes"));
        rows.add(row("bytes sent to a replica for a change", sent, "bytes of its request", request(), "bytes"));
        rows.add(row(
                "bytes sent to a replica for a change",
                sent,
                "bytes of the value that was changed",
                filled(BenchProfiles.VALUE_BYTES),
                "bytes"));
        return rows;
    }

    private static Comparison row(String what, double[] ours, String against, double[] theirs, String unit) {
        return Rounds.of(ReplicationBenchmark.GOAL, what, ours, against, theirs, unit);
    }

    /** As much as is taken. */
    private LoadResult writes() throws IOException, InterruptedException {
        return primary.run(plan(
                LoadPlan.Loop.closed(LoadPlan.Waiting.BLOCK, CONNECTIONS, PIPELINE),
                Loads.during(Duration.ZERO, pace.writes())));
    }

    /** Each of other rows, or the second would write what is there. */
    private LoadPlan plan(LoadPlan.Loop loop, LoadPlan.Extent extent) {
        final LoadPlan plan = primary.plan(Workload.WRITES, loop, extent);
        return new LoadPlan(plan.target(), plan.loop(), plan.asking(), plan.extent(), ++seed);
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private double[] request() {
        return filled(Protocol.ZANDLOPER
                .newDialect(
                        Loads.questions(BenchProfiles.VALUE_BYTES),
                        DataSet.crm(profiles).length())
                .requestLengthBytesMax(Operation.UPSERT));
    }

    private double[] filled(double value) {
        final double[] values = new double[pace.runs()];
        Arrays.fill(values, value);
        return values;
    }

    private List<Comparison> lag(double perSecond) throws IOException, InterruptedException {
        final double[][] lag = new double[PERCENTILES.length][pace.runs()];
        final double[][] asking = new double[PERCENTILES.length][pace.runs()];
        try (ZandloperClient reader = pair.newReader()) {
            for (int run = 0; run < pace.runs(); run++) {
                final LagProbes probes = new LagProbes(pair.writer(), reader, pace.probesPerSecond());
                final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeEvenly(perSecond));
                probes.run(pace.lag());
                writing.get();
                for (int i = 0; i < PERCENTILES.length; i++) {
                    lag[i][run] = millis(probes.lagNanos(), PERCENTILES[i]);
                    asking[i][run] = millis(probes.askingNanos(), PERCENTILES[i]);
                }
                out.printf(
                        Locale.ROOT,
                        "lag at %,.0f changes/s: %,d samples, p50 %.2f ms, p99 %.2f, p99.9 %.2f, max %.2f%n",
                        perSecond,
                        probes.lagNanos().getTotalCount(),
                        lag[0][run],
                        lag[1][run],
                        lag[2][run],
                        millis(probes.lagNanos(), 100));
                out.flush();
            }
        } catch (ExecutionException e) {
            throw new IOException("the writes beside the probes failed", e.getCause());
        }
        final List<Comparison> rows = new ArrayList<>();
        for (int i = 0; i < PERCENTILES.length; i++) {
            rows.add(row(
                    String.format(
                            Locale.ROOT,
                            "lag p%s at half of it (%,.0f/s), from acknowledged to readable",
                            Double.toString(PERCENTILES[i]).replaceAll("\\.0$", ""),
                            perSecond),
                    lag[i],
                    "the same question without waiting for the change",
                    asking[i],
                    "ms"));
        }
        return rows;
    }

    private void writeEvenly(double perSecond) {
        try {
            final LoadResult result = primary.run(plan(
                    new LoadPlan.Loop(
                            LoadPlan.Mode.OPEN,
                            LoadPlan.Arrivals.POISSON,
                            LoadPlan.Waiting.BLOCK,
                            perSecond,
                            CONNECTIONS,
                            1,
                            PIPELINE_MAX),
                    Loads.during(Duration.ZERO, pace.lag())));
            if (result.isRateMissed()) {
                out.printf(Locale.ROOT, "RATE MISSED: %,.0f a second were answered%n", result.throughput());
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
