package io.zandloper.storage.catalog;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A compiled CEL expression. Immutable; any number of threads may evaluate it.
 *
 * <p>It is satisfied only when its result is {@code true}. An evaluation never fails: what goes wrong in it is an
 * {@link Outcome} that is not satisfied and says why.
 */
public final class Expression {
    /** Of a value met, in an explanation. */
    private static final int SHOWN_VALUE_LENGTH_MAX = 64;

    private final String text;
    private final CelAbstractSyntaxTree tree;
    private final CelRuntime.Program program;
    private final ExpressionReferences references;
    private final boolean canGrow;

    private final Supplier<List<Expression>> partsMaker;
    /** Made when an explanation first asks for them. */
    private volatile @Nullable List<Expression> parts;

    Expression(
            String text,
            CelAbstractSyntaxTree tree,
            CelRuntime.Program program,
            ExpressionReferences references,
            Supplier<List<Expression>> partsMaker) {
        this.partsMaker = partsMaker;
        this.text = text;
        this.tree = tree;
        this.program = program;
        this.references = references;
        this.canGrow = MadeValues.canGrow(tree.getExpr());
    }

    /** As it was written. */
    public String text() {
        return text;
    }

    /** The library's tree, checked: what programs are compiled from. */
    public CelAbstractSyntaxTree tree() {
        return tree;
    }

    /** The ids tested as {@code 'id' in segments}. */
    public Set<String> literalSegments() {
        return references.literalSegments();
    }

    /** Whether it reads {@code segments} in any other way, so that it may depend on every segment. */
    public boolean usesSegmentsDynamically() {
        return references.segmentsDynamically();
    }

    /** Those of {@code profile}, {@code segments} and {@code context} that it reads, but for literal tests. */
    Set<String> variables() {
        return references.variables();
    }

    /** The fields of {@code context} that it names; it reads no other unless {@link #usesContextDynamically}. */
    public Set<String> contextFields() {
        return references.contextFields();
    }

    /** Whether it uses {@code context} other than by the names of fields, so that it may read every field. */
    public boolean usesContextDynamically() {
        return references.contextDynamically();
    }

    public boolean isSatisfied(Variables variables) {
        return evaluate(variables).isSatisfied();
    }

    public Outcome evaluate(Variables variables) {
        try {
            final Object result =
                    canGrow ? program.trace(variables.byName(), new MadeValues()) : program.eval(variables.byName());
            if (result instanceof Boolean satisfied) {
                return satisfied ? Outcome.SATISFIED : Outcome.NOT_SATISFIED;
            }
            return new Outcome(false, result, null);
        } catch (CelEvaluationException | RuntimeException | StackOverflowError failure) {
            // The library also lets out unchecked exceptions for some contents; whatever it is, it is the content's.
            return new Outcome(false, null, failure);
        }
    }

    /**
     * What it is made of where it is written as a chain of {@code &&}, in order, each of them an expression of its own;
     * empty where it is not.
     */
    public List<Expression> parts() {
        List<Expression> made = parts;
        if (made == null) {
            // Two threads may both make them; either list will do.
            made = partsMaker.get();
            parts = made;
        }
        return made;
    }

    /** The fields of {@code profile} and {@code context} that explanations of it show, in their order. */
    public List<ShownField> shownFields() {
        return references.attributes();
    }

    /** The segments that it tests as {@code 'id' in segments} and explanations of it show, in their order. */
    public List<String> shownSegments() {
        return references.shownSegments();
    }

    /**
     * Why it is not satisfied, for a person: the text, then the error, or the values it met where it names few, such as
     * {@code profile.age >= 60: age is 41}. A chain of {@code &&} is followed by the same of each part that fails.
     */
    public String explain(Variables variables, Outcome outcome) {
        final StringBuilder failed = new StringBuilder();
        for (Expression part : parts()) {
            final Outcome ofPart = part.evaluate(variables);
            if (!ofPart.isSatisfied()) {
                failed.append(failed.isEmpty() ? "; not satisfied: " : "; ")
                        .append(part.explainWhole(variables, ofPart));
            }
        }
        return failed.isEmpty() ? explainWhole(variables, outcome) : text + failed;
    }

    private String explainWhole(Variables variables, Outcome outcome) {
        final String error = outcome.error();
        if (error != null) {
            return text + ": " + error;
        }
        final List<String> met = new ArrayList<>();
        for (ShownField field : references.attributes()) {
            met.add(field.shownName() + valueMet(field, variables));
        }
        for (String segment : references.shownSegments()) {
            met.add((variables.isIn(segment) ? "in " : "not in ") + segment);
        }
        return met.isEmpty() ? text : text + ": " + String.join(", ", met);
    }

    @Override
    public String toString() {
        return text;
    }

    private static String valueMet(ShownField attribute, Variables variables) {
        final Object value = attribute.ofContext()
                ? variables.contextValue(attribute.name())
                : variables.attribute(attribute.name());
        return value == null ? " is absent" : " is " + shown(value);
    }

    /** A value as explanations show it; a long one is cut. */
    public static String shown(Object value) {
        final String plain = value instanceof String ? "'" + value + "'" : value.toString();
        if (plain.length() <= SHOWN_VALUE_LENGTH_MAX) {
            return plain;
        }
        final String cut = plain.substring(0, SHOWN_VALUE_LENGTH_MAX);
        // Not between the halves of a surrogate pair.
        return (Text.isEncodable(cut) ? cut : cut.substring(0, cut.length() - 1)) + "…";
    }

    /** A field of {@code profile}, or of {@code context}. */
    public record ShownField(boolean ofContext, String name) {
        public String shownName() {
            return ofContext ? Variables.CONTEXT + "." + name : name;
        }
    }

    /** What an evaluation ended with. */
    public static final class Outcome {
        static final Outcome SATISFIED = new Outcome(true, null, null);
        static final Outcome NOT_SATISFIED = new Outcome(false, null, null);

        private final boolean satisfied;
        private final @Nullable Object noBoolean;
        private final @Nullable Throwable failure;

        private Outcome(boolean satisfied, @Nullable Object noBoolean, @Nullable Throwable failure) {
            this.satisfied = satisfied;
            this.noBoolean = noBoolean;
            this.failure = failure;
        }

        public boolean isSatisfied() {
            return satisfied;
        }

        /** Which error it ended in; null where it ended in {@code true} or {@code false}. */
        public @Nullable String error() {
            if (failure != null) {
                return ExpressionErrors.describe(failure);
            }
            return noBoolean == null ? null : "no boolean: the result is " + shown(noBoolean);
        }
    }
}
