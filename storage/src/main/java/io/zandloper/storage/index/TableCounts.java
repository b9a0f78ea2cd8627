package io.zandloper.storage.index;

import java.util.Arrays;

/** What the writer knows of each sub-table, by its number: how often it was split, slots used, identities held. */
final class TableCounts {
    private int[] depths = new int[0];
    private int[] used = new int[0];
    private int[] live = new int[0];

    void set(int table, int depth, int usedSlots, int liveSlots) {
        if (table >= depths.length) {
            final int length = Math.max(table + 1, 2 * depths.length);
            depths = Arrays.copyOf(depths, length);
            used = Arrays.copyOf(used, length);
            live = Arrays.copyOf(live, length);
        }
        depths[table] = depth;
        used[table] = usedSlots;
        live[table] = liveSlots;
    }

    int depth(int table) {
        return depths[table];
    }

    /** Slots taken, those of removed identities included. */
    int used(int table) {
        return used[table];
    }

    int live(int table) {
        return live[table];
    }

    void onAdded(int table) {
        used[table]++;
        live[table]++;
    }

    void onRevived(int table) {
        live[table]++;
    }

    void onRemoved(int table) {
        live[table]--;
    }
}
