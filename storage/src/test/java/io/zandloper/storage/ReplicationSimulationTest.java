package io.zandloper.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to three nodes, in the end they hold the same, and what was acknowledged by replicas is there. */
class ReplicationSimulationTest {
    private static final int RUNS = Integer.getInteger("zandloper.simulation.runs", 60);
    private static final long FIRST_SEED = Long.getLong("zandloper.simulation.seed", 1);

    @TempDir
    private Path folder;

    @Test
    void nodesAreEqualAfterHealingAndNothingAcknowledgedByReplicasIsLost() {
        final ReplicationSimulation.Counts counts = new ReplicationSimulation.Counts();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
            try {
                new ReplicationSimulation(seed, folder.resolve(Long.toString(seed)), counts).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "replay with -Dzandloper.simulation.seed=" + seed + " -Dzandloper.simulation.runs=1", e);
            }
        }
        System.out.printf(
                "%d runs from seed %d: %d changes, %d of the kept ones acknowledged, %d with too few replicas; %d crashes, %d stops,"
                        + " %d cuts, %d full disks; %d promotions, %d votes refused, %d primaries fenced; %d states"
                        + " received, %d tails put aside, %d fell behind, %d handshakes refused%n",
                counts.runs,
                FIRST_SEED,
                counts.changes,
                counts.acknowledgedChanges,
                counts.tooFew,
                counts.crashes,
                counts.stops,
                counts.cuts,
                counts.fullDisks,
                counts.promotions,
                counts.votesRefused,
                counts.fenced,
                counts.installed,
                counts.tails,
                counts.fellBehind,
                counts.refused);
    }
}
