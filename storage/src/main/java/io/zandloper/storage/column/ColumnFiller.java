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
            int strips = 0;
            while (fillStrip(chunk, strips, ordinals, rows, target)) {
                strips++;
            }
        }
    }

    /**
     * Makes one strip of a chunk's columns, the first with the presence of profiles.
     *
     * @param ordinals every row is below it
     * @return whether there are more
     */
    boolean fillStrip(int chunk, int number, int ordinals, Rows rows, Target target) {
        final int first = chunk << CHUNK_SHIFT;
        final int segment = number * stripWords * Long.SIZE;
        readStrip(first, Math.min(ORDINALS_PER_CHUNK, ordinals - first), number * stripWords, rows);
        if (number == 0) {
            put(segmentCount, chunk, presence, target);
        }
        for (int i = 0; i < strip.length && segment + i < segmentCount; i++) {
            put(segment + i, chunk, strip[i], target);
        }
        return segment + strip.length < segmentCount;
    }

    private void put(int column, int chunk, long[] words, Target target) {
        final int reference = blocks.store(words);
        if (reference != NONE) {
            target.put(column, chunk, reference);
        }
    }

    private void readStrip(int first, int count, int firstWord, Rows rows) {
        Arrays.fill(presence, 0);
        for (int group = 0; group < WORDS_PER_CHUNK; group++) {
            for (final long[] square : squares) {
                Arrays.fill(square, 0);
            }
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
}
