package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lives of a whole storage that end anywhere, against plain maps. A longer run: {@code -Dzandloper.simulation.runs=5000};
 * one again: {@code -Dzandloper.simulation.seed=N -Dzandloper.simulation.runs=1}.
 */
class StorageSimulationTest {
    private static final int RUNS = Integer.getInteger("zandloper.simulation.runs", 25);
    private static final long FIRST_SEED = Long.getLong("zandloper.simulation.seed", 1);

    @TempDir
    Path folder;

    @Test
    void whateverEndsALifeTheNextServesExactlyWhatWasAcknowledged() throws Exception {
        final StorageSimulation.Counts counts = new StorageSimulation.Counts();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
            final Path root = folder.resolve(Long.toString(seed));
            Files.createDirectory(root);
            try {
                new StorageSimulation(seed, root, counts).run();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("replay with -Dzandloper.simulation.seed=" + seed, e);
            }
            delete(root);
        }
        System.out.printf(
                Locale.ROOT,
                "%d runs from seed %d: %d lives, %d ended by a crash, %d by a clean stop; %d changes, %d snapshots (%d"
                        + " restored), %d purges, %d full disks, %d flipped bits (%d refused), %d catalogs laid out in steps, %d steps of the disk%n",
                RUNS,
                FIRST_SEED,
                counts.lives,
                counts.crashes,
                counts.cleanStops,
                counts.changes,
                counts.snapshots,
                counts.restored,
                counts.purges,
                counts.fullDisks,
                counts.flips,
                counts.refusals,
                counts.laidOutInSteps,
                counts.steps);
        assertThat(counts.lives).isGreaterThanOrEqualTo(RUNS);
        assertThat(counts.restored).as("snapshots restored").isPositive();
        assertThat(counts.laidOutInSteps).as("catalogs laid out in steps").isPositive();
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
