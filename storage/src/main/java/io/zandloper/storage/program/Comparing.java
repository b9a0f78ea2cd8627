package io.zandloper.storage.program;

/** How the library compares numbers; written after {@code dev.cel.common.internal.ComparisonFunctions}. */
final class Comparing {
    static final int LESS = 0;
    static final int LESS_OR_EQUAL = 1;
    static final int GREATER = 2;
    static final int GREATER_OR_EQUAL = 3;

    private static final double INTEGER_MAX = (double) Long.MAX_VALUE;
    private static final double INTEGER_MIN = (double) Long.MIN_VALUE;

    private Comparing() {}

    /** As {@link Double#compare} with the integer as a double, so that -0.0 is less than 0. */
    static int compare(double left, long right) {
        if (left < INTEGER_MIN) {
            return -1;
        }
        if (left > INTEGER_MAX) {
            return 1;
        }
        return Double.compare(left, (double) right);
    }

    /** Both are numbers. Doubles are equal as IEEE has it, so -0.0 and 0.0 are. */
    static boolean equal(int leftKind, long left, int rightKind, long right) {
        if (leftKind == Kind.INTEGER) {
            return rightKind == Kind.INTEGER ? left == right : compare(Double.longBitsToDouble(right), left) == 0;
        }
        final double number = Double.longBitsToDouble(left);
        return rightKind == Kind.INTEGER ? compare(number, right) == 0 : number == Double.longBitsToDouble(right);
    }

    /** Both are numbers. */
    static boolean holds(int order, int leftKind, long left, int rightKind, long right) {
        if (leftKind == Kind.INTEGER) {
            return holds(
                    order,
                    rightKind == Kind.INTEGER
                            ? Long.compare(left, right)
                            : -compare(Double.longBitsToDouble(right), left));
        }
        final double number = Double.longBitsToDouble(left);
        return rightKind == Kind.INTEGER
                ? holds(order, compare(number, right))
                : holds(order, number, Double.longBitsToDouble(right));
    }

    /** Of the result of a comparison. */
    static boolean holds(int order, int comparison) {
        return switch (order) {
            case LESS -> comparison < 0;
            case LESS_OR_EQUAL -> comparison <= 0;
            case GREATER -> comparison > 0;
            default -> comparison >= 0;
        };
    }

    /** As IEEE has it. */
    private static boolean holds(int order, double left, double right) {
        return switch (order) {
            case LESS -> left < right;
            case LESS_OR_EQUAL -> left <= right;
            case GREATER -> left > right;
            default -> left >= right;
        };
    }

    /** The order that holds between two values where this holds with the values exchanged. */
    static int turned(int order) {
        return switch (order) {
            case LESS -> GREATER;
            case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
            case GREATER -> LESS;
            default -> LESS_OR_EQUAL;
        };
    }

    static boolean isNumber(int kind) {
        return kind == Kind.INTEGER || kind == Kind.DOUBLE;
    }
}
