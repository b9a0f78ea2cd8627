package io.zandloper.storage.format;

import java.nio.ByteBuffer;

/**
 * A row as it is to be written, judged once by whoever made the change, so that nobody who applies it judges again.
 *
 * <pre>
 *   0               4                       12         14
 *  +---------------+-----------------------+----------+--------------------------------------------+
 *  | purposes int  | next expiry, µs long  | n short  | n ≥ 0: n bit numbers, each a short         |
 *  |               |                       |          | n &lt; 0: -n words of bits, lowest bit first  |
 *  +---------------+-----------------------+----------+--------------------------------------------+
 * </pre>
 *
 * Little-endian; of the two forms the shorter is written. Bits are numbered by the catalog under which they were judged.
 *
 * @param purposes TCF purposes granted, bit {@code n - 1} for purpose {@code n}
 * @param nextExpiryMicros the bits are exact before this time
 * @param bits bit {@code n % 64} of word {@code n / 64} for segment {@code n}; words beyond the last are zero
 */
public record RowImage(int purposes, long nextExpiryMicros, long[] bits) {
    private static final int HEADER_BYTES = Integer.BYTES + Long.BYTES + Short.BYTES;

    /** What {@link #encode} writes. */
    public int encodedLength() {
        final int words = usedWords();
        return HEADER_BYTES + Math.min(words * Long.BYTES, bitCount(words) * Short.BYTES);
    }

    /** Appends the image to a little-endian buffer with room for it. */
    public void encode(ByteBuffer into) {
        final int words = usedWords();
        final int count = bitCount(words);
        into.putInt(purposes).putLong(nextExpiryMicros);
        if (count * Short.BYTES > words * Long.BYTES) {
            into.putShort((short) -words);
            for (int i = 0; i < words; i++) {
                into.putLong(bits[i]);
            }
            return;
        }
        into.putShort((short) count);
        for (int i = 0; i < words; i++) {
            for (long rest = bits[i]; rest != 0; rest &= rest - 1) {
                into.putShort((short) (i * Long.SIZE + Long.numberOfTrailingZeros(rest)));
            }
        }
    }

    /** Reads an image from a little-endian buffer, whose position is behind it then. */
    public static RowImage decode(ByteBuffer from) {
        final int purposes = from.getInt();
        final long nextExpiryMicros = from.getLong();
        final int count = from.getShort();
        if (count < 0) {
            final long[] bits = new long[-count];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = from.getLong();
            }
            return new RowImage(purposes, nextExpiryMicros, bits);
        }
        if (count == 0) {
            return new RowImage(purposes, nextExpiryMicros, new long[0]);
        }
        // Ascending: the last one tells how many words there are.
        final int last = from.getShort(from.position() + (count - 1) * Short.BYTES);
        final long[] bits = new long[last / Long.SIZE + 1];
        for (int i = 0; i < count; i++) {
            final int bit = from.getShort();
            bits[bit / Long.SIZE] |= 1L << (bit % Long.SIZE);
        }
        return new RowImage(purposes, nextExpiryMicros, bits);
    }

    private int usedWords() {
        int words = bits.length;
        while (words > 0 && bits[words - 1] == 0) {
            words--;
        }
        return words;
    }

    private int bitCount(int words) {
        int count = 0;
        for (int i = 0; i < words; i++) {
            count += Long.bitCount(bits[i]);
        }
        return count;
    }
}
