package io.zandloper.storage;

/** Where the time comes from, in microseconds since 1970 UTC; any thread may ask. */
@FunctionalInterface
public interface MicrosClock {
    long nowMicros();

    /** The machine's clock, at its millisecond resolution. */
    static MicrosClock system() {
        return () -> System.currentTimeMillis() * 1_000L;
    }
}
