package io.zandloper.storage.catalog;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An audience as set algebra over segments. None of it can end in an error, so it means what CEL means by it. */
public sealed interface AudienceTree {
    /** {@code 'id' in segments}. */
    record Member(String segment) implements AudienceTree {}

    record Constant(boolean value) implements AudienceTree {}

    record Not(AudienceTree operand) implements AudienceTree {}

    record All(List<AudienceTree> operands) implements AudienceTree {}

    record Any(List<AudienceTree> operands) implements AudienceTree {}

    /** {@code condition ? then : otherwise}. */
    record Choice(AudienceTree condition, AudienceTree then, AudienceTree otherwise) implements AudienceTree {}

    /** The same as the expression; null where it holds anything that is not of this algebra. */
    static @Nullable AudienceTree of(CelExpr expression) {
        if (expression.getKind() == ExprKind.Kind.CONSTANT) {
            final CelConstant constant = expression.constant();
            return constant.getKind() == CelConstant.Kind.BOOLEAN_VALUE ? new Constant(constant.booleanValue()) : null;
        }
        return expression.getKind() == ExprKind.Kind.CALL ? of(expression.call()) : null;
    }

    private static @Nullable AudienceTree of(CelCall call) {
        if (call.function().equals("@in")) {
            final String segment = ExpressionReferences.literalSegmentOrNull(call);
            return segment == null ? null : new Member(segment);
        }
        final List<AudienceTree> operands = new ArrayList<>();
        for (final CelExpr argument : call.args()) {
            final AudienceTree operand = of(argument);
            if (operand == null) {
                return null;
            }
            operands.add(operand);
        }
        return switch (call.function()) {
            case "!_" -> new Not(operands.get(0));
            case "_&&_" -> new All(operands);
            case "_||_" -> new Any(operands);
            case "_?_:_" -> new Choice(operands.get(0), operands.get(1), operands.get(2));
            default -> null;
        };
    }
}
