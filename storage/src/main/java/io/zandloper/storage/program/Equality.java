package io.zandloper.storage.program;

/** {@code ==}, {@code !=} and {@code in}: between kinds that differ plainly unequal, but for numbers. */
final class Equality {
    private Equality() {}

    /** Whether the accumulator equals a value, by the rules of {@code ==}. */
    private static boolean equal(
            Evaluation evaluation,
            int kind,
            int otherKind,
            long otherBits,
            byte[] otherText,
            int otherOffset,
            int otherLength) {
        if (kind != otherKind) {
            return Comparing.isNumber(kind)
                    && Comparing.isNumber(otherKind)
                    && Comparing.equal(kind, evaluation.bits, otherKind, otherBits);
        }
        return switch (kind) {
            case Kind.STRING ->
                Utf8.equals(evaluation.text, evaluation.offset, evaluation.length, otherText, otherOffset, otherLength);
            case Kind.STRINGS -> TextVector.equals(evaluation.text, evaluation.offset, otherText, otherOffset);
            case Kind.NULL -> true;
            case Kind.DOUBLE -> Comparing.equal(kind, evaluation.bits, otherKind, otherBits);
            default -> evaluation.bits == otherBits;
        };
    }

    /** As {@code in} has it: a double that is no number is in a list that holds such a one. */
    private static boolean same(int kind, long bits, int otherKind, long otherBits) {
        return kind == Kind.DOUBLE
                && otherKind == Kind.DOUBLE
                && Double.isNaN(Double.longBitsToDouble(bits))
                && Double.isNaN(Double.longBitsToDouble(otherBits));
    }

    /** An operand against a literal. */
    static final class WithLiteral extends Node.Condition {
        private final Node operand;
        private final Literal literal;

        WithLiteral(Node operand, Literal literal) {
            this.operand = operand;
            this.literal = literal;
        }

        @Override
        int test(Evaluation evaluation) {
            final int kind = operand.load(evaluation);
            if (kind == Kind.ERROR) {
                return ERROR;
            }
            return equal(evaluation, kind, literal.kind, literal.bits, literal.text, 0, literal.length) ? TRUE : FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            if (operand instanceof Fields.Field) {
                domain.comparesWith(literal);
            } else {
                domain.isMixed();
            }
        }
    }

    /** One operand against another. */
    static final class Between extends Node.Condition {
        private final Node left;
        private final Node right;

        Between(Node left, Node right) {
            this.left = left;
            this.right = right;
        }

        @Override
        int test(Evaluation evaluation) {
            final int kind = left.load(evaluation);
            if (kind == Kind.ERROR) {
                return ERROR;
            }
            final long bits = evaluation.bits;
            final byte[] text = evaluation.text;
            final int offset = evaluation.offset;
            final int length = evaluation.length;
            final int otherKind = right.load(evaluation);
            if (otherKind == Kind.ERROR) {
                return ERROR;
            }
            return equal(evaluation, otherKind, kind, bits, text, offset, length) ? TRUE : FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            left.describe(domain);
            right.describe(domain);
            domain.isMixed();
        }
    }

    /** An operand in a list of literals. */
    static final class InLiterals extends Node.Condition {
        private final Node operand;
        private final Literal[] literals;

        InLiterals(Node operand, Literal[] literals) {
            this.operand = operand;
            this.literals = literals;
        }

        @Override
        int test(Evaluation evaluation) {
            final int kind = operand.load(evaluation);
            if (kind == Kind.ERROR) {
                return ERROR;
            }
            for (Literal literal : literals) {
                if (equal(evaluation, kind, literal.kind, literal.bits, literal.text, 0, literal.length)) {
                    return TRUE;
                }
            }
            return FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            if (operand instanceof Fields.Field) {
                for (Literal literal : literals) {
                    domain.comparesWith(literal);
                }
            } else {
                domain.isMixed();
            }
        }
    }

    /** An operand in a list whose elements are evaluated, each of them, whether or not an earlier one is equal. */
    static final class InOperands extends Node.Condition {
        private final Node operand;
        private final Node[] elements;

        InOperands(Node operand, Node[] elements) {
            this.operand = operand;
            this.elements = elements;
        }

        @Override
        int test(Evaluation evaluation) {
            final int kind = operand.load(evaluation);
            if (kind == Kind.ERROR) {
                return ERROR;
            }
            final long bits = evaluation.bits;
            final byte[] text = evaluation.text;
            final int offset = evaluation.offset;
            final int length = evaluation.length;
            boolean found = false;
            for (Node element : elements) {
                final int elementKind = element.load(evaluation);
                if (elementKind == Kind.ERROR) {
                    return ERROR;
                }
                found |= equal(evaluation, elementKind, kind, bits, text, offset, length)
                        || same(elementKind, evaluation.bits, kind, bits);
            }
            return found ? TRUE : FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            for (Node element : elements) {
                element.describe(domain);
            }
            domain.isMixed();
        }
    }

    /** An operand in what may be a list of strings. */
    static final class InList extends Node.Condition {
        private final Node operand;
        private final Node list;

        InList(Node operand, Node list) {
            this.operand = operand;
            this.list = list;
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
            if (list.load(evaluation) != Kind.STRINGS) {
                return ERROR;
            }
            return kind == Kind.STRING && TextVector.contains(evaluation.text, evaluation.offset, text, offset, length)
                    ? TRUE
                    : FALSE;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            list.describe(domain);
            if (list instanceof Fields.Field && operand instanceof Literal literal && literal.kind == Kind.STRING) {
                domain.asksMember(literal.string());
            } else {
                domain.isMixed();
            }
        }
    }
}
