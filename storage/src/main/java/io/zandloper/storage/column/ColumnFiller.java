package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.CHUNK_SHIFT;
import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.ORDINALS_PER_CHUNK;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;
import static io.zandloper.storage.format.ColumnDescriptor.chunks;

import io.zandloper.storage.row.RowBits;
import java.util.Arrays;

/**
 * Makes columns of rows: 64 rows by 64 segments are transposed at a time, a chunk of ordinals and a strip of segments
 * after the other, so that what is written to stays in the cache.
 */
final class ColumnFiller {
    /** 512 segments: the bits of a cache line of rows, in 4 MiB of columns. */
    static final int STRIP_WORDS = 8;

    private final int segmentCount;
    private final Blocks blocks;
    private final ExpiryFloors floors;
    private final int stripWords;
    private final long[][] strip;
    private final long[] presence = new long[WORDS_PER_CHUNK];
    private final long[][] squares;
    private final RowBits row = new RowBits();

    /** The strip that is being made. */
    private int number;

    /** The next 64 rows to be read for it. */
    private int group;

    /** @param stripWordsMax 64 segments each */
    ColumnFiller(int segmentCount, Blocks blocks, ExpiryFloors floors, int stripWordsMax) {
        this.segmentCount = segmentCount;
        this.blocks = blocks;
        this.floors = floors;
        this.stripWords = Math.min(stripWordsMax, (segmentCount + Long.SIZE - 1) / Long.SIZE);
        this.strip = new long[stripWords * Long.SIZE][WORDS_PER_CHUNK];
        this.squares = new long[stripWords][Long.SIZE];
    }

    /** Takes the blocks that were made. */
    @FunctionalInterface
    interface Target {
        void put(int column, int chunk, int reference);
    }

    void fill(int ordinals, Rows rows, Target target) {
        for (int chunk = 0; chunk < chunks(ordinals); chunk++) {
            boolean whole = false;
            while (!whole) {
                whole = fillSome(chunk, ordinals, rows, target, WORDS_PER_CHUNK);
            }
        }
    }

    /**
     * Goes on with a chunk: reads some of its rows, and makes the columns of a strip once all have been read for it.
     *
     * @param ordinals every row is below it
     * @param groupsMax of 64 rows each
     * @return whether the chunk is whole
     */
    boolean fillSome(int chunk, int ordinals, Rows rows, Target target, int groupsMax) {
        final int first = chunk << CHUNK_SHIFT;
        final int count = Math.min(ORDINALS_PER_CHUNK, ordinals - first);
        final int end = Math.min(WORDS_PER_CHUNK, group + groupsMax);
        for (; group < end; group++) {
            readGroup(first, count, number * stripWords, rows);
        }
        if (group < WORDS_PER_CHUNK) {
            return false;
        }
        group = 0;
        final int segment = number * strip.length;
        if (number == 0) {
            put(segmentCount, chunk, presence, target);
        }
        for (int i = 0; i < strip.length && segment + i < segmentCount; i++) {
            put(segment + i, chunk, strip[i], target);
        }
        number = segment + strip.length < segmentCount ? number + 1 : 0;
        return number == 0;
    }

    private void put(int column, int chunk, long[] words, Target target) {
        final int reference = blocks.store(words);
        if (reference != NONE) {
            target.put(column, chunk, reference);
        }
    }

    private void readGroup(int first, int count, int firstWord, Rows rows) {
        for (final long[] square : squares) {
            Arrays.fill(square, 0);
        }
        presence[group] = 0;
        final int last = Math.min(count, (group + 1) * Long.SIZE);
        for (int i = group * Long.SIZE; i < last; i++) {
            if (rows.read(first + i, row)) {
                presence[group] |= 1L << i;
                if (firstWord == 0) {
                    floors.note(first + i, row.nextExpiryMicros());
                }
                for (int word = 0; word < stripWords && firstWord + word < row.wordCount(); word++) {
                    squares[word][i % Long.SIZE] = row.word(firstWord + word);
                }
            }
        }
        for (int word = 0; word < stripWords; word++) {
            BitMatrix.transpose(squares[word]);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                strip[word * Long.SIZE + bit][group] = squares[word][bit];
            }
        }
    }
}
