package io.zandloper.storage.column;

/** Rows of bits to columns of bits. */
final class BitMatrix {
    private BitMatrix() {}

    /**
     * Transposes 64 by 64 bits in place: afterwards bit {@code j} of long {@code i} is what was bit {@code i} of long
     * {@code j}. Halves are swapped, then quarters within them and so on (Hacker's Delight, 7-3).
     */
    static void transpose(long[] bits) {
        long mask = 0x0000_0000_FFFF_FFFFL;
        for (int step = Long.SIZE / 2; step != 0; step >>= 1) {
            for (int i = 0; i < Long.SIZE; i = ((i | step) + 1) & ~step) {
                final long swapped = ((bits[i] >>> step) ^ bits[i | step]) & mask;
                bits[i] ^= swapped << step;
                bits[i | step] ^= swapped;
            }
            mask ^= mask << (step >> 1);
        }
    }
}
