package io.zandloper.server.replication;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to three servers, in the end they hold the same, and what was acknowledged by replicas is there. */
final class NodesSimulationTest {
    private static final int RUNS = Integer.getInteger("zandloper.simulation.runs", 40);
    private static final long FIRST_SEED = Long.getLong("zandloper.simulation.seed", 1);

    @TempDir
    private Path folder;

    @Test
    void serversAreEqualAfterHealingAndNothingAcknowledgedByReplicasIsLost() {
        final NodesSimulation.Counts counts = new NodesSimulation.Counts();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
            run(seed, counts);
        }
        System.out.printf(
                "%d runs from seed %d: %d changes, %d of the kept ones acknowledged, %d compared, %d with too few replicas;"
                        + " %d crashes, %d stops, %d cuts, %d ways blocked, %d full disks; %d promotions, %d of them"
                        + " forced, %d refused; %d machines lost, %d of them forgotten, %d times not; %d starts of fenced"
                        + " primaries%n",
                counts.runs,
                FIRST_SEED,
                counts.changes,
                counts.acknowledgedChanges,
                counts.compared,
                counts.tooFew,
                counts.crashes,
                counts.stops,
                counts.cuts,
                counts.blocks,
                counts.fullDisks,
                counts.promotions,
                counts.forcedPromotions,
                counts.refusedPromotions,
                counts.lost,
                counts.forgotten,
                counts.notForgotten,
                counts.fencedStarts);
    }

    /** A primary told a replica of another number of acknowledging replicas while that one was being promoted. */
    @Test
    void aListThatChangesDuringAPromotionLosesNothing() {
        run(80_443, new NodesSimulation.Counts());
    }

    private void run(long seed, NodesSimulation.Counts counts) {
        final NodesSimulation simulation = new NodesSimulation(seed, folder.resolve(Long.toString(seed)), counts);
        try {
            simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "replay with -Dzandloper.simulation.seed=" + seed + " -Dzandloper.simulation.runs=1: " + simulation,
                    e);
        }
    }
}
