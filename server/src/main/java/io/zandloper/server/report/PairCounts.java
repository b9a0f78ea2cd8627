package io.zandloper.server.report;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters of one thread: a few for each pair of an offer and a placement, in an open hash table. Its thread alone adds;
 * any thread reads, at the same time, and sees each counter as it was at some moment lately. A table that has become too
 * small is replaced by its copy, so that a reader of the old one misses what comes later and nothing else.
 */
final class PairCounts {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PAIRS_EXPECTED = 64;
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;
    private static final long FREE = 0;

    private final int width;
    private final int pairsMax;
    private volatile Table table;

    /** At most half full; its length is a power of two. */
    private static final class Table {
        private final long[] keys;
        private final long[] counts;
        private final int shift;
        private int used;

        Table(int length, int width) {
            this.keys = new long[length];
            this.counts = new long[length * width];
            this.shift = Long.SIZE - Integer.numberOfTrailingZeros(length);
        }

        /** Where a key is, or the place that it would get. */
        int find(long key) {
            int place = (int) ((key * GOLDEN_RATIO) >>> shift);
            while (keys[place] != key && keys[place] != FREE) {
                place = (place + 1) & (keys.length - 1);
            }
            return place;
        }
    }

    /**
     * @param width counters of each pair
     * @param pairsMax beyond which pairs are counted as one of {@link Ids#OTHER}
     */
    PairCounts(int width, int pairsMax) {
        this.width = width;
        this.pairsMax = pairsMax;
        this.table = new Table(2 * PAIRS_EXPECTED, width);
    }

    /** Adds to a counter; allocates only where the pair is new and the table full. */
    void add(int offer, int placement, int column, long count) {
        final long key = key(offer, placement);
        Table current = table;
        int place = current.find(key);
        if (current.keys[place] == FREE) {
            if (current.used >= pairsMax && key != key(Ids.OTHER, Ids.OTHER)) {
                add(Ids.OTHER, Ids.OTHER, column, count);
                return;
            }
            current = withRoom(current);
            place = current.find(key);
            current.used++;
            ELEMENT.setRelease(current.keys, place, key);
        }
        final int index = place * width + column;
        ELEMENT.setOpaque(current.counts, index, current.counts[index] + count);
    }

    /** Adds all counters to a report's, from a column on. Any thread. */
    void addTo(Totals totals, int firstColumn) {
        final Table current = table;
        for (int place = 0; place < current.keys.length; place++) {
            final long key = (long) ELEMENT.getAcquire(current.keys, place);
            if (key != FREE) {
                for (int column = 0; column < width; column++) {
                    final long count = (long) ELEMENT.getOpaque(current.counts, place * width + column);
                    if (count != 0) {
                        totals.add(offer(key), placement(key), firstColumn + column, count);
                    }
                }
            }
        }
    }

    private Table withRoom(Table full) {
        if (2 * (full.used + 1) <= full.keys.length) {
            return full;
        }
        final Table larger = new Table(2 * full.keys.length, width);
        for (int place = 0; place < full.keys.length; place++) {
            if (full.keys[place] != FREE) {
                final int moved = larger.find(full.keys[place]);
                larger.keys[moved] = full.keys[place];
                System.arraycopy(full.counts, place * width, larger.counts, moved * width, width);
            }
        }
        larger.used = full.used;
        table = larger;
        return larger;
    }

    /** Never {@link #FREE}. */
    private static long key(int offer, int placement) {
        return (offer + 1L) << Integer.SIZE | placement;
    }

    private static int offer(long key) {
        return (int) (key >>> Integer.SIZE) - 1;
    }

    private static int placement(long key) {
        return (int) key;
    }
}
