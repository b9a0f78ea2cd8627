package io.zandloper.storage.program;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind;
import org.jspecify.annotations.Nullable;

/**
 * Which macro a comprehension was written as: the library expands each into one of a shape of its own.
 *
 * @param kind one of those of {@link Loops}
 * @param condition what is asked of each element
 */
record Macro(int kind, CelExpr condition) {
    /** Null where it is none of those we compile. */
    static @Nullable Macro of(CelComprehension comprehension) {
        if (!comprehension.iterVar2().isEmpty() || comprehension.loopStep().getKind() != ExprKind.Kind.CALL) {
            return null;
        }
        final String accumulator = comprehension.accuVar();
        final CelCall step = comprehension.loopStep().call();
        return switch (step.function()) {
            case "_||_", "_&&_" -> quantifier(comprehension, step);
            case "_?_:_" -> {
                final CelExpr then = step.args().get(1);
                if (!isIdentifier(step.args().get(2), accumulator)
                        || then.getKind() != ExprKind.Kind.CALL
                        || !then.call().function().equals("_+_")
                        || !isIdentifier(then.call().args().get(0), accumulator)) {
                    yield null;
                }
                yield counting(
                        comprehension, step.args().get(0), then.call().args().get(1));
            }
            default -> null;
        };
    }

    private static @Nullable Macro quantifier(CelComprehension comprehension, CelCall step) {
        final boolean exists = step.function().equals("_||_");
        final CelExpr start = comprehension.accuInit();
        if (!isIdentifier(step.args().get(0), comprehension.accuVar())
                || !isIdentifier(comprehension.result(), comprehension.accuVar())
                || start.getKind() != ExprKind.Kind.CONSTANT
                || start.constant().getKind() != CelConstant.Kind.BOOLEAN_VALUE
                || start.constant().booleanValue() == exists) {
            return null;
        }
        return new Macro(exists ? Loops.EXISTS : Loops.ALL, step.args().get(1));
    }

    private static @Nullable Macro counting(CelComprehension comprehension, CelExpr condition, CelExpr added) {
        if (added.getKind() == ExprKind.Kind.CONSTANT
                && comprehension.accuInit().getKind() == ExprKind.Kind.CONSTANT
                && comprehension.result().getKind() == ExprKind.Kind.CALL) {
            return new Macro(Loops.EXISTS_ONE, condition);
        }
        final boolean isFilter = added.getKind() == ExprKind.Kind.LIST
                && added.list().elements().size() == 1
                && isIdentifier(added.list().elements().get(0), comprehension.iterVar());
        return isFilter ? new Macro(Loops.FILTER_SIZE, condition) : null;
    }

    private static boolean isIdentifier(CelExpr expression, String name) {
        return expression.getKind() == ExprKind.Kind.IDENT
                && expression.ident().name().equals(name);
    }
}
