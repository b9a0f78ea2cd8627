package io.zandloper.storage.row;

import io.zandloper.storage.format.RowImage;
import java.util.Arrays;
import java.util.Objects;

/**
 * One profile's row, copied out whole by {@link RowTable#read}. Used again and again by one thread; it grows to the
 * width of the widest table it has met and allocates nothing after that.
 */
public final class RowBits {
    private long sequence;
    private int purposes;
    private long nextExpiryMicros;
    private long[] words = new long[0];
    private int wordCount;

    /** The sequence of the profile's last change. */
    public long sequence() {
        return sequence;
    }

    /** Bit {@code n - 1} is TCF purpose {@code n}, as the profile's consent or the catalog's default grants it. */
    public int purposes() {
        return purposes;
    }

    /** The bits are exact before this time. */
    public long nextExpiryMicros() {
        return nextExpiryMicros;
    }

    /** Whether a segment is visible; false for a bit beyond the table's width. */
    public boolean isSet(int bit) {
        final int word = bit >> 6;
        return word < wordCount && (words[word] & (1L << bit)) != 0;
    }

    /** Longs that hold bits. */
    public int wordCount() {
        return wordCount;
    }

    /** Bits {@code 64 * index} and the 63 after it, the lowest first. */
    public long word(int index) {
        return words[Objects.checkIndex(index, wordCount)];
    }

    /** A copy, to be written elsewhere. */
    public RowImage image() {
        return new RowImage(purposes, nextExpiryMicros, Arrays.copyOf(words, wordCount));
    }

    /** Room for the bits of a table; {@link RowTable} fills it. */
    long[] reserve(int count) {
        if (words.length < count) {
            words = new long[count];
        }
        wordCount = count;
        return words;
    }

    void header(long newSequence, int newPurposes, long newNextExpiryMicros) {
        sequence = newSequence;
        purposes = newPurposes;
        nextExpiryMicros = newNextExpiryMicros;
    }
}
