package io.zandloper.storage;

import java.util.Objects;

/**
 * Identities that are looked up together by {@link View#find(LookupBatch)}: what each of the look-ups would wait for in
 * memory is asked for before any of them goes on, so that they wait once and not one after the other.
 *
 * <p>Of one thread, which fills and reads it again and again; it allocates nothing after it was made.
 *
 * <pre>{@code
 * batch.clear();
 * … batch.add(bytes, offset, length, bit) for each request …
 * view.find(batch);
 * for (int i = 0; i < batch.length(); i++) {
 *     int answer = view.testSegment(batch.ordinal(i), bit, nowMicros);
 * }
 * }</pre>
 */
public final class LookupBatch {
    final byte[][] texts;
    final int[] offsets;
    final int[] lengths;
    final int[] bits;
    final long[] highs;
    final long[] lows;
    final int[] ordinals;
    int length;
    /** What was loaded only to be near: kept, so that the loads are not left out. */
    long touched;

    /** @param capacity look-ups it has room for; some dozens are enough to fill the time of a cache miss */
    public LookupBatch(int capacity) {
        texts = new byte[capacity][];
        offsets = new int[capacity];
        lengths = new int[capacity];
        bits = new int[capacity];
        highs = new long[capacity];
        lows = new long[capacity];
        ordinals = new int[capacity];
    }

    /** Look-ups it has room for. */
    public int capacity() {
        return ordinals.length;
    }

    /** Look-ups in it. */
    public int length() {
        return length;
    }

    public boolean isFull() {
        return length == ordinals.length;
    }

    public void clear() {
        length = 0;
    }

    /**
     * Adds one.
     *
     * @param canonicalUtf8 an identity's canonical text at {@code offset}; not copied: it stays as it is until the batch
     *     was looked up
     * @param bit of the segment that will be tested first, so that its place in the row is near by then; 0 where it is
     *     not known
     */
    public void add(byte[] canonicalUtf8, int offset, int lengthBytes, int bit) {
        final int at = length;
        Objects.checkIndex(at, ordinals.length);
        texts[at] = canonicalUtf8;
        offsets[at] = offset;
        lengths[at] = lengthBytes;
        bits[at] = bit;
        length = at + 1;
    }

    /** The profile found for a look-up, or {@link View#NOBODY}; as long as the view is open that found it. */
    public int ordinal(int lookup) {
        return ordinals[Objects.checkIndex(lookup, length)];
    }
}
