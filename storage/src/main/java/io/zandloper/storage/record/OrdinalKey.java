package io.zandloper.storage.record;

/** An ordinal as a key of a map, set anew for each call: a boxed integer would be garbage for each record read. */
final class OrdinalKey {
    private int ordinal;

    OrdinalKey set(int newOrdinal) {
        ordinal = newOrdinal;
        return this;
    }

    int ordinal() {
        return ordinal;
    }
}
