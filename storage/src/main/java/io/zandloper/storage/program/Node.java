package io.zandloper.storage.program;

/**
 * One operation of a compiled expression. Immutable and shared: equal sub-expressions of all programs of a compiler are
 * one node. It keeps its intermediate values in the {@link Evaluation} it is given.
 */
abstract class Node {
    static final int FALSE = 0;
    static final int TRUE = 1;

    /** An error that {@code &&} and {@code ||} absorb where the other side decides. */
    static final int ERROR = 2;

    /** A value that is no boolean: as an operand of {@code &&} and {@code ||} an error that they do not absorb. */
    static final int OTHER = 3;

    /** Leaves its value in the evaluation's accumulator; its {@link Kind}, {@link Kind#ERROR} where it went wrong. */
    abstract int load(Evaluation evaluation);

    /** Its value as a condition: one of the four above. */
    int test(Evaluation evaluation) {
        return switch (load(evaluation)) {
            case Kind.BOOLEAN -> evaluation.bits == 0 ? FALSE : TRUE;
            case Kind.ERROR -> ERROR;
            default -> OTHER;
        };
    }

    /** Tells what it reads and where its result may change. */
    abstract void describe(DomainBuilder domain);

    /** A node whose value is a boolean or an error. */
    abstract static class Condition extends Node {
        @Override
        abstract int test(Evaluation evaluation);

        @Override
        final int load(Evaluation evaluation) {
            final int result = test(evaluation);
            if (result >= ERROR) {
                return Kind.ERROR;
            }
            evaluation.bits = result;
            return Kind.BOOLEAN;
        }
    }
}
