package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;

import java.util.Arrays;

/**
 * Evaluates any expression for a chunk: its columns become rows again, a slice of ordinals at a time, and each
 * combination of bits is asked of a {@link BitsMemo}. For one thread.
 */
final class ChunkInterpreter {
    /** 8,192 ordinals: with 4,096 segments their bits are 4 MiB. */
    private static final int SLICE_WORDS = 128;

    private final BitsMemo memo;
    private final int[] segments;
    private final int rowWords;
    private final long[] presence = new long[SLICE_WORDS];
    private final long[] rows;
    private final long[] square = new long[Long.SIZE];
    private final long[][] columns = new long[Long.SIZE][SLICE_WORDS];
    private final long[] words = new long[WORDS_PER_CHUNK];

    ChunkInterpreter(BitsMemo memo, int[] segments) {
        this.memo = memo;
        this.segments = segments;
        this.rowWords = memo.asked().length;
        this.rows = new long[SLICE_WORDS * Long.SIZE * rowWords];
    }

    /** The words of a chunk; only profiles are asked about. */
    long[] evaluate(FrozenColumns frozen, int chunk) {
        Arrays.fill(words, 0);
        final int present = frozen.presence()[chunk];
        if (present != NONE) {
            for (int from = 0; from < WORDS_PER_CHUNK; from += SLICE_WORDS) {
                frozen.load(present, from, SLICE_WORDS, presence);
                readRows(frozen, chunk, from);
                evaluateRows(from);
            }
        }
        return words;
    }

    private void readRows(FrozenColumns frozen, int chunk, int from) {
        for (int rowWord = 0; rowWord < rowWords; rowWord++) {
            final int first = rowWord * Long.SIZE;
            final int count = Math.min(Long.SIZE, segments.length - first);
            for (int i = 0; i < count; i++) {
                final int reference = frozen.reference(segments[first + i], chunk);
                if (reference == NONE) {
                    Arrays.fill(columns[i], 0);
                } else {
                    frozen.load(reference, from, SLICE_WORDS, columns[i]);
                }
            }
            for (int word = 0; word < SLICE_WORDS; word++) {
                for (int i = 0; i < Long.SIZE; i++) {
                    square[i] = i < count ? columns[i][word] : 0;
                }
                BitMatrix.transpose(square);
                for (int i = 0; i < Long.SIZE; i++) {
                    rows[(word * Long.SIZE + i) * rowWords + rowWord] = square[i];
                }
            }
        }
    }

    private void evaluateRows(int from) {
        for (int word = 0; word < SLICE_WORDS; word++) {
            for (long rest = presence[word]; rest != 0; rest &= rest - 1) {
                final int bit = Long.numberOfTrailingZeros(rest);
                System.arraycopy(rows, (word * Long.SIZE + bit) * rowWords, memo.asked(), 0, rowWords);
                if (memo.holds()) {
                    words[from + word] |= 1L << bit;
                }
            }
        }
    }
}
