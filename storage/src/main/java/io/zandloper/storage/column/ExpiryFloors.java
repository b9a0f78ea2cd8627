package io.zandloper.storage.column;

import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * For each group of neighbouring ordinals a time before which none of their rows expires, so that the few rows whose bits
 * a moment has overtaken are found without looking at all. A floor may be too early, never too late. Belongs to the
 * writer.
 */
final class ExpiryFloors {
    static final int GROUP_SHIFT = 10;
    private static final int ORDINALS_PER_GROUP = 1 << GROUP_SHIFT;
    private static final int GROUPS_MIN = 64;

    private long[] floors = new long[0];

    /** A row of the ordinal is exact before {@code nextExpiryMicros}. */
    void note(int ordinal, long nextExpiryMicros) {
        final int group = ordinal >> GROUP_SHIFT;
        if (group >= floors.length) {
            final int before = floors.length;
            floors = Arrays.copyOf(floors, Math.max(GROUPS_MIN, Math.max(group + 1, 2 * before)));
            Arrays.fill(floors, before, floors.length, Times.NEVER);
        }
        floors[group] = Math.min(floors[group], nextExpiryMicros);
    }

    /** Tells every ordinal whose row is not exact any more at {@code nowMicros}, ascending. */
    void forEachOverdue(long nowMicros, Rows rows, OverdueRows overdue) {
        final RowBits row = new RowBits();
        for (int group = 0; group < floors.length; group++) {
            if (floors[group] <= nowMicros) {
                floors[group] = lookAt(group, nowMicros, rows, row, overdue);
            }
        }
    }

    /** Whoever is told of them. */
    @FunctionalInterface
    interface OverdueRows {
        void onRow(int ordinal);
    }

    private static long lookAt(int group, long nowMicros, Rows rows, RowBits row, OverdueRows overdue) {
        long floor = Times.NEVER;
        final int first = group << GROUP_SHIFT;
        for (int ordinal = first; ordinal < first + ORDINALS_PER_GROUP; ordinal++) {
            if (rows.read(ordinal, row)) {
                floor = Math.min(floor, row.nextExpiryMicros());
                if (row.nextExpiryMicros() <= nowMicros) {
                    overdue.onRow(ordinal);
                }
            }
        }
        return floor;
    }

    int lengthBytes() {
        return Integer.BYTES + floors.length * Long.BYTES;
    }

    void write(ByteBuffer into) {
        into.putInt(floors.length);
        for (final long floor : floors) {
            into.putLong(floor);
        }
    }

    /** @param count as it was written before them */
    void read(ByteBuffer from, int count) {
        floors = new long[count];
        for (int i = 0; i < count; i++) {
            floors[i] = from.getLong();
        }
    }
}
