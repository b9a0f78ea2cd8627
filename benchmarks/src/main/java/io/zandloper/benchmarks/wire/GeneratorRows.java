package io.zandloper.benchmarks.wire;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.load.LoadResult;
import io.zandloper.loadtest.peer.NullServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Whether the generator is to be believed: it has to be able to offer at least twice what is reported with it. */
final class GeneratorRows {
    private static final String GOAL = "generator";
    /** Offered to show the twofold, which a run would fall short of by the time that its last answers take. */
    private static final double FACTOR = 2.25;

    private GeneratorRows() {}

    /** Puts the loads that were measured on a server that does nothing. */
    static List<Comparison> run(int profiles, BatchRows batches, TailRows tails, OverloadRows overload, PrintWriter out)
            throws IOException, InterruptedException {
        final List<Comparison> rows = new ArrayList<>();
        try (NullServer server = NullServer.start(Loads.questions(BenchProfiles.VALUE_BYTES))) {
            final Loads nothing = Loads.empty("the null server", server.port(), Protocol.ZANDLOPER, profiles, out);
            if (batches.framesPerSecondMax() > 0) {
                batches.busy(nothing);
                rows.add(Rounds.of(
                        GOAL,
                        "frames of " + Loads.BATCH + " that a server without work answers",
                        new double[] {batches.busy(nothing).throughput()},
                        "the highest rate of them that is reported",
                        new double[] {batches.framesPerSecondMax()},
                        "frames/s"));
            }
            if (tails.ratePerSecond() > 0) {
                rows.add(requests(
                        nothing.run(tails.open(nothing, FACTOR * tails.ratePerSecond())),
                        "the rate at which tails are reported",
                        tails.ratePerSecond()));
            }
            if (overload.ratePerSecondMax() > 0) {
                rows.add(requests(
                        nothing.run(overload.open(nothing, FACTOR * overload.ratePerSecondMax())),
                        "the rate of the overload",
                        overload.ratePerSecondMax()));
            }
        }
        return rows;
    }

    private static Comparison requests(LoadResult offered, String against, double ratePerSecond) {
        return Rounds.of(
                GOAL,
                "requests that a server without work answers",
                new double[] {offered.throughput()},
                against,
                new double[] {ratePerSecond},
                "requests/s");
    }
}
