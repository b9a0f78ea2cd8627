package io.zandloper.storage.program;

/** What is made of truth values, with the rules by which errors are absorbed. */
final class Logic {
    private Logic() {}

    /** False where either side is; otherwise an error where either side is none of true and false. */
    static final class And extends Node.Condition {
        final Node left;
        final Node right;

        And(Node left, Node right) {
            this.left = left;
            this.right = right;
        }

        @Override
        int test(Evaluation evaluation) {
            final int first = left.test(evaluation);
            if (first == FALSE || first == OTHER) {
                return first == FALSE ? FALSE : ERROR;
            }
            final int second = right.test(evaluation);
            if (second == FALSE) {
                return FALSE;
            }
            return first == TRUE && second == TRUE ? TRUE : ERROR;
        }

        @Override
        void describe(DomainBuilder domain) {
            left.describe(domain);
            right.describe(domain);
        }
    }

    /** True where either side is; otherwise an error where either side is none of true and false. */
    static final class Or extends Node.Condition {
        final Node left;
        final Node right;

        Or(Node left, Node right) {
            this.left = left;
            this.right = right;
        }

        @Override
        int test(Evaluation evaluation) {
            final int first = left.test(evaluation);
            if (first == TRUE || first == OTHER) {
                return first == TRUE ? TRUE : ERROR;
            }
            final int second = right.test(evaluation);
            if (second == TRUE) {
                return TRUE;
            }
            return first == FALSE && second == FALSE ? FALSE : ERROR;
        }

        @Override
        void describe(DomainBuilder domain) {
            left.describe(domain);
            right.describe(domain);
        }
    }

    static final class Not extends Node.Condition {
        final Node operand;

        Not(Node operand) {
            this.operand = operand;
        }

        @Override
        int test(Evaluation evaluation) {
            return switch (operand.test(evaluation)) {
                case TRUE -> FALSE;
                case FALSE -> TRUE;
                default -> ERROR;
            };
        }

        @Override
        void describe(DomainBuilder domain) {
            operand.describe(domain);
        }
    }

    /** {@code condition ? then : otherwise}; of whatever kind these are. */
    static final class Choice extends Node {
        private final Node condition;
        private final Node then;
        private final Node otherwise;

        Choice(Node condition, Node then, Node otherwise) {
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        @Override
        int load(Evaluation evaluation) {
            return switch (condition.test(evaluation)) {
                case TRUE -> then.load(evaluation);
                case FALSE -> otherwise.load(evaluation);
                default -> Kind.ERROR;
            };
        }

        @Override
        int test(Evaluation evaluation) {
            return switch (condition.test(evaluation)) {
                case TRUE -> then.test(evaluation);
                case FALSE -> otherwise.test(evaluation);
                default -> ERROR;
            };
        }

        @Override
        void describe(DomainBuilder domain) {
            condition.describe(domain);
            then.describe(domain);
            otherwise.describe(domain);
        }
    }
}
