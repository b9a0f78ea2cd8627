package io.zandloper.server.wire;

import java.util.random.RandomGenerator;

/** Ids of decisions that no other event loop, server or run gives: a random half and a counted one. One thread. */
final class DecisionIds {
    private static final int HALF_LENGTH = 16;
    private static final int BITS_PER_DIGIT = 4;

    private final byte[] id = new byte[2 * HALF_LENGTH];
    private long last;

    DecisionIds(RandomGenerator random) {
        writeHex(random.nextLong(), 0);
    }

    /** In ASCII; the same array each time. */
    byte[] next() {
        writeHex(++last, HALF_LENGTH);
        return id;
    }

    private void writeHex(long number, int offset) {
        for (int i = 0; i < HALF_LENGTH; i++) {
            final int digit = (int) (number >>> ((HALF_LENGTH - 1 - i) * BITS_PER_DIGIT)) & 0xf;
            id[offset + i] = (byte) Character.forDigit(digit, 16);
        }
    }
}
