package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.format.CorruptFileException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The production journal on a disk that crashes, fills up and flips bits, against a list of what was acknowledged. */
public class JournalSimulationTest {
    private static final Path FOLDER = Path.of("journal");
    private static final long FILE_BYTES = 1_000;
    private static final int RUNS = Integer.getInteger("zandloper.simulation.runs", 2_000);
    private static final long FIRST_SEED = Long.getLong("zandloper.simulation.seed", 1);

    private static ByteBuffer payload(long sequence, int length) {
        final byte[] bytes = new byte[length];
        new SplittableRandom(sequence).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** One life of a journal after another on one disk. */
    private static final class Run {
        private final SplittableRandom random;
        private final SimulatedDisk disk;
        private final List<Integer> written = new ArrayList<>();
        private long acknowledged;
        private long term;

        Run(long seed) {
            random = new SplittableRandom(seed);
            disk = new SimulatedDisk(random.split());
        }

        /** Reads what is there, compares it with what was acknowledged, and forgets what was not. */
        JournalEnd recover() {
            final List<JournalEntry> read = new ArrayList<>();
            final JournalEnd end = new JournalReader(disk, FOLDER).read(JournalEnd.EMPTY, entry -> {
                assertThat(entry.payload())
                        .isEqualTo(payload(entry.sequence(), written.get((int) entry.sequence() - 1)));
                read.add(entry);
            });
            assertThat(end.sequence()).isEqualTo(read.size()).isBetween(acknowledged, (long) written.size());
            acknowledged = end.sequence();
            written.subList((int) acknowledged, written.size()).clear();
            return end;
        }

        void live() {
            disk.crashAfter(random.nextInt(120));
            if (random.nextInt(3) == 0) {
                disk.fullAfter(random.nextInt(60));
            }
            try {
                // Reading is what happens after a crash: it must survive one itself.
                final JournalEnd end = recover();
                try (Journal journal =
                        Journal.open(disk, FOLDER, Durability.FSYNC, FILE_BYTES, new Term(++term, term), end)) {
                    while (!disk.hasCrashed()) {
                        batch(journal);
                    }
                }
            } catch (JournalException crashed) {
                assertThat(disk.hasCrashed() || crashed.getMessage().contains("restart"))
                        .isTrue();
            }
            disk.restart(random.nextInt(4) != 0);
        }

        private void batch(Journal journal) {
            for (int left = random.nextInt(5); left >= 0; left--) {
                final int length = random.nextInt(200);
                final long sequence = journal.lastSequence() + 1;
                written.add(length);
                try {
                    journal.append(sequence, 1, payload(sequence, length));
                } catch (JournalException e) {
                    if (e.isFatal() || disk.hasCrashed()) {
                        throw e;
                    }
                    written.remove(written.size() - 1);
                    disk.empty();
                }
            }
            journal.sync();
            acknowledged = journal.lastSequence();
            if (random.nextInt(6) == 0) {
                roll(journal);
            }
        }

        /** Where no file can be begun, the journal goes on in the one it has. */
        private void roll(Journal journal) {
            if (random.nextBoolean()) {
                disk.fullAfter(random.nextInt(3));
            }
            try {
                journal.roll();
            } catch (JournalException e) {
                if (e.isFatal() || disk.hasCrashed()) {
                    throw e;
                }
            }
            disk.empty();
        }
    }

    @Test
    void nothingAcknowledgedIsLostAndNothingHalfIsRead() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
            try {
                final Run run = new Run(seed);
                for (int life = 0; life < 5; life++) {
                    run.live();
                }
                run.recover();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("replay with -Dzandloper.simulation.seed=" + seed, e);
            }
        }
    }

    @Test
    void aFlippedBitBelowWhatIsKnownToBeDurableIsRefusedByFileAndOffset() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 300; seed++) {
            final SplittableRandom random = new SplittableRandom(seed);
            final SimulatedDisk disk = new SimulatedDisk(random.split());
            final List<Long> ends = new ArrayList<>();
            try (Journal journal =
                    Journal.open(disk, FOLDER, Durability.FSYNC, FILE_BYTES, new Term(1, 1), JournalEnd.EMPTY)) {
                for (long sequence = 1; sequence <= 40; sequence++) {
                    journal.append(sequence, 1, payload(sequence, random.nextInt(100)));
                    journal.sync();
                    ends.add((long) disk.size(disk.paths().get(disk.paths().size() - 1)));
                }
            }
            final List<Path> paths = disk.paths();
            final Path path = paths.get(random.nextInt(paths.size()));
            final boolean last = path.equals(paths.get(paths.size() - 1));
            // In the last file the last entry is only known to be durable by one that follows it.
            final int limit = last ? (int) (ends.size() < 2 ? 0 : secondLastEnd(ends)) : disk.size(path);
            final int index = random.nextInt(Math.max(1, limit));
            disk.flipBit(path, index);
            assertThatThrownBy(() -> new JournalReader(disk, FOLDER).read(JournalEnd.EMPTY, entry -> {}))
                    .as("seed %d %s %d", seed, path, index)
                    .isInstanceOfAny(
                            CorruptFileException.class,
                            io.zandloper.storage.format.FormatTooNewException.class,
                            io.zandloper.storage.format.FormatTooOldException.class)
                    .hasMessageContaining(path.getFileName().toString());
        }
    }

    private static long secondLastEnd(List<Long> ends) {
        final long previous = ends.get(ends.size() - 2);
        final boolean sameFile = previous < ends.get(ends.size() - 1);
        return sameFile ? previous : JournalDescriptor.FILE_HEADER_BYTES;
    }

    @Test
    void aMissingFileIsNoticed() throws Exception {
        final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(1));
        try (Journal journal =
                Journal.open(disk, FOLDER, Durability.OS, FILE_BYTES, new Term(1, 1), JournalEnd.EMPTY)) {
            for (long sequence = 1; sequence <= 100; sequence++) {
                journal.append(sequence, 1, payload(sequence, 50));
            }
            journal.sync();
        }
        final List<Path> paths = disk.paths();
        assertThat(paths).hasSizeGreaterThan(3);
        disk.delete(paths.get(1));
        assertThatThrownBy(() -> new JournalReader(disk, FOLDER).read(JournalEnd.EMPTY, entry -> {}))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(paths.get(2).getFileName().toString());
        disk.delete(paths.get(0));
        assertThatThrownBy(() -> new JournalReader(disk, FOLDER).read(JournalEnd.EMPTY, entry -> {}))
                .hasMessageContaining("missing");
    }
}
