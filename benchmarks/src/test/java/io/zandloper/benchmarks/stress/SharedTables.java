package io.zandloper.benchmarks.stress;

import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.index.IdentityIndex;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.row.RowTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The tables of one process of jcstress, shared by all tries: each try has a number, and with it an identity and a row of
 * its own. The rows go round; there are many more than tries at a time.
 */
final class SharedTables {
    /** Tries at a time are at most stride size by stride count of {@link StressTest}: 2,048. */
    private static final int ROWS = RowTable.ORDINALS_PER_CHUNK;

    /** Identities that are held at most; fewer than rows. Enough for dozens of doublings on the way there. */
    private static final int LIVE_MAX = 60_000;

    private static final int SEGMENTS = 320;
    private static final int WORDS = SEGMENTS / Long.SIZE;
    private static final Path FOLDER = folder();
    private static final AtomicLong NUMBERS = new AtomicLong();

    static final Epochs EPOCHS = new Epochs();
    /** The reading actor's; there is one at a time. */
    static final Epochs.Slot READER = EPOCHS.register();

    static final RowTable ROW_TABLE = RowTable.create(FOLDER.resolve("rows"), SEGMENTS);
    static final IdentityIndex INDEX = IdentityIndex.create(FOLDER.resolve("index"), EPOCHS);

    static {
        ROW_TABLE.ensureCapacity(ROWS - 1);
    }

    private SharedTables() {}

    private static Path folder() {
        try {
            final Path folder = Files.createTempDirectory("zandloper-stress-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        final List<Path> paths;
        try (Stream<Path> all = Files.walk(folder)) {
            paths = all.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        paths.forEach(path -> path.toFile().delete());
    }

    /** Of a new try. */
    static long nextNumber() {
        return NUMBERS.getAndIncrement();
    }

    static int ordinal(long number) {
        return (int) (number % ROWS);
    }

    static long high(long number) {
        return KeySequence.next(number, 1);
    }

    static long low(long number) {
        return KeySequence.next(number, 2);
    }

    /** Makes room for the identity of a try by that of one long ago, and gives back what no reader can hold. */
    static void forgetOld(long number) {
        if (number >= LIVE_MAX) {
            INDEX.remove(high(number - LIVE_MAX), low(number - LIVE_MAX));
        }
        EPOCHS.reclaim();
    }

    /** Writes a row all parts of which tell one number. */
    static void writeRow(int ordinal, long content) {
        final long[] bits = new long[WORDS];
        Arrays.fill(bits, content);
        ROW_TABLE.write(ordinal, content, (int) content & 0xFFFF, content, bits);
    }

    /** Whether all parts of a row tell that number. */
    static boolean tells(RowBits row, long content) {
        boolean all = row.sequence() == content
                && row.nextExpiryMicros() == content
                && row.purposes() == ((int) content & 0xFFFF);
        for (int i = 0; i < WORDS; i++) {
            all &= row.word(i) == content;
        }
        return all;
    }
}
