package io.zandloper.storage.program;

/** {@code <}, {@code <=}, {@code >}, {@code >=}: between kinds that differ an error, but for numbers. */
final class Order {
    private Order() {}

    /** An operand against a number. */
    static final class WithNumber extends Node.Condition {
        private final Node operand;
        private final int order;
        private final Literal literal;

        WithNumber(Node operand, int order, Literal literal) {
            this.operand = operand;
            this.order = order;
            this.literal = literal;
        }

        @Override
        int test(Evaluation evaluation) {
            final int kind = operand.load(evaluation);
            if (!Comparing.isNumber(kind)) {
                return ERROR;
            }
            return Comparing.holds(order, kind, evaluation.bits, literal.kind, literal.bits) ? TRUE : FALSE;
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
        private final int order;
        private final Node right;

        Between(Node left, int order, Node right) {
            this.left = left;
            this.order = order;
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
            if (Comparing.isNumber(kind) && Comparing.isNumber(otherKind)) {
                return Comparing.holds(order, kind, bits, otherKind, evaluation.bits) ? TRUE : FALSE;
            }
            if (kind != otherKind) {
                return ERROR;
            }
            return switch (kind) {
                case Kind.BOOLEAN -> Comparing.holds(order, Long.compare(bits, evaluation.bits)) ? TRUE : FALSE;
                case Kind.STRING ->
                    Comparing.holds(
                                    order,
                                    Utf8.compare(
                                            text,
                                            offset,
                                            length,
                                            evaluation.text,
                                            evaluation.offset,
                                            evaluation.length))
                            ? TRUE
                            : FALSE;
                default -> ERROR;
            };
        }

        @Override
        void describe(DomainBuilder domain) {
            left.describe(domain);
            right.describe(domain);
            domain.isMixed();
        }
    }
}
