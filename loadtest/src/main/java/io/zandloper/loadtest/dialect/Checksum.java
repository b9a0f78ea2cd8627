package io.zandloper.loadtest.dialect;

import java.nio.ByteBuffer;

/**
 * A number over many answers in which each counts with whom it is about, whatever their order: the sum of one number for
 * each profile asked about. So a batch has that of its single requests, and who knows the right answers knows the sum.
 */
public final class Checksum {
    private static final long STEP = 0x9E37_79B9_7F4A_7C15L;

    private Checksum() {}

    /**
     * What one answer adds.
     *
     * @param number of the profile, as {@link Identities#number} has it
     * @param content what was answered: {@link #ofMembers} or {@link #ofBytes}
     */
    public static long of(long number, long content) {
        return mixed(number * STEP + content);
    }

    /** Of one more answer to a segment test, begun with 0. */
    public static long ofMembers(long soFar, boolean member) {
        return soFar * 31 + (member ? 2 : 1);
    }

    /** Of the bytes of a value. */
    public static long ofBytes(ByteBuffer bytes, int offset, int lengthBytes) {
        long hash = lengthBytes;
        final int end = offset + lengthBytes;
        int at = offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = (hash ^ bytes.getLong(at)) * STEP;
            hash ^= hash >>> 29;
        }
        for (; at < end; at++) {
            hash = (hash ^ bytes.get(at)) * STEP;
        }
        return hash;
    }

    /** The finalizer of SplitMix64: each bit depends on all. */
    private static long mixed(long number) {
        long z = (number ^ (number >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
