package io.zandloper.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class PairCountsTest {
    private static final int WIDTH = 3;

    private static Map<String, Long> sums(PairCounts... counts) {
        final Totals totals = new Totals();
        for (final PairCounts some : counts) {
            some.addTo(totals, 1);
        }
        final Map<String, Long> sums = new HashMap<>();
        totals.forEach((pair, row) -> {
            for (int column = 0; column < row.length; column++) {
                if (row[column] != 0) {
                    sums.put(pair.offer() + "/" + pair.placement() + "/" + (column - 1), row[column]);
                }
            }
        });
        return sums;
    }

    @Test
    void countsWhatAMapCounts() {
        final SplittableRandom random = new SplittableRandom(20261122);
        final PairCounts counts = new PairCounts(WIDTH, 1 << 20);
        final Map<String, Long> expected = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            final int offer = random.nextInt(5_000);
            final int placement = random.nextInt(20);
            final int column = random.nextInt(WIDTH);
            counts.add(offer, placement, column, 1 + i % 3);
            expected.merge(offer + "/" + placement + "/" + column, 1L + i % 3, Long::sum);
        }
        assertThat(sums(counts)).isEqualTo(expected);
    }

    @Test
    void pairsBeyondTheBoundAreCountedTogether() {
        final PairCounts counts = new PairCounts(WIDTH, 10);
        for (int offer = 2; offer < 50; offer++) {
            counts.add(offer, 2, 0, 1);
        }
        counts.add(5, 2, 0, 1);
        final Map<String, Long> sums = sums(counts);
        assertThat(sums).hasSize(11).containsEntry("0/0/0", 38L).containsEntry("5/2/0", 2L);
    }

    /** Each thread has counters of its own; a reader adds them up meanwhile and never sees a sum that goes back. */
    @Test
    void noCountIsLostBetweenThreads() throws InterruptedException {
        final int adds = 400_000;
        final List<PairCounts> all = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final PairCounts counts = new PairCounts(WIDTH, 1 << 20);
            final long seed = i;
            all.add(counts);
            threads.add(new Thread(() -> {
                final SplittableRandom random = new SplittableRandom(seed);
                for (int add = 0; add < adds; add++) {
                    counts.add(random.nextInt(3_000), 2 + random.nextInt(3), add % WIDTH, 1);
                }
            }));
        }
        final AtomicBoolean ended = new AtomicBoolean();
        final List<Long> seen = new ArrayList<>();
        final Thread reader = new Thread(() -> {
            while (!ended.get()) {
                seen.add(total(all));
            }
        });
        reader.start();
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }
        ended.set(true);
        reader.join();
        assertThat(total(all)).isEqualTo(4L * adds);
        assertThat(seen).isSorted();
    }

    private static long total(List<PairCounts> all) {
        return sums(all.toArray(PairCounts[]::new)).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void toCountAPairAgainAllocatesNothing() {
        final PairCounts counts = new PairCounts(WIDTH, 1 << 20);
        final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        addMany(counts);
        final long before = thread.getCurrentThreadAllocatedBytes();
        addMany(counts);
        final long after = thread.getCurrentThreadAllocatedBytes();
        // The bean's own answers are not free.
        assertThat(after - before).isLessThan(100_000);
    }

    private static void addMany(PairCounts counts) {
        for (int i = 0; i < 100_000; i++) {
            counts.add(i % 1_000, i % 7, i % WIDTH, 1);
        }
    }
}
