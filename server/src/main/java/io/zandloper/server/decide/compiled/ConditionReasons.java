package io.zandloper.server.decide.compiled;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.Variables;
import io.zandloper.storage.program.Evaluation;
import io.zandloper.storage.program.Program;
import io.zandloper.storage.program.ProgramCompiler;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why conditions are not satisfied, in words: which parts fail and what values they met. Programs tell what fails; the
 * words of an error are the CEL library's own, so that is asked for them. One thread.
 */
final class ConditionReasons {
    private final Catalog catalog;
    /** Parts are compiled when the first explanation asks for them. */
    private final IdentityHashMap<Expression, List<Part>> parts = new IdentityHashMap<>();

    private Map<String, ?> attributes = Map.of();
    private Map<String, ?> context = Map.of();
    private long[] segments = new long[0];
    private @Nullable Variables variables;

    /** A part of a chain, or the whole of what is none. */
    private record Part(Expression expression, Program program, Evaluation evaluation) {}

    ConditionReasons(Catalog catalog) {
        this.catalog = catalog;
    }

    /** What conditions meet from now on. */
    void begin(Map<String, ?> newAttributes, Map<String, ?> newContext, long[] newSegments) {
        attributes = newAttributes;
        context = newContext;
        segments = newSegments;
        variables = null;
    }

    /** @param condition one that is not satisfied */
    String of(Expression condition) {
        final List<Part> of = parts.computeIfAbsent(condition, this::compiled);
        final List<String> failed = new ArrayList<>();
        for (final Part part : of) {
            final Program.Result result = result(part);
            if (result != Program.Result.TRUE) {
                failed.add(part.expression.text() + reason(part.expression, result));
            }
        }
        if (failed.isEmpty()) {
            // Each part by itself holds, but together they are too much for one evaluation.
            return condition.text() + reason(condition, Program.Result.ERROR);
        }
        return condition.parts().isEmpty()
                ? failed.get(0)
                : condition.text() + "; not satisfied: " + String.join("; ", failed);
    }

    private List<Part> compiled(Expression condition) {
        final List<Part> compiled = new ArrayList<>();
        for (final Expression part : condition.parts().isEmpty() ? List.of(condition) : condition.parts()) {
            final ProgramCompiler compiler = new ProgramCompiler(catalog);
            final Program program = compiler.compile(part);
            compiled.add(new Part(part, program, compiler.layout().newEvaluation()));
        }
        return compiled;
    }

    private Program.Result result(Part part) {
        part.evaluation.ofAttributes(attributes);
        part.evaluation.ofContext(context);
        part.evaluation.ofSegments(segments);
        return part.program.evaluate(part.evaluation);
    }

    private String reason(Expression expression, Program.Result result) {
        if (result == Program.Result.ERROR) {
            return ": " + expression.evaluate(variables()).error();
        }
        final List<String> met = new ArrayList<>();
        for (final Expression.ShownField field : expression.shownFields()) {
            final Object value = (field.ofContext() ? context : attributes).get(field.name());
            met.add(field.shownName() + (value == null ? " is absent" : " is " + Expression.shown(value)));
        }
        for (final String id : expression.shownSegments()) {
            met.add(isVisible(catalog.segmentBit(id)) ? "in " + id : "not in " + id);
        }
        return met.isEmpty() ? "" : ": " + String.join(", ", met);
    }

    private boolean isVisible(int bit) {
        return bit >= 0 && (segments[bit / Long.SIZE] & 1L << bit) != 0;
    }

    private Variables variables() {
        Variables made = variables;
        if (made == null) {
            final List<String> visible = new ArrayList<>();
            for (int bit = 0; bit < catalog.segments().size(); bit++) {
                if (isVisible(bit)) {
                    visible.add(catalog.segments().get(bit).id());
                }
            }
            made = Variables.ofCondition(attributes, visible, context);
            variables = made;
        }
        return made;
    }
}
