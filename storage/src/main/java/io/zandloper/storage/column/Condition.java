package io.zandloper.storage.column;

import io.zandloper.storage.catalog.AudienceTree;
import io.zandloper.storage.catalog.Catalog;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * An audience bound to a catalog: segments are bits, and only they are negated. Operands are in the order in which they
 * are best evaluated, members before what is made of members.
 */
sealed interface Condition {
    /** Whether it holds for a profile with these bits. */
    boolean holds(long[] bits);

    void addSegments(BitSet segments);

    record Member(int bit, boolean negated) implements Condition {
        @Override
        public boolean holds(long[] bits) {
            return ((bits[bit >> 6] >>> bit & 1) != 0) != negated;
        }

        @Override
        public void addSegments(BitSet segments) {
            segments.set(bit);
        }
    }

    /**
     * A profile is in at least so many segments, or in fewer.
     *
     * @param count from 1 to {@code segments}
     * @param segments of the catalog
     */
    record AtLeast(int count, int segments, boolean negated) implements Condition {
        @Override
        public boolean holds(long[] bits) {
            int members = 0;
            for (final long word : bits) {
                members += Long.bitCount(word);
            }
            return (members >= count) != negated;
        }

        @Override
        public void addSegments(BitSet all) {
            all.set(0, segments);
        }
    }

    record Constant(boolean value) implements Condition {
        @Override
        public boolean holds(long[] bits) {
            return value;
        }

        @Override
        public void addSegments(BitSet segments) {}
    }

    record All(List<Condition> operands) implements Condition {
        /** Whether it is segments that profiles are in, at least one, and others that they are not in. */
        boolean isOfMembers() {
            return operands.stream().allMatch(Member.class::isInstance) && !((Member) operands.get(0)).negated();
        }

        @Override
        public boolean holds(long[] bits) {
            for (final Condition operand : operands) {
                if (!operand.holds(bits)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void addSegments(BitSet segments) {
            operands.forEach(operand -> operand.addSegments(segments));
        }
    }

    record Any(List<Condition> operands) implements Condition {
        @Override
        public boolean holds(long[] bits) {
            for (final Condition operand : operands) {
                if (operand.holds(bits)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void addSegments(BitSet segments) {
            operands.forEach(operand -> operand.addSegments(segments));
        }
    }

    record Choice(Condition condition, Condition then, Condition otherwise) implements Condition {
        @Override
        public boolean holds(long[] bits) {
            return condition.holds(bits) ? then.holds(bits) : otherwise.holds(bits);
        }

        @Override
        public void addSegments(BitSet segments) {
            condition.addSegments(segments);
            then.addSegments(segments);
            otherwise.addSegments(segments);
        }
    }

    /** A segment that the catalog does not have has no members. */
    static Condition bind(AudienceTree tree, Catalog catalog) {
        return bind(tree, catalog, false);
    }

    private static Condition bind(AudienceTree tree, Catalog catalog, boolean negated) {
        if (tree instanceof AudienceTree.Member member) {
            final int bit = catalog.segmentBit(member.segment());
            return bit < 0 ? new Constant(negated) : new Member(bit, negated);
        }
        if (tree instanceof AudienceTree.AtLeast atLeast) {
            final int segments = catalog.segments().size();
            return atLeast.count() <= 0 || atLeast.count() > segments
                    ? new Constant((atLeast.count() <= 0) != negated)
                    : new AtLeast((int) atLeast.count(), segments, negated);
        }
        if (tree instanceof AudienceTree.Constant constant) {
            return new Constant(constant.value() != negated);
        }
        if (tree instanceof AudienceTree.Not not) {
            return bind(not.operand(), catalog, !negated);
        }
        if (tree instanceof AudienceTree.All all) {
            return negated ? any(all.operands(), catalog, true) : all(all.operands(), catalog, false);
        }
        if (tree instanceof AudienceTree.Any any) {
            return negated ? all(any.operands(), catalog, true) : any(any.operands(), catalog, false);
        }
        final AudienceTree.Choice choice = (AudienceTree.Choice) tree;
        return new Choice(
                bind(choice.condition(), catalog, false),
                bind(choice.then(), catalog, negated),
                bind(choice.otherwise(), catalog, negated));
    }

    private static Condition all(List<AudienceTree> trees, Catalog catalog, boolean negated) {
        final List<Condition> operands = new ArrayList<>();
        for (final AudienceTree tree : trees) {
            final Condition operand = bind(tree, catalog, negated);
            if (operand instanceof All nested) {
                operands.addAll(nested.operands());
            } else {
                operands.add(operand);
            }
        }
        operands.sort(Comparator.comparingInt(Condition::place));
        return new All(List.copyOf(operands));
    }

    private static Condition any(List<AudienceTree> trees, Catalog catalog, boolean negated) {
        final List<Condition> operands = new ArrayList<>();
        for (final AudienceTree tree : trees) {
            final Condition operand = bind(tree, catalog, negated);
            if (operand instanceof Any nested) {
                operands.addAll(nested.operands());
            } else {
                operands.add(operand);
            }
        }
        operands.sort(Comparator.comparingInt(Condition::place));
        return new Any(List.copyOf(operands));
    }

    private static int place(Condition operand) {
        if (operand instanceof Constant) {
            return 0;
        }
        if (operand instanceof Member member) {
            return member.negated() ? 2 : 1;
        }
        return 3;
    }
}
