package io.zandloper.storage.index;

import static io.zandloper.storage.index.IdentityIndexTest.high;
import static io.zandloper.storage.index.IdentityIndexTest.low;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.epoch.Epochs;
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

/** Readers at full speed beside a writer that adds, removes, splits, rebuilds and uses sub-tables again. */
class IdentityIndexConcurrencyTest {
    private static final int READERS = 2;
    /** Keys that are there throughout; each leads to itself. */
    private static final int STAYING = 20_000;
    /** Keys that come and go, and are never found with another's ordinal. */
    private static final int PASSING = 180_000;

    private static final int FINDS_PER_EPOCH = 64;

    @Test
    void whatStaysIsAlwaysFoundAndNothingIsFoundWithAnothersOrdinal(@TempDir Path folder) throws Exception {
        final long seed = System.nanoTime();
        System.out.println("IdentityIndexConcurrencyTest seed=" + seed);
        final Epochs epochs = new Epochs();
        final IdentityIndex index = IdentityIndex.create(folder, epochs);
        for (int key = 0; key < STAYING; key++) {
            index.put(high(key), low(key), key);
        }
        final AtomicBoolean done = new AtomicBoolean();
        final ExecutorService threads = Executors.newFixedThreadPool(READERS);
        final List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            final Random random = new Random(seed + i);
            readers.add(threads.submit(() -> read(index, epochs.register(), random, done)));
        }
        try {
            for (int round = 0; round < 4; round++) {
                for (int key = STAYING; key < STAYING + PASSING; key++) {
                    index.put(high(key), low(key), key);
                    epochs.reclaim();
                }
                for (int key = STAYING; key < STAYING + PASSING; key++) {
                    assertThat(index.remove(high(key), low(key))).isTrue();
                }
            }
        } finally {
            done.set(true);
        }
        for (final Future<Long> reader : readers) {
            assertThat(reader.get()).isPositive();
        }
        threads.shutdown();
        assertThat(index.size()).isEqualTo(STAYING);
        assertThat(index.fill().tables()).isGreaterThan(16);
        index.close();
    }

    private static long read(IdentityIndex index, Epochs.Slot slot, Random random, AtomicBoolean done) {
        long found = 0;
        while (!done.get()) {
            slot.enter();
            for (int i = 0; i < FINDS_PER_EPOCH; i++) {
                final int key = random.nextInt(STAYING + PASSING);
                final int ordinal = index.find(high(key), low(key));
                if (ordinal != key && (key < STAYING || ordinal != IdentityIndex.ABSENT)) {
                    throw new AssertionError("key=" + key + " ordinal=" + ordinal);
                }
                found += ordinal == key ? 1 : 0;
            }
            slot.leave();
        }
        slot.close();
        return found;
    }
}
