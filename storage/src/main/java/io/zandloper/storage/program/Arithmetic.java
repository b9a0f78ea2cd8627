package io.zandloper.storage.program;

/** {@code + - * / %} and the sign: of two integers or two doubles; what an integer cannot hold is an error. */
final class Arithmetic {
    static final int ADD = 0;
    static final int SUBTRACT = 1;
    static final int MULTIPLY = 2;
    static final int DIVIDE = 3;
    static final int MODULO = 4;

    private Arithmetic() {}

    static final class Binary extends Node {
        private final int operation;
        private final Node left;
        private final Node right;

        Binary(int operation, Node left, Node right) {
            this.operation = operation;
            this.left = left;
            this.right = right;
        }

        @Override
        int load(Evaluation evaluation) {
            final int kind = left.load(evaluation);
            if (kind == Kind.ERROR) {
                return Kind.ERROR;
            }
            final long bits = evaluation.bits;
            if (right.load(evaluation) != kind) {
                return Kind.ERROR;
            }
            return switch (kind) {
                case Kind.INTEGER -> integers(bits, evaluation);
                case Kind.DOUBLE -> doubles(Double.longBitsToDouble(bits), evaluation);
                case Kind.STRING, Kind.STRINGS -> {
                    if (operation == ADD) {
                        // A text that does not lie anywhere.
                        throw new NotCompiledException();
                    }
                    yield Kind.ERROR;
                }
                default -> Kind.ERROR;
            };
        }

        private int integers(long first, Evaluation evaluation) {
            final long second = evaluation.bits;
            switch (operation) {
                case ADD -> {
                    final long sum = first + second;
                    evaluation.bits = sum;
                    return ((first ^ sum) & (second ^ sum)) < 0 ? Kind.ERROR : Kind.INTEGER;
                }
                case SUBTRACT -> {
                    final long difference = first - second;
                    evaluation.bits = difference;
                    return ((first ^ second) & (first ^ difference)) < 0 ? Kind.ERROR : Kind.INTEGER;
                }
                case MULTIPLY -> {
                    final long product = first * second;
                    evaluation.bits = product;
                    return Math.multiplyHigh(first, second) == product >> (Long.SIZE - 1) ? Kind.INTEGER : Kind.ERROR;
                }
                default -> {
                    if (second == 0 || (operation == DIVIDE && first == Long.MIN_VALUE && second == -1)) {
                        return Kind.ERROR;
                    }
                    evaluation.bits = operation == DIVIDE ? first / second : first % second;
                    return Kind.INTEGER;
                }
            }
        }

        private int doubles(double first, Evaluation evaluation) {
            final double second = Double.longBitsToDouble(evaluation.bits);
            final double result;
            switch (operation) {
                case ADD -> result = first + second;
                case SUBTRACT -> result = first - second;
                case MULTIPLY -> result = first * second;
                case DIVIDE -> result = first / second;
                default -> {
                    return Kind.ERROR;
                }
            }
            evaluation.bits = Double.doubleToRawLongBits(result);
            return Kind.DOUBLE;
        }

        @Override
        void describe(DomainBuilder domain) {
            left.describe(domain);
            right.describe(domain);
            domain.isMixed();
        }
    }

    static final class Negation extends Node {
        private final Node operand;

        Negation(Node operand) {
            this.operand = operand;
        }

        @Override
        int load(Evaluation evaluation) {
            switch (operand.load(evaluation)) {
                case Kind.INTEGER -> {
                    evaluation.bits = -evaluation.bits;
                    return evaluation.bits == Long.MIN_VALUE ? Kind.ERROR : Kind.INTEGER;
                }
                case Kind.DOUBLE -> {
                    evaluation.bits = Double.doubleToRawLongBits(-Double.longBitsToDouble(evaluation.bits));
                    return Kind.DOUBLE;
                }
                default -> {
                    return Kind.ERROR;
                }
            }
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            domain.isMixed();
        }
    }

    /** {@code double(x)} and {@code int(x)}; of a text they are left to the interpreter. */
    static final class Conversion extends Node {
        private final Node operand;
        private final int kind;

        Conversion(Node operand, int kind) {
            this.operand = operand;
            this.kind = kind;
        }

        @Override
        int load(Evaluation evaluation) {
            final int operandKind = operand.load(evaluation);
            if (operandKind == Kind.STRING) {
                throw new NotCompiledException();
            }
            if (!Comparing.isNumber(operandKind)) {
                return Kind.ERROR;
            }
            if (operandKind == kind) {
                return kind;
            }
            if (kind == Kind.DOUBLE) {
                evaluation.bits = Double.doubleToRawLongBits((double) evaluation.bits);
                return Kind.DOUBLE;
            }
            final double number = Double.longBitsToDouble(evaluation.bits);
            if (Math.getExponent(number) >= Long.SIZE - 1) {
                return Kind.ERROR;
            }
            evaluation.bits = (long) number;
            return Kind.INTEGER;
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
            domain.isMixed();
        }
    }
}
