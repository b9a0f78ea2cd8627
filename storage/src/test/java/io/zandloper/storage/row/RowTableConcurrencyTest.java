package io.zandloper.storage.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers at full speed beside a writer: every row carries an invariant that a torn read breaks. */
class RowTableConcurrencyTest {
    private static final int READERS = 2;
    private static final int SEGMENTS = 1024;
    private static final int WORDS = SEGMENTS / Long.SIZE;
    /** Few, so that readers and writer meet in the same row all the time. */
    private static final int ROWS = 4;

    private static final int WRITES = 3_000_000;

    @Test
    void noReaderSeesHalfAWrite(@TempDir Path parent) throws Exception {
        final long seed = System.nanoTime();
        System.out.println("RowTableConcurrencyTest seed=" + seed);
        final RowTable table = RowTable.create(parent.resolve("rows"), SEGMENTS);
        table.ensureCapacity(0);
        final AtomicBoolean done = new AtomicBoolean();
        final ExecutorService threads = Executors.newFixedThreadPool(READERS);
        final List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            final Random random = new Random(seed + i);
            readers.add(threads.submit(() -> read(table, random, done)));
        }
        try {
            final long[] bits = new long[WORDS];
            for (int sequence = 1; sequence <= WRITES; sequence++) {
                for (int word = 0; word < WORDS; word++) {
                    bits[word] = word(sequence, word);
                }
                table.write(sequence % ROWS, sequence, sequence & 0xffffff, -sequence, bits);
                if (sequence % 7 == 0) {
                    table.clear(sequence % ROWS);
                }
            }
        } finally {
            done.set(true);
        }
        for (final Future<Long> reader : readers) {
            assertThat(reader.get()).isPositive();
        }
        threads.shutdown();
        table.close();
    }

    private static long read(RowTable table, Random random, AtomicBoolean done) {
        final RowBits row = new RowBits();
        final long[] newest = new long[ROWS];
        long whole = 0;
        while (!done.get()) {
            final int ordinal = random.nextInt(ROWS);
            if (table.read(ordinal, row)) {
                whole++;
                check(row, ordinal);
                if (row.sequence() < newest[ordinal]) {
                    throw new AssertionError("older than before: sequence=" + row.sequence());
                }
                newest[ordinal] = row.sequence();
            }
        }
        return whole;
    }

    private static void check(RowBits row, int ordinal) {
        final long sequence = row.sequence();
        boolean whole = sequence % ROWS == ordinal
                && row.purposes() == (sequence & 0xffffff)
                && row.nextExpiryMicros() == -sequence;
        for (int word = 0; word < WORDS; word++) {
            whole &= row.word(word) == word(sequence, word);
        }
        if (!whole) {
            throw new AssertionError("torn: ordinal=" + ordinal + " sequence=" + sequence);
        }
    }

    private static long word(long sequence, int word) {
        return (sequence + word) * 0x9e3779b97f4a7c15L;
    }
}
