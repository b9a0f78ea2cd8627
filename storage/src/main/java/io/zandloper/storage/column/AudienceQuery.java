package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.CHUNK_SHIFT;
import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.ORDINALS_PER_CHUNK;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;

import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.AudienceTree;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.column.Corrections.Correction;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;
import org.roaringbitmap.RoaringBitmapWriter;

/**
 * Asks who of the profiles belongs to an audience, under one catalog. For one thread; it keeps some hundred kilobytes,
 * more for an expression that is interpreted over many segments.
 *
 * <p>An audience that is set algebra is evaluated with a few machine instructions for 512 profiles; any other by the
 * interpreter, once for each combination of bits.
 */
public final class AudienceQuery {
    private final Catalog catalog;
    private final BitSet segments = new BitSet();
    private final @Nullable Condition condition;
    private final BitsMemo memo;
    private final int[] memoSegments;
    private final ChunkEvaluation evaluation;
    /** Null where it is no conjunction of memberships. */
    private final @Nullable FewMembers fewMembers;

    private final long[] presence = new long[WORDS_PER_CHUNK];

    private interface ChunkEvaluation {
        /** The words of a chunk, valid until the next call; null where none is set. */
        long @Nullable [] evaluate(FrozenColumns columns, int chunk);
    }

    private AudienceQuery(Audience audience, Catalog catalog, boolean interpreted) {
        this.catalog = catalog;
        final AudienceTree tree = interpreted ? null : audience.tree();
        this.condition = tree == null ? null : Condition.bind(tree, catalog);
        if (condition != null) {
            condition.addSegments(segments);
        } else if (audience.expression().usesSegmentsDynamically()) {
            segments.set(0, catalog.segments().size());
        } else {
            audience.expression().literalSegments().stream()
                    .mapToInt(catalog::segmentBit)
                    .filter(bit -> bit >= 0)
                    .forEach(segments::set);
        }
        this.memoSegments = segments.stream().toArray();
        this.memo = new BitsMemo(audience.expression(), catalog, memoSegments);
        this.evaluation = condition == null ? new ChunkInterpreter(memo, memoSegments)::evaluate : algebra(condition);
        this.fewMembers =
                condition instanceof Condition.All all && all.isOfMembers() ? new FewMembers(all.operands()) : null;
    }

    public static AudienceQuery of(Audience audience, Catalog catalog) {
        return new AudienceQuery(audience, catalog, false);
    }

    /** The same by the interpreter alone: the reference of the faster form. */
    public static AudienceQuery interpreted(Audience audience, Catalog catalog) {
        return new AudienceQuery(audience, catalog, true);
    }

    public Catalog catalog() {
        return catalog;
    }

    /** The columns that it reads. */
    public BitSet segments() {
        return (BitSet) segments.clone();
    }

    /** Whether a profile with these visible bits belongs to it. */
    public boolean holds(long[] visibleBits) {
        if (condition != null) {
            return condition.holds(visibleBits);
        }
        final long[] asked = memo.asked();
        Arrays.fill(asked, 0);
        for (int i = 0; i < memoSegments.length; i++) {
            asked[i >> 6] |= (visibleBits[memoSegments[i] >> 6] >>> memoSegments[i] & 1) << i;
        }
        return memo.holds();
    }

    /** How many profiles belong to it, however long that takes. */
    public long count(FrozenColumns columns) {
        return count(columns, TimeLimit.NONE);
    }

    /**
     * How many profiles belong to it.
     *
     * @throws TimeLimitException where that takes too long
     */
    public long count(FrozenColumns columns, TimeLimit limit) {
        final long[] count = {0};
        evaluate(
                columns,
                limit,
                fewMembers,
                counted -> count[0] += counted,
                (chunk, chunkWords) -> count[0] += ChunkAlgebra.count(chunkWords));
        return count[0];
    }

    /** The ordinals of those who belong to it, however long that takes. */
    public RoaringBitmap members(FrozenColumns columns) {
        return members(columns, TimeLimit.NONE);
    }

    /**
     * The ordinals of those who belong to it.
     *
     * @throws TimeLimitException where that takes too long
     */
    public RoaringBitmap members(FrozenColumns columns, TimeLimit limit) {
        final RoaringBitmapWriter<RoaringBitmap> members =
                RoaringBitmapWriter.writer().constantMemory().get();
        evaluate(columns, limit, null, counted -> {}, (chunk, chunkWords) -> {
            for (int i = 0; i < WORDS_PER_CHUNK; i++) {
                for (long rest = chunkWords[i]; rest != 0; rest &= rest - 1) {
                    members.add((chunk << CHUNK_SHIFT) + i * Long.SIZE + Long.numberOfTrailingZeros(rest));
                }
            }
        });
        return members.get();
    }

    private interface Chunks {
        /** Of chunks in which somebody may belong to it, in their order. */
        void onChunk(int chunk, long[] chunkWords);
    }

    /**
     * @param few counts chunks where it can; null where their members are wanted
     * @param counted told how many are in such a chunk
     */
    private void evaluate(
            FrozenColumns columns, TimeLimit limit, @Nullable FewMembers few, IntConsumer counted, Chunks chunks) {
        if (columns.catalog() != catalog || !columns.covers(segments)) {
            throw new IllegalArgumentException("columns of another catalog, or of other segments than are asked for");
        }
        columns.hold();
        memo.limit(limit);
        try {
            final List<Correction> corrections = columns.corrections().all();
            int next = 0;
            for (int chunk = 0; chunk < columns.chunks(); chunk++) {
                limit.check();
                final boolean corrected = isIn(chunk, corrections, next);
                final int members = few == null || corrected ? -1 : few.count(columns, chunk);
                if (members >= 0) {
                    counted.accept(members);
                    continue;
                }
                long[] chunkWords = evaluation.evaluate(columns, chunk);
                for (; isIn(chunk, corrections, next); next++) {
                    chunkWords = corrected(chunkWords, corrections.get(next));
                }
                if (chunkWords != null) {
                    chunks.onChunk(chunk, chunkWords);
                }
            }
        } finally {
            memo.limit(TimeLimit.NONE);
            columns.letGo();
        }
    }

    private static boolean isIn(int chunk, List<Correction> corrections, int next) {
        return next < corrections.size() && corrections.get(next).ordinal() >> CHUNK_SHIFT == chunk;
    }

    private long[] corrected(long @Nullable [] chunkWords, Correction correction) {
        final long[] corrected = chunkWords == null ? new long[WORDS_PER_CHUNK] : chunkWords;
        final int member = correction.ordinal() & (ORDINALS_PER_CHUNK - 1);
        if (holds(correction.bits())) {
            corrected[member >> 6] |= 1L << member;
        } else {
            corrected[member >> 6] &= ~(1L << member);
        }
        return corrected;
    }

    private ChunkEvaluation algebra(Condition evaluated) {
        final ChunkAlgebra algebra = new ChunkAlgebra(evaluated);
        // Somebody without any bit may belong to it: then who is nobody must be left out.
        final boolean holdsWithoutBits = evaluated.holds(new long[words(catalog)]);
        return (columns, chunk) -> {
            final long[] words = algebra.evaluate(columns, chunk);
            if (words == null || !holdsWithoutBits) {
                return words;
            }
            final int present = columns.presence()[chunk];
            if (present == NONE) {
                return null;
            }
            columns.load(present, 0, WORDS_PER_CHUNK, presence);
            ChunkAlgebra.and(words, presence);
            return words;
        };
    }

    private static int words(Catalog catalog) {
        return (catalog.segments().size() + Long.SIZE - 1) / Long.SIZE;
    }
}
