package io.zandloper.storage.program;

import com.google.re2j.Pattern;

/** The functions of strings. Strings are compared as their UTF-8, which for these is the same as by characters. */
final class Texts {
    static final int STARTS_WITH = 0;
    static final int ENDS_WITH = 1;
    static final int CONTAINS = 2;

    private Texts() {}

    static final class Search extends Node.Condition {
        private final int operation;
        private final Node operand;
        private final Node part;

        Search(int operation, Node operand, Node part) {
            this.operation = operation;
            this.operand = operand;
            this.part = part;
        }

        @Override
        int test(Evaluation evaluation) {
            final int kind = operand.load(evaluation);
            if (kind == Kind.ERROR) {
                return ERROR;
            }
            final byte[] text = evaluation.text;
            final int offset = evaluation.offset;
            final int length = evaluation.length;
            if (part.load(evaluation) != Kind.STRING || kind != Kind.STRING) {
                return ERROR;
            }
            return found(text, offset, length, evaluation.text, evaluation.offset, evaluation.length) ? TRUE : FALSE;
        }

        private boolean found(byte[] text, int offset, int length, byte[] sought, int soughtOffset, int soughtLength) {
            return switch (operation) {
                case STARTS_WITH -> Utf8.startsWith(text, offset, length, sought, soughtOffset, soughtLength);
                case ENDS_WITH -> Utf8.endsWith(text, offset, length, sought, soughtOffset, soughtLength);
                default -> Utf8.contains(text, offset, length, sought, soughtOffset, soughtLength);
            };
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            part.describe(domain);
            domain.isMixed();
        }
    }

    /** {@code x.matches('…')}. The one operation that allocates: the library of patterns does. */
    static final class Matches extends Node.Condition {
        private final Node operand;
        private final Pattern pattern;

        Matches(Node operand, Pattern pattern) {
            this.operand = operand;
            this.pattern = pattern;
        }

        @Override
        int test(Evaluation evaluation) {
            if (operand.load(evaluation) != Kind.STRING) {
                return ERROR;
            }
            return pattern.matcher(evaluation.textAsString()).find() ? TRUE : FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            domain.isMixed();
        }
    }

    /** {@code size(x)}: code points of a string, elements of a list. */
    static final class Size extends Node {
        private final Node operand;

        Size(Node operand) {
            this.operand = operand;
        }

        @Override
        int load(Evaluation evaluation) {
            switch (operand.load(evaluation)) {
                case Kind.STRING ->
                    evaluation.bits = Utf8.codePoints(evaluation.text, evaluation.offset, evaluation.length);
                case Kind.STRINGS -> evaluation.bits = TextVector.size(evaluation.text, evaluation.offset);
                default -> {
                    return Kind.ERROR;
                }
            }
            return Kind.INTEGER;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            domain.isMixed();
        }
    }

    /** {@code size(segments)}. */
    static final class SegmentCount extends Node {
        @Override
        int load(Evaluation evaluation) {
            int count = 0;
            for (long word : evaluation.segments()) {
                count += Long.bitCount(word);
            }
            evaluation.bits = count;
            return Kind.INTEGER;
        }

        @Override
        void describe(DomainBuilder domain) {
            domain.readsSegments();
        }
    }
}
