package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Evaluation;
import io.zandloper.storage.program.Values;
import io.zandloper.storage.program.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What values leave of every block of 64 offers, laid out flat. Immutable; any thread, each with a {@link Met} of its own.
 *
 * <p>Per block there are flags (a segment that is visible, a purpose that is granted) and columns (an attribute, a field
 * of the context, the time). Whatever the offers of a block ask of one variable, in however many conditions, is one word
 * to be found and one AND.
 */
final class Blocks {
    /** Offers of a block. */
    static final int SIZE = Long.SIZE;

    /** The variable that is the decision's time. */
    static final Variable TIME = new Variable(Variable.Source.CONTEXT, -1, null);

    private static final int UNKNOWN_SLOT = -1;

    /** Without the member that a list may be asked for. */
    private final Variable[] variables;

    private final Slots[] slots;

    private final int[] flagsFrom;
    private final int[] flagBits;
    private final long[] flagUnset;
    private final long[] flagSet;

    private final int[] columnsFrom;
    private final int[] columnVariables;
    /** How many runs a column has; 0 where it has a word for every slot. */
    private final int[] columnRuns;

    private final int[] columnStarts;
    private final int[] columnWords;
    private final int[] starts;
    private final long[] words;

    private final int[] membersFrom;
    private final byte[][] memberTexts;
    private final long[] memberWithout;
    private final long[] memberWith;

    private final long[] anywhere;
    private final int[] placementsFrom;
    private final int[] placements;
    private final long[] placementWords;

    Blocks(List<Variable> variables, List<Slots> slots, List<BlockBuilder> blocks) {
        this.variables = variables.toArray(new Variable[0]);
        this.slots = slots.toArray(new Slots[0]);
        final Growing sizes = new Growing();
        final List<List<BlockBuilder.BuiltColumn>> columns = new ArrayList<>();
        for (final BlockBuilder block : blocks) {
            final List<BlockBuilder.BuiltColumn> ofBlock = block.columns(slots);
            columns.add(ofBlock);
            sizes.flags += block.flags().size();
            sizes.placements += block.placements().size();
            sizes.columns += ofBlock.size();
            for (final BlockBuilder.BuiltColumn column : ofBlock) {
                sizes.starts += column.starts().length;
                sizes.words += column.words().length;
                sizes.members += column.members().size();
            }
        }
        this.flagsFrom = new int[blocks.size() + 1];
        this.flagBits = new int[sizes.flags];
        this.flagUnset = new long[sizes.flags];
        this.flagSet = new long[sizes.flags];
        this.columnsFrom = new int[blocks.size() + 1];
        this.columnVariables = new int[sizes.columns];
        this.columnRuns = new int[sizes.columns];
        this.columnStarts = new int[sizes.columns];
        this.columnWords = new int[sizes.columns];
        this.starts = new int[sizes.starts];
        this.words = new long[sizes.words];
        this.membersFrom = new int[sizes.columns + 1];
        this.memberTexts = new byte[sizes.members][];
        this.memberWithout = new long[sizes.members];
        this.memberWith = new long[sizes.members];
        this.anywhere = new long[blocks.size()];
        this.placementsFrom = new int[blocks.size() + 1];
        this.placements = new int[sizes.placements];
        this.placementWords = new long[sizes.placements];
        final Growing ends = new Growing();
        for (int block = 0; block < blocks.size(); block++) {
            addFlags(block, blocks.get(block).flags(), ends);
            addColumns(block, columns.get(block), ends);
            addPlacements(block, blocks.get(block), ends);
        }
    }

    /** How far the arrays are filled. */
    private static final class Growing {
        private int flags;
        private int columns;
        private int starts;
        private int words;
        private int members;
        private int placements;
    }

    private void addFlags(int block, List<BlockBuilder.Flag> flags, Growing ends) {
        for (final BlockBuilder.Flag flag : flags) {
            flagBits[ends.flags] = flag.bit();
            flagUnset[ends.flags] = flag.unset();
            flagSet[ends.flags] = flag.set();
            ends.flags++;
        }
        flagsFrom[block + 1] = ends.flags;
    }

