package io.zandloper.storage.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with 128 bits of output (Aumasson and Bernstein; the reference implementation's {@code outlen = 16}),
 * keyed per data folder so that nobody outside can make two identities collide. For one thread; nothing is allocated.
 *
 * <p>The result is two words: {@link #high()} is the first eight bytes of the reference's output, {@link #low()} the
 * last eight, both read little-endian.
 */
public final class IdentityHash {
    public static final int KEY_BYTES = 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int WORD_BYTES = Long.BYTES;
    private static final int ROUNDS_PER_WORD = 2;
    private static final int ROUNDS_PER_HALF = 4;

    private final long key0;
    private final long key1;
    private long high;
    private long low;

    /** @param key {@link #KEY_BYTES} bytes, copied */
    public IdentityHash(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("the key is 16 bytes: length=" + key.length);
        }
        key0 = (long) LONG.get(key, 0);
        key1 = (long) LONG.get(key, WORD_BYTES);
    }

    /** Hashes {@code length} bytes; the result is in {@link #high()} and {@link #low()} until the next call. */
    public void hash(byte[] bytes, int offset, int length) {
        // Locals, and the round written out twice: as fields, or in a method of its own, the state would go through
        // memory in every round.
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        final int end = offset + (length & -WORD_BYTES);
        for (int i = offset; i <= end; i += WORD_BYTES) {
            final long word = i < end ? (long) LONG.get(bytes, i) : lastWord(bytes, end, length);
            v3 ^= word;
            for (int round = 0; round < ROUNDS_PER_WORD; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        v2 ^= 0xee;
        for (int half = 0; half < 2; half++) {
            for (int round = 0; round < ROUNDS_PER_HALF; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            high = low;
            low = v0 ^ v1 ^ v2 ^ v3;
            v1 ^= 0xdd;
        }
    }

    /** The bytes after the last whole word, and the length in the top byte. */
    private static long lastWord(byte[] bytes, int offset, int length) {
        long word = (long) length << (Long.SIZE - Byte.SIZE);
        for (int i = (length & (WORD_BYTES - 1)) - 1; i >= 0; i--) {
            word |= (bytes[offset + i] & 0xffL) << (i * Byte.SIZE);
        }
        return word;
    }

    public long high() {
        return high;
    }

    public long low() {
        return low;
    }
}
