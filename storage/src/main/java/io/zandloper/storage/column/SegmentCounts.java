package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;

import java.util.Arrays;

/**
 * In how many segments each profile of a chunk is: 65,536 numbers whose bits lie in planes, so that a column is added to
 * all of them by a few loops over its words. For one thread.
 */
final class SegmentCounts {
    private static final int NO_CHUNK = -1;

    private final int segments;
    /** Bit {@code n} of plane {@code p} is bit {@code p} of the number of profile {@code n}. */
    private final long[][] planes;

    private final long[] carry = new long[WORDS_PER_CHUNK];
    private int counted = NO_CHUNK;

    /** @param segments of the catalog, at least 1 */
    SegmentCounts(int segments) {
        this.segments = segments;
        this.planes = new long[Integer.SIZE - Integer.numberOfLeadingZeros(segments)][WORDS_PER_CHUNK];
    }

    /** What was counted is not to be used again. */
    void forget() {
        counted = NO_CHUNK;
    }

    /** Sets the bits of those who are in at least {@code count} segments, which is at most as many as there are. */
    void atLeast(int count, FrozenColumns columns, int chunk, long[] into) {
        if (counted != chunk) {
            count(columns, chunk);
            counted = chunk;
        }
        // From the highest bit down: who has been equal so far and has a bit that the count lacks is above it.
        final long[] equal = carry;
        Arrays.fill(equal, -1L);
        Arrays.fill(into, 0);
        for (int plane = planes.length - 1; plane >= 0; plane--) {
            final long[] bits = planes[plane];
            if ((count >>> plane & 1) != 0) {
                for (int i = 0; i < WORDS_PER_CHUNK; i++) {
                    equal[i] &= bits[i];
                }
            } else {
                for (int i = 0; i < WORDS_PER_CHUNK; i++) {
                    into[i] |= equal[i] & bits[i];
                    equal[i] &= ~bits[i];
                }
            }
        }
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            into[i] |= equal[i];
        }
    }

    private void count(FrozenColumns columns, int chunk) {
        for (final long[] plane : planes) {
            Arrays.fill(plane, 0);
        }
        for (int segment = 0; segment < segments; segment++) {
            final int reference = columns.reference(segment, chunk);
            if (reference != NONE) {
                columns.load(reference, 0, WORDS_PER_CHUNK, carry);
                addCarry();
            }
        }
    }

    /** Adds one to every profile whose bit is set, plane by plane until nobody has anything to carry. */
    private void addCarry() {
        for (final long[] plane : planes) {
            long carried = 0;
            for (int i = 0; i < WORDS_PER_CHUNK; i++) {
                final long both = plane[i] & carry[i];
                plane[i] ^= carry[i];
                carry[i] = both;
                carried |= both;
            }
            if (carried == 0) {
                return;
            }
        }
    }
}
