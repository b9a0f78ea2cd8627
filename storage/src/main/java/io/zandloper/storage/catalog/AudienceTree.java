package io.zandloper.storage.catalog;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An audience as set algebra over segments and their number. None of it can end in an error, so it means what CEL means by it. */
public sealed interface AudienceTree {
    /** {@code 'id' in segments}. */
    record Member(String segment) implements AudienceTree {}

    /** {@code size(segments) >= count}, as which every comparison of the size with a number can be written. */
    record AtLeast(long count) implements AudienceTree {}

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
        final AudienceTree comparison = comparison(call);
        if (comparison != null) {
            return comparison;
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

    /** Of the number of segments with an integer, either way round; null for any other call. */
    private static @Nullable AudienceTree comparison(CelCall call) {
        if (call.args().size() != 2) {
            return null;
        }
        final CelExpr left = call.args().get(0);
        final CelExpr right = call.args().get(1);
        if (isSize(left) && isInteger(right)) {
            return comparison(call.function(), right.constant().int64Value());
        }
        return isInteger(left) && isSize(right)
                ? comparison(mirrored(call.function()), left.constant().int64Value())
                : null;
    }

    private static @Nullable AudienceTree comparison(String operator, long count) {
        final AudienceTree atLeast = new AtLeast(count);
        final AudienceTree more = count == Long.MAX_VALUE ? new Constant(false) : new AtLeast(count + 1);
        return switch (operator) {
            case "_>=_" -> atLeast;
            case "_>_" -> more;
            case "_<_" -> new Not(atLeast);
            case "_<=_" -> new Not(more);
            case "_==_" -> new All(List.of(atLeast, new Not(more)));
            case "_!=_" -> new Any(List.of(new Not(atLeast), more));
            default -> null;
        };
    }

    private static String mirrored(String operator) {
        return switch (operator) {
            case "_<_" -> "_>_";
            case "_<=_" -> "_>=_";
            case "_>_" -> "_<_";
            case "_>=_" -> "_<=_";
            default -> operator;
        };
    }

    private static boolean isInteger(CelExpr expression) {
        return expression.getKind() == ExprKind.Kind.CONSTANT
                && expression.constant().getKind() == CelConstant.Kind.INT64_VALUE;
    }

    /** {@code size(segments)} or {@code segments.size()}. */
    private static boolean isSize(CelExpr expression) {
        if (expression.getKind() != ExprKind.Kind.CALL
                || !expression.call().function().equals("size")) {
            return false;
        }
        final List<CelExpr> operands = new ArrayList<>(expression.call().args());
        expression.call().target().ifPresent(operands::add);
        return operands.size() == 1 && ExpressionReferences.isSegments(operands.get(0));
    }
}
