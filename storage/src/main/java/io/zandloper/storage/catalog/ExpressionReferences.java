package io.zandloper.storage.catalog;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind;
import io.zandloper.storage.catalog.Expression.ShownField;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an expression refers to, read off its syntax tree.
 *
 * @param literalSegments ids tested as {@code 'id' in segments}
 * @param segmentsDynamically whether {@code segments} is used in any other way
 * @param variables of ours that it names, {@code segments} in a literal test left out
 * @param attributes the fields of {@code profile} and {@code context} named in it, in their order; empty where there are
 *     too many for an explanation
 * @param shownSegments the literal ones in their order; likewise
 * @param contextFields the fields of {@code context} that it names
 * @param contextDynamically whether {@code context} is used in any other way, so that it may read every field
 */
record ExpressionReferences(
        Set<String> literalSegments,
        boolean segmentsDynamically,
        Set<String> variables,
        List<ShownField> attributes,
        List<String> shownSegments,
        Set<String> contextFields,
        boolean contextDynamically) {
    private static final int SHOWN_MAX = 3;
    private static final List<String> OURS = List.of(Variables.PROFILE, Variables.SEGMENTS, Variables.CONTEXT);
    private static final String IN = "@in";
    private static final String INDEX = "_[_]";

    /** The id of a call that is {@code 'id' in segments} outside every macro; null for any other. */
    static @Nullable String literalSegmentOrNull(CelCall call) {
        return new Reader().literalSegment(call);
    }

    /** Whether it is the variable {@code segments}, outside every macro. */
    static boolean isSegments(CelExpr expression) {
        return new Reader().isVariable(expression, Variables.SEGMENTS);
    }

    static ExpressionReferences of(CelExpr root) {
        final Reader reader = new Reader();
        reader.read(root);
        return new ExpressionReferences(
                Set.copyOf(reader.literalSegments),
                reader.variables.contains(Variables.SEGMENTS),
                Set.copyOf(reader.variables),
                few(reader.attributes),
                few(reader.literalSegments),
                Set.copyOf(reader.contextFields),
                reader.contextNamed > reader.contextFieldsNamed);
    }

    private static <T> List<T> few(Set<T> named) {
        return named.size() > SHOWN_MAX ? List.of() : List.copyOf(named);
    }

    /** Walks the tree with the macro variables in scope: inside them a name means the variable, not ours. */
    private static final class Reader {
        private final Set<String> literalSegments = new LinkedHashSet<>();
        private final Set<String> variables = new LinkedHashSet<>();
        private final Set<ShownField> attributes = new LinkedHashSet<>();
        private final Set<String> contextFields = new LinkedHashSet<>();
        private int contextNamed;
        /** How often {@code context} is named just to name a field of it. */
        private int contextFieldsNamed;

        private final Deque<String> macroVariables = new ArrayDeque<>();

        void read(CelExpr expression) {
            switch (expression.getKind()) {
                case IDENT -> readName(expression);
                case SELECT -> {
                    addAttribute(
                            expression.select().operand(), expression.select().field());
                    read(expression.select().operand());
                }
                case CALL -> readCall(expression.call());
                case LIST -> expression.list().elements().forEach(this::read);
                case MAP ->
                    expression.map().entries().forEach(entry -> {
                        read(entry.key());
                        read(entry.value());
                    });
                case STRUCT -> expression.struct().entries().forEach(entry -> read(entry.value()));
                case COMPREHENSION -> readComprehension(expression.comprehension());
                case CONSTANT, NOT_SET -> {}
            }
        }

        private void readName(CelExpr name) {
            for (String variable : OURS) {
                if (isVariable(name, variable)) {
                    variables.add(variable);
                    contextNamed += variable.equals(Variables.CONTEXT) ? 1 : 0;
                }
            }
        }

        private void readCall(CelCall call) {
            final String segment = literalSegment(call);
            if (segment != null) {
                literalSegments.add(segment);
                return;
            }
            final List<CelExpr> arguments = call.args();
            if (arguments.size() == 2
                    && call.function().equals(IN)
                    && isVariable(arguments.get(1), Variables.CONTEXT)) {
                final String field = stringOrNull(arguments.get(0));
                if (field != null) {
                    addContextField(field);
                }
            }
            if (arguments.size() == 2 && call.function().equals(INDEX)) {
                final String field = stringOrNull(arguments.get(1));
                if (field != null) {
                    addAttribute(arguments.get(0), field);
                }
            }
            call.target().ifPresent(this::read);
            arguments.forEach(this::read);
        }

        private @Nullable String literalSegment(CelCall call) {
            return call.function().equals(IN)
                            && call.args().size() == 2
                            && isVariable(call.args().get(1), Variables.SEGMENTS)
                    ? stringOrNull(call.args().get(0))
                    : null;
        }

        private void readComprehension(CelComprehension comprehension) {
            read(comprehension.iterRange());
            read(comprehension.accuInit());
            macroVariables.push(comprehension.accuVar());
            macroVariables.push(comprehension.iterVar());
            macroVariables.push(comprehension.iterVar2());
            read(comprehension.loopCondition());
            read(comprehension.loopStep());
            macroVariables.pop();
            macroVariables.pop();
            read(comprehension.result());
            macroVariables.pop();
        }

        private void addAttribute(CelExpr operand, String field) {
            if (isVariable(operand, Variables.PROFILE)) {
                attributes.add(new ShownField(false, field));
            } else if (isVariable(operand, Variables.CONTEXT)) {
                attributes.add(new ShownField(true, field));
                addContextField(field);
            }
        }

        private void addContextField(String field) {
            contextFields.add(field);
            contextFieldsNamed++;
        }

        private boolean isVariable(CelExpr expression, String name) {
            if (expression.getKind() != ExprKind.Kind.IDENT) {
                return false;
            }
            final String identifier = expression.ident().name();
            // A leading dot means the outermost scope.
            return identifier.equals("." + name) || (identifier.equals(name) && !macroVariables.contains(name));
        }

        private static @Nullable String stringOrNull(CelExpr expression) {
            if (expression.getKind() != ExprKind.Kind.CONSTANT) {
                return null;
            }
            final CelConstant constant = expression.constant();
            return constant.getKind() == CelConstant.Kind.STRING_VALUE ? constant.stringValue() : null;
        }
    }
}
