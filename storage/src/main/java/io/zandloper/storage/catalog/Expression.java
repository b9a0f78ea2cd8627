package io.zandloper.storage.catalog;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

    Expression(String text, CelAbstractSyntaxTree tree, CelRuntime.Program program, ExpressionReferences references) {
        this.text = text;
        this.tree = tree;
        this.program = program;
        this.references = references;
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

    public boolean isSatisfied(Variables variables) {
        return evaluate(variables).isSatisfied();
    }

    public Outcome evaluate(Variables variables) {
        try {
            final Object result = program.eval(variables.byName());
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
     * Why it is not satisfied, for a person: the text, then the error, or the values it met where it names few, such as
     * {@code profile.age >= 60: age is 41}.
     */
    public String explain(Variables variables, Outcome outcome) {
        final String error = outcome.error();
        if (error != null) {
            return text + ": " + error;
        }
        final List<String> values = new ArrayList<>();
        for (ExpressionReferences.Attribute attribute : references.attributes()) {
            values.add(attribute.shownName() + valueMet(attribute, variables));
        }
        return values.isEmpty() ? text : text + ": " + String.join(", ", values);
    }

    @Override
    public String toString() {
        return text;
    }

    private static String valueMet(ExpressionReferences.Attribute attribute, Variables variables) {
        final Object value = attribute.ofContext()
                ? variables.contextValue(attribute.name())
                : variables.attribute(attribute.name());
        return value == null ? " is absent" : " is " + shown(value);
    }

    private static String shown(Object value) {
        final String plain = value instanceof String ? "'" + value + "'" : value.toString();
        if (plain.length() <= SHOWN_VALUE_LENGTH_MAX) {
            return plain;
        }
        final String cut = plain.substring(0, SHOWN_VALUE_LENGTH_MAX);
        // Not between the halves of a surrogate pair.
        return (Text.isEncodable(cut) ? cut : cut.substring(0, cut.length() - 1)) + "…";
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
