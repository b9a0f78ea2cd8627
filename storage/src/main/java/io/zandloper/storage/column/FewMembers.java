package io.zandloper.storage.column;

import static io.zandloper.storage.format.ColumnDescriptor.BITS;
import static io.zandloper.storage.format.ColumnDescriptor.NONE;
import static io.zandloper.storage.format.ColumnDescriptor.WORDS_PER_CHUNK;
import static io.zandloper.storage.format.ColumnDescriptor.kind;
import static io.zandloper.storage.format.ColumnDescriptor.membersMax;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Counts those of a chunk who are in some segments and not in others, where one of the segments has so few members that
 * they are listed: these are looked up in the other columns one by one. For one thread.
 */
final class FewMembers {
    /** A block whose members are that many times as many is searched; any other becomes bits first. */
    private static final int SEARCHED_RATIO = 8;

    private final List<Condition> operands;
    private final short[] members = new short[membersMax(BITS - 1)];
    private final long[] words = new long[WORDS_PER_CHUNK];

    /** @param operands of which all must hold; a member that is not negated among them */
    FewMembers(List<Condition> operands) {
        this.operands = operands;
    }

    /** -1 where no segment lists its members: then words are combined faster. */
    int count(FrozenColumns columns, int chunk) {
        int smallest = NONE;
        Condition first = null;
        for (final Condition operand : operands) {
            final Condition.Member member = (Condition.Member) operand;
            if (!member.negated()) {
                final int reference = columns.reference(member.bit(), chunk);
                if (reference == NONE) {
                    return 0;
                }
                if (smallest == NONE || columns.cardinality(reference) < columns.cardinality(smallest)) {
                    smallest = reference;
                    first = operand;
                }
            }
        }
        if (kind(smallest) == BITS) {
            return -1;
        }
        int count = columns.cardinality(smallest);
        BlockBytes.loadMembers(columns.file(smallest), columns.offset(smallest), count, members);
        for (int i = 0; i < operands.size() && count > 0; i++) {
            final Condition.Member member = (Condition.Member) operands.get(i);
            if (member != first) {
                count = kept(columns, columns.reference(member.bit(), chunk), member.negated(), count);
            }
        }
        return count;
    }

    private int kept(FrozenColumns columns, int reference, boolean negated, int count) {
        if (reference == NONE) {
            return count; // negated: of the others there is a block
        }
        final MemorySegment file = columns.file(reference);
        final long offset = columns.offset(reference);
        final int others = columns.cardinality(reference);
        if (kind(reference) == BITS) {
            return keptOfBits(file, offset, negated, count);
        }
        if (others > count * SEARCHED_RATIO) {
            return keptOfSearched(file, offset, others, negated, count);
        }
        BlockBytes.load(file, offset, kind(reference), others, 0, WORDS_PER_CHUNK, words);
        return keptOfWords(negated, count);
    }

    // In each loop the next place is written in any case and only counted where the member stays: no branch to
    // mispredict.

    private int keptOfBits(MemorySegment file, long offset, boolean negated, int count) {
        final long dropped = negated ? 1 : 0;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            final int member = members[i] & BlockBytes.UNSIGNED;
            members[kept] = (short) member;
            kept += (int) (((BlockBytes.word(file, offset, member >> 6) >>> member) & 1) ^ dropped);
        }
        return kept;
    }

    private int keptOfWords(boolean negated, int count) {
        final long dropped = negated ? 1 : 0;
        int kept = 0;
        for (int i = 0; i < count; i++) {
            final int member = members[i] & BlockBytes.UNSIGNED;
            members[kept] = (short) member;
            kept += (int) (((words[member >> 6] >>> member) & 1) ^ dropped);
        }
        return kept;
    }

    private int keptOfSearched(MemorySegment file, long offset, int others, boolean negated, int count) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            final int member = members[i] & BlockBytes.UNSIGNED;
            if ((BlockBytes.search(file, offset, others, member) >= 0) != negated) {
                members[kept++] = (short) member;
            }
        }
        return kept;
    }
}
