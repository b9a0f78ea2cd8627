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

    private final long key0;
    private final long key1;
    private long high;
    private long low;
    private long v0;
    private long v1;
    private long v2;
    private long v3;

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
        v0 = key0 ^ 0x736f6d6570736575L;
        v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
        v2 = key0 ^ 0x6c7967656e657261L;
        v3 = key1 ^ 0x7465646279746573L;
        final int end = offset + (length & -WORD_BYTES);
        for (int i = offset; i < end; i += WORD_BYTES) {
            absorb((long) LONG.get(bytes, i));
        }
        long last = (long) length << 56;
        for (int i = (length & (WORD_BYTES - 1)) - 1; i >= 0; i--) {
            last |= (bytes[end + i] & 0xffL) << (i * Byte.SIZE);
        }
        absorb(last);
        v2 ^= 0xee;
        finish();
        high = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
        finish();
        low = v0 ^ v1 ^ v2 ^ v3;
    }

    public long high() {
        return high;
    }

    public long low() {
        return low;
    }

    private void absorb(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void finish() {
        round();
        round();
        round();
        round();
    }

    private void round() {
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
}
