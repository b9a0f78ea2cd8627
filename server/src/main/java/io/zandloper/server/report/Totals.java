package io.zandloper.server.report;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Sums of what all threads counted, by pair. For one thread. */
final class Totals {
    private final Map<Pair, long[]> rows = new HashMap<>();

    /** An offer and a placement by their numbers. */
    record Pair(int offer, int placement) {}

    void add(int offer, int placement, int column, long count) {
        rows.computeIfAbsent(new Pair(offer, placement), absent -> new long[Column.COUNT])[column] += count;
    }

    void forEach(BiConsumer<Pair, long[]> action) {
        rows.forEach(action);
    }

    int size() {
        return rows.size();
    }
}
