package io.zandloper.storage.column;

import java.util.ArrayList;
import java.util.List;

/** The few profiles of a frozen version whose columns are overtaken, with the bits that hold instead; ascending. */
final class Corrections {
    private final List<Correction> all = new ArrayList<>();

    record Correction(int ordinal, long[] bits) {}

    void add(int ordinal, long[] bits) {
        all.add(new Correction(ordinal, bits));
    }

    List<Correction> all() {
        return all;
    }
}
