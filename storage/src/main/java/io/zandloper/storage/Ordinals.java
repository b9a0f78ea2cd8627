package io.zandloper.storage;

import java.util.BitSet;

/**
 * Which ordinals are a profile's and which can be given to a new one. Belongs to the writer, but for {@link #given}.
 *
 * <p>Which one a new profile gets is decided once, when its change is resolved; whoever applies the change is told. So
 * an ordinal may be taken that lies beyond those given so far: those between are free then.
 */
final class Ordinals {
    private final BitSet free;
    /** Nobody's any more, and perhaps still held by a reader. */
    private final BitSet leaving = new BitSet();
    /** No free one is below it. */
    private int lowest;

    private volatile int given;

    /**
     * @param given 0 to this less one are a profile's or free
     * @param free as {@link #free()} gave them
     */
    Ordinals(int given, long[] free) {
        this.given = given;
        this.free = BitSet.valueOf(free);
    }

    /** Every ordinal that a profile has or had is below it. Any thread. */
    int given() {
        return given;
    }

    /** The one that a new profile gets; the lowest, so that they stay dense. */
    int next() {
        final int next = free.nextSetBit(lowest);
        lowest = next < 0 ? given : next;
        return lowest;
    }

    /** A profile has it; once more is harmless. */
    void take(int ordinal) {
        cover(ordinal);
        free.clear(ordinal);
    }

    /** Nobody has it any more, though readers may believe that somebody has. */
    void leave(int ordinal) {
        leaving.set(ordinal);
    }

    /** It is somebody's again. */
    void stay(int ordinal) {
        leaving.clear(ordinal);
    }

    /** Whether a reader may believe that somebody has it who has not any more. */
    boolean isLeaving(int ordinal) {
        return leaving.get(ordinal);
    }

    /** Whether a profile has it, or had it a moment ago. */
    boolean isTaken(int ordinal) {
        return ordinal < given && !free.get(ordinal);
    }

    /** Nobody has it any more, and no reader can still believe that somebody has. */
    void release(int ordinal) {
        cover(ordinal);
        leaving.clear(ordinal);
        free.set(ordinal);
        lowest = Math.min(lowest, ordinal);
    }

    /** Bit {@code n % 64} of word {@code n / 64} for ordinal {@code n}. */
    long[] free() {
        return free.toLongArray();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void cover(int ordinal) {
        if (ordinal >= given) {
            free.set(given, ordinal);
            lowest = Math.min(lowest, given);
            given = ordinal + 1;
        }
    }
}
