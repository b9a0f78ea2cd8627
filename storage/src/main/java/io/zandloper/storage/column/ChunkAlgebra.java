package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a condition for a chunk of 65,536 ordinals at a time, as loops over its 1,024 words. For one thread.
 *
 * <p>What is on the heap is copied from the blocks before it is combined: loops over two arrays use the widest
 * instructions the machine has, loops over mapped memory do not.
 */
final class ChunkAlgebra {
    private final Condition condition;
    /** Words by the depth of the evaluation. */
    private final List<long[]> words = new ArrayList<>();
    /** Null until numbers of segments are asked for. */
    private @Nullable SegmentCounts counts;

    ChunkAlgebra(Condition condition) {
        this.condition = condition;
    }

    /**
     * The words of a chunk, valid until the next call; null where no bit is set. Ordinals without a profile count as
     * having no bits.
     */
    long @Nullable [] evaluate(FrozenColumns columns, int chunk) {
        if (counts != null) {
            counts.forget();
        }
        return evaluate(condition, columns, chunk, 0) ? words(0) : null;
    }

    private boolean evaluate(Condition evaluated, FrozenColumns columns, int chunk, int depth) {
        if (evaluated instanceof Condition.Member member) {
            return evaluate(member, columns, chunk, depth);
        }
        if (evaluated instanceof Condition.AtLeast atLeast) {
            evaluate(atLeast, columns, chunk, depth);
            return true;
        }
        if (evaluated instanceof Condition.Constant constant) {
            if (constant.value()) {
                Arrays.fill(words(depth), -1L);
            }
            return constant.value();
        }
        if (evaluated instanceof Condition.All all) {
            return evaluate(all, columns, chunk, depth);
        }
        if (evaluated instanceof Condition.Any any) {
            return evaluate(any, columns, chunk, depth);
        }
        return evaluate((Condition.Choice) evaluated, columns, chunk, depth);
    }

    private boolean evaluate(Condition.Member member, FrozenColumns columns, int chunk, int depth) {
        final long[] into = words(depth);
        final int reference = columns.reference(member.bit(), chunk);
        if (reference == NONE) {
            if (member.negated()) {
                Arrays.fill(into, -1L);
            }
            return member.negated();
        }
        columns.load(reference, 0, WORDS_PER_CHUNK, into);
        if (member.negated()) {
            not(into);
        }
        return true;
    }

    private void evaluate(Condition.AtLeast atLeast, FrozenColumns columns, int chunk, int depth) {
        if (counts == null) {
            counts = new SegmentCounts(atLeast.segments());
        }
        final long[] into = words(depth);
        counts.atLeast(atLeast.count(), columns, chunk, into);
        if (atLeast.negated()) {
            not(into);
        }
    }

    private boolean evaluate(Condition.All all, FrozenColumns columns, int chunk, int depth) {
        boolean first = true;
        for (final Condition operand : all.operands()) {
            if (first) {
                if (!evaluate(operand, columns, chunk, depth)) {
                    return false;
                }
                first = false;
            } else if (operand instanceof Condition.Member member && member.negated()) {
                final int reference = columns.reference(member.bit(), chunk);
                if (reference != NONE) {
                    columns.load(reference, 0, WORDS_PER_CHUNK, words(depth + 1));
                    andNot(words(depth), words(depth + 1));
                }
            } else {
                if (!evaluate(operand, columns, chunk, depth + 1)) {
                    return false;
                }
                and(words(depth), words(depth + 1));
            }
        }
        return true;
    }

    private boolean evaluate(Condition.Any any, FrozenColumns columns, int chunk, int depth) {
        boolean some = false;
        for (final Condition operand : any.operands()) {
            if (!some) {
                some = evaluate(operand, columns, chunk, depth);
            } else if (evaluate(operand, columns, chunk, depth + 1)) {
                or(words(depth), words(depth + 1));
            }
        }
        return some;
    }

    private boolean evaluate(Condition.Choice choice, FrozenColumns columns, int chunk, int depth) {
        if (!evaluate(choice.condition(), columns, chunk, depth)) {
            return evaluate(choice.otherwise(), columns, chunk, depth);
        }
        final boolean then = evaluate(choice.then(), columns, chunk, depth + 1);
        final boolean otherwise = evaluate(choice.otherwise(), columns, chunk, depth + 2);
        final long[] chosen = words(depth);
        final long[] thenWords = words(depth + 1);
        final long[] otherwiseWords = words(depth + 2);
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            final long mask = chosen[i];
            chosen[i] = (then ? mask & thenWords[i] : 0) | (otherwise ? ~mask & otherwiseWords[i] : 0);
        }
        return then || otherwise;
    }

    private long[] words(int depth) {
        while (words.size() <= depth) {
            words.add(new long[WORDS_PER_CHUNK]);
        }
        return words.get(depth);
    }

    static void and(long[] target, long[] other) {
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            target[i] &= other[i];
        }
    }

    private static void andNot(long[] target, long[] other) {
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            target[i] &= ~other[i];
        }
    }

    private static void or(long[] target, long[] other) {
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            target[i] |= other[i];
        }
    }

    private static void not(long[] target) {
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            target[i] = ~target[i];
        }
    }

    static int count(long[] counted) {
        int count = 0;
        for (int i = 0; i < WORDS_PER_CHUNK; i++) {
            count += Long.bitCount(counted[i]);
        }
        return count;
    }
}