    private void addColumns(int block, List<BlockBuilder.BuiltColumn> columns, Growing ends) {
        for (final BlockBuilder.BuiltColumn column : columns) {
            columnVariables[ends.columns] = column.variable();
            columnRuns[ends.columns] = column.starts().length;
            columnStarts[ends.columns] = ends.starts;
            columnWords[ends.columns] = ends.words;
            System.arraycopy(column.starts(), 0, starts, ends.starts, column.starts().length);
            System.arraycopy(column.words(), 0, words, ends.words, column.words().length);
            ends.starts += column.starts().length;
            ends.words += column.words().length;
            for (final BlockBuilder.Member member : column.members()) {
                memberTexts[ends.members] = member.utf8();
                memberWithout[ends.members] = member.without();
                memberWith[ends.members] = member.with();
                ends.members++;
            }
            ends.columns++;
            membersFrom[ends.columns] = ends.members;
        }
        columnsFrom[block + 1] = ends.columns;
    }

    private void addPlacements(int block, BlockBuilder builder, Growing ends) {
        anywhere[block] = builder.anywhere();
        for (final Map.Entry<Integer, Long> placement : builder.placements().entrySet()) {
            placements[ends.placements] = placement.getKey();
            placementWords[ends.placements] = placement.getValue();
            ends.placements++;
        }
        placementsFrom[block + 1] = ends.placements;
    }

    int count() {
        return anywhere.length;
    }

    /** What one thread has found out of the values that it met in the present decision. */
    static final class Met {
        private final int[] slots;
        /** Bits of the visible segments, then in a word of its own the granted purposes. */
        private final long[] flags;

        private long atMicros;

        Met(Blocks blocks, int flagWords) {
            this.slots = new int[blocks.slots.length];
            this.flags = new long[flagWords];
        }

        /** Begins a decision; the caller writes {@link #flags()}. */
        void begin(long newAtMicros) {
            atMicros = newAtMicros;
            Arrays.fill(slots, UNKNOWN_SLOT);
        }

        long[] flags() {
            return flags;
        }
    }

    /**
     * The offers of a block that what can be said by bits leaves in the race, wherever they may be placed. May stop early:
     * an offer that is not among them is out, whatever else.
     */
    long offersLeft(int block, Met met, Evaluation evaluation) {
        long left = -1;
        final long[] flags = met.flags;
        for (int i = flagsFrom[block]; i < flagsFrom[block + 1]; i++) {
            final int bit = flagBits[i];
            final long isSet = -(flags[bit >> 6] >>> bit & 1);
            left &= (flagSet[i] | ~isSet) & (flagUnset[i] | isSet);
        }
        for (int i = columnsFrom[block]; i < columnsFrom[block + 1] && left != 0; i++) {
            final int variable = columnVariables[i];
            int slot = met.slots[variable];
            if (slot == UNKNOWN_SLOT) {
                slot = meet(variable, met, evaluation);
            }
            left &= words[columnWords[i] + (columnRuns[i] == 0 ? slot : run(i, slot))];
            if (slot == Slots.LIST && membersFrom[i] < membersFrom[i + 1]) {
                left &= offersLeftByMembers(i, variable, evaluation);
            }
        }
        return left;
    }

    /** The offers of a block that may be shown in a placement. */
    long offersOf(int block, int placement) {
        int low = placementsFrom[block];
        for (int length = placementsFrom[block + 1] - low; length > 1; ) {
            final int half = length >>> 1;
            low += placements[low + half] <= placement ? half : 0;
            length -= half;
        }
        final boolean isNamed = low < placementsFrom[block + 1] && placements[low] == placement;
        return anywhere[block] | (isNamed ? placementWords[low] : 0);
    }

    /** The run of a column that a slot lies in. */
    private int run(int column, int slot) {
        final int first = columnStarts[column];
        int low = first;
        for (int length = columnRuns[column]; length > 1; ) {
            final int half = length >>> 1;
            low += starts[low + half] <= slot ? half : 0;
            length -= half;
        }
        return low - first;
    }

    private int meet(int variable, Met met, Evaluation evaluation) {
        final Variable asked = variables[variable];
        final int slot = asked.equals(TIME)
                ? slots[variable].ofInteger(met.atMicros)
                : slots[variable].of(values(asked, evaluation), asked.number());
        met.slots[variable] = slot;
        return slot;
    }

    private long offersLeftByMembers(int column, int variable, Evaluation evaluation) {
        final Variable asked = variables[variable];
        final Values values = values(asked, evaluation);
        long left = -1;
        for (int i = membersFrom[column]; i < membersFrom[column + 1]; i++) {
            left &= values.listContains(asked.number(), memberTexts[i]) ? memberWith[i] : memberWithout[i];
        }
        return left;
    }

    private static Values values(Variable variable, Evaluation evaluation) {
        return variable.source() == Variable.Source.PROFILE ? evaluation.profile() : evaluation.context();
    }
}
