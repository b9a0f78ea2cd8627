package io.zandloper.storage.program;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Strings as the bytes of their UTF-8, which is always valid here. */
final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The first byte of what UTF-16 writes as two surrogates, which stand before U+E000 to U+FFFF there. */
    private static final int SUPPLEMENTARY_LEAD = 0xF0;

    /** The lowest first byte of U+E000 to U+FFFF. */
    private static final int AFTER_SURROGATES_LEAD = 0xEE;

    private static final long HASH_FACTOR = 0x9E3779B97F4A7C15L;

    private Utf8() {}

    static boolean equals(byte[] left, int leftOffset, int leftLength, byte[] right, int rightOffset, int rightLength) {
        return leftLength == rightLength
                && Arrays.equals(
                        left, leftOffset, leftOffset + leftLength, right, rightOffset, rightOffset + rightLength);
    }

    /** The order of {@link String#compareTo}, by which the library orders strings: that of their UTF-16. */
    static int compare(byte[] left, int leftOffset, int leftLength, byte[] right, int rightOffset, int rightLength) {
        final int common = Arrays.mismatch(
                left, leftOffset, leftOffset + leftLength, right, rightOffset, rightOffset + rightLength);
        if (common < 0) {
            return 0;
        }
        if (common == leftLength || common == rightLength) {
            return Integer.compare(leftLength, rightLength);
        }
        final int ours = left[leftOffset + common] & 0xFF;
        final int theirs = right[rightOffset + common] & 0xFF;
        if (ours >= AFTER_SURROGATES_LEAD
                && theirs >= AFTER_SURROGATES_LEAD
                && ours >= SUPPLEMENTARY_LEAD != theirs >= SUPPLEMENTARY_LEAD) {
            return Integer.compare(theirs, ours);
        }
        return Integer.compare(ours, theirs);
    }

    static boolean startsWith(byte[] text, int offset, int length, byte[] prefix, int prefixOffset, int prefixLength) {
        return prefixLength <= length && equals(text, offset, prefixLength, prefix, prefixOffset, prefixLength);
    }

    static boolean endsWith(byte[] text, int offset, int length, byte[] suffix, int suffixOffset, int suffixLength) {
        return suffixLength <= length
                && equals(text, offset + length - suffixLength, suffixLength, suffix, suffixOffset, suffixLength);
    }

    static boolean contains(byte[] text, int offset, int length, byte[] part, int partOffset, int partLength) {
        if (partLength == 0) {
            return true;
        }
        final byte first = part[partOffset];
        for (int i = offset; i <= offset + length - partLength; i++) {
            if (text[i] == first && equals(text, i, partLength, part, partOffset, partLength)) {
                return true;
            }
        }
        return false;
    }

    /** Code points: the bytes that do not continue one. */
    static int codePoints(byte[] text, int offset, int length) {
        int count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += (text[i] & 0xC0) == 0x80 ? 0 : 1;
        }
        return count;
    }

    /** The same on every machine. */
    static int hash(byte[] text, int offset, int length) {
        long hash = length;
        int at = offset;
        final int end = offset + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONG.get(text, at));
        }
        long rest = 0;
        for (int shift = 0; at < end; at++, shift += Byte.SIZE) {
            rest |= (text[at] & 0xFFL) << shift;
        }
        hash = mix(hash ^ rest);
        return (int) (hash ^ (hash >>> Integer.SIZE));
    }

    private static long mix(long hash) {
        final long product = hash * HASH_FACTOR;
        return product ^ (product >>> 29);
    }
}
