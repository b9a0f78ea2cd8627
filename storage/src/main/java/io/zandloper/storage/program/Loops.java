package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;

/**
 * {@code exists}, {@code all}, {@code exists_one} and the size of a {@code filter}. Where the condition of an element is
 * neither true nor false, that is an error, which {@code exists} and {@code all} absorb where another element decides.
 */
final class Loops {
    static final int EXISTS = 0;
    static final int ALL = 1;
    static final int EXISTS_ONE = 2;
    static final int FILTER_SIZE = 3;

    private Loops() {}

    /** The macro's variable. */
    static final class Element extends Node {
        @Override
        int load(Evaluation evaluation) {
            evaluation.bits = evaluation.elementBits;
            evaluation.text = evaluation.elementText;
            evaluation.offset = evaluation.elementOffset;
            evaluation.length = evaluation.elementLength;
            return evaluation.elementKind;
        }

        @Override
        void describe(DomainBuilder domain) {
            domain.isMixed();
        }
    }

    /** What came of the conditions of all elements, as the macro sees it. */
    private static int result(int macro, int trueCount, int falseCount, int errorCount, Evaluation evaluation) {
        final boolean holds;
        switch (macro) {
            case EXISTS -> {
                if (trueCount == 0 && errorCount > 0) {
                    return Kind.ERROR;
                }
                holds = trueCount > 0;
            }
            case ALL -> {
                if (falseCount == 0 && errorCount > 0) {
                    return Kind.ERROR;
                }
                holds = falseCount == 0;
            }
            case EXISTS_ONE -> {
                if (errorCount > 0) {
                    return Kind.ERROR;
                }
                holds = trueCount == 1;
            }
            default -> {
                evaluation.bits = trueCount;
                return errorCount > 0 ? Kind.ERROR : Kind.INTEGER;
            }
        }
        evaluation.bits = holds ? 1 : 0;
        return Kind.BOOLEAN;
    }

    /** Over a list of strings. */
    static final class OverStrings extends Node {
        private final int macro;
        private final Node list;
        private final Node condition;

        OverStrings(int macro, Node list, Node condition) {
            this.macro = macro;
            this.list = list;
            this.condition = condition;
        }

        @Override
        int load(Evaluation evaluation) {
            if (list.load(evaluation) != Kind.STRINGS) {
                return Kind.ERROR;
            }
            final byte[] bytes = evaluation.text;
            final int vector = evaluation.offset;
            final int size = TextVector.size(bytes, vector);
            int trueCount = 0;
            int falseCount = 0;
            for (int i = 0; i < size; i++) {
                evaluation.elementKind = Kind.STRING;
                evaluation.elementText = bytes;
                evaluation.elementOffset = TextVector.textOffset(bytes, vector, i);
                evaluation.elementLength = TextVector.textLength(bytes, vector, i);
                switch (condition.test(evaluation)) {
                    case TRUE -> trueCount++;
                    case FALSE -> falseCount++;
                    default -> {}
                }
                if ((macro == EXISTS && trueCount > 0) || (macro == ALL && falseCount > 0)) {
                    break;
                }
            }
            return result(macro, trueCount, falseCount, size - trueCount - falseCount, evaluation);
        }

        @Override
        void describe(DomainBuilder domain) {
            list.describe(domain);
            condition.describe(domain);
            domain.isMixed();
        }
    }

    /** Over a list that is written out. Its elements are all evaluated first: an error in one is an error of the whole. */
    static final class OverOperands extends Node {
        private final int macro;
        private final Node[] elements;
        private final Node condition;

        OverOperands(int macro, Node[] elements, Node condition) {
            this.macro = macro;
            this.elements = elements;
            this.condition = condition;
        }

        @Override
        int load(Evaluation evaluation) {
            for (Node element : elements) {
                if (element.load(evaluation) == Kind.ERROR) {
                    return Kind.ERROR;
                }
            }
            int trueCount = 0;
            int falseCount = 0;
            for (Node element : elements) {
                setElement(element.load(evaluation), evaluation);
                switch (condition.test(evaluation)) {
                    case TRUE -> trueCount++;
                    case FALSE -> falseCount++;
                    default -> {}
                }
            }
            return result(macro, trueCount, falseCount, elements.length - trueCount - falseCount, evaluation);
        }

        private static void setElement(int kind, Evaluation evaluation) {
            if (kind == Kind.DOUBLE && Double.isNaN(Double.longBitsToDouble(evaluation.bits))) {
                // The library finds such a variable equal to itself.
                throw new NotCompiledException();
            }
            evaluation.elementKind = kind;
            evaluation.elementBits = evaluation.bits;
            evaluation.elementText = evaluation.text;
            evaluation.elementOffset = evaluation.offset;
            evaluation.elementLength = evaluation.length;
        }

        @Override
        void describe(DomainBuilder domain) {
            for (Node element : elements) {
                element.describe(domain);
            }
            condition.describe(domain);
            domain.isMixed();
        }
    }

    /** A macro over the visible segments; its condition depends on nothing but the element. */
    static Node overSegments(int macro, Node condition, ProgramLayout layout) {
        final Catalog catalog = layout.catalog();
        final int words = (catalog.segments().size() + Long.SIZE - 1) / Long.SIZE;
        final long[] whereTrue = new long[words];
        final long[] whereFalse = new long[words];
        final Evaluation evaluation = layout.newEvaluation();
        for (Catalog.Segment segment : catalog.segments()) {
            Literal.of(segment.id()).load(evaluation);
            evaluation.elementKind = Kind.STRING;
            evaluation.elementText = evaluation.text;
            evaluation.elementOffset = evaluation.offset;
            evaluation.elementLength = evaluation.length;
            final int result = condition.test(evaluation);
            if (result == Node.TRUE) {
                whereTrue[segment.bit() / Long.SIZE] |= 1L << segment.bit();
            } else if (result == Node.FALSE) {
                whereFalse[segment.bit() / Long.SIZE] |= 1L << segment.bit();
            }
        }
        return new OverSegments(macro, whereTrue, whereFalse);
    }

    /** Over the visible segments, with a condition that depends on the segment's id alone: it was evaluated before. */
    static final class OverSegments extends Node {
        private final int macro;
        private final long[] whereTrue;
        private final long[] whereFalse;

        /** @param whereTrue the segments of the catalog for which the condition is true; {@code whereFalse} likewise */
        OverSegments(int macro, long[] whereTrue, long[] whereFalse) {
            this.macro = macro;
            this.whereTrue = whereTrue;
            this.whereFalse = whereFalse;
        }

        @Override
        int load(Evaluation evaluation) {
            final long[] visible = evaluation.segments();
            int count = 0;
            int trueCount = 0;
            int falseCount = 0;
            for (int word = 0; word < Math.min(visible.length, whereTrue.length); word++) {
                count += Long.bitCount(visible[word]);
                trueCount += Long.bitCount(visible[word] & whereTrue[word]);
                falseCount += Long.bitCount(visible[word] & whereFalse[word]);
            }
            return result(macro, trueCount, falseCount, count - trueCount - falseCount, evaluation);
        }

        @Override
        void describe(DomainBuilder domain) {
            domain.readsSegments();
        }
    }
}
