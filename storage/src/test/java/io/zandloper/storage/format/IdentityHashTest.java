package io.zandloper.storage.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.macs.SipHash128;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityHashTest {
    /** The reference implementation's {@code vectors_sip128}: key 00…0f, input 00, 01, 02 … of the given length. */
    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4",
        "3, 9c70b60c5267a94e5f33b6b02985ed51",
        "4, f88164c12d9c8faf7d0f6e7c7bcd5579",
        "5, 1368875980776f8854527a07690e9627",
        "6, 14eeca338b208613485ea0308fd7a15e",
        "7, a1f1ebbed8dbc153c0b84aa61ff08239",
        "8, 3b62a9ba6258f5610f83e264f31497b4",
    })
    void agreesWithTheReference(int length, String expected) {
        final byte[] input = new byte[length];
        for (int i = 0; i < length; i++) {
            input[i] = (byte) i;
        }
        assertThat(hash(referenceKey(), input, 0, length)).isEqualTo(expected);
    }

    @Test
    void agreesWithBouncyCastle() {
        final long seed = System.nanoTime();
        System.out.println("IdentityHashTest.agreesWithBouncyCastle seed=" + seed);
        final Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            final byte[] key = new byte[IdentityHash.KEY_BYTES];
            random.nextBytes(key);
            final byte[] input = new byte[random.nextInt(400)];
            random.nextBytes(input);
            final int offset = random.nextInt(input.length + 1);
            final int length = random.nextInt(input.length - offset + 1);
            assertThat(hash(key, input, offset, length)).isEqualTo(bouncyCastle(key, input, offset, length));
        }
    }

    @Test
    void anotherKeyGivesAnotherHash() {
        final byte[] key = referenceKey();
        key[15]++;
        assertThat(hash(key, new byte[9], 0, 9)).isNotEqualTo(hash(referenceKey(), new byte[9], 0, 9));
    }

    @Test
    void refusesAKeyOfAnotherLength() {
        assertThatThrownBy(() -> new IdentityHash(new byte[15])).hasMessageEndingWith("length=15");
    }

    private static String hash(byte[] key, byte[] input, int offset, int length) {
        final IdentityHash hash = new IdentityHash(key);
        hash.hash(input, offset, length);
        return HexFormat.of()
                .formatHex(ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(hash.high())
                        .putLong(hash.low())
                        .array());
    }

    private static String bouncyCastle(byte[] key, byte[] input, int offset, int length) {
        final SipHash128 hash = new SipHash128();
        hash.init(new KeyParameter(key));
        hash.update(input, offset, length);
        final byte[] output = new byte[16];
        hash.doFinal(output, 0);
        return HexFormat.of().formatHex(output);
    }

    private static byte[] referenceKey() {
        final byte[] key = new byte[IdentityHash.KEY_BYTES];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }
}
