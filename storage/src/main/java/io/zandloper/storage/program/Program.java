package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled condition. Immutable; any number of threads may use it, each with an {@link Evaluation} of its own. Its
 * results are those of {@link Expression#evaluate}, always.
 */
public final class Program {
    /** What an evaluation ends in. */
    public enum Result {
        TRUE,
        FALSE,
        /** Also where the result is no boolean. */
        ERROR
    }

    private final Expression expression;
    private final @Nullable Node root;
    private final @Nullable String interpretedBecause;
    private final List<Conjunct> conjuncts;

    private Program(Expression expression, @Nullable Node root, @Nullable String interpretedBecause, Conjuncts parts) {
        this.expression = expression;
        this.root = root;
        this.interpretedBecause = interpretedBecause;
        this.conjuncts = root == null ? parts.ofInterpreted(this) : parts.of(this, root);
    }

    static Program compiled(Expression expression, Node root, Conjuncts parts) {
        return new Program(expression, root, null, parts);
    }

    static Program interpreted(Expression expression, String because, Conjuncts parts) {
        return new Program(expression, null, because, parts);
    }

    public Expression expression() {
        return expression;
    }

    /** Whether the library's interpreter evaluates it, some microseconds each time, rather than we. */
    public boolean isInterpreted() {
        return root == null;
    }

    /** What in it is not compiled, for its author; null where all of it is. */
    public @Nullable String interpretedBecause() {
        return interpretedBecause;
    }

    /** It is satisfied exactly where all of these are; none where it always is. */
    public List<Conjunct> conjuncts() {
        return conjuncts;
    }

    public boolean isSatisfied(Evaluation evaluation) {
        if (root == null) {
            return expression.isSatisfied(evaluation.variables());
        }
        try {
            return root.test(evaluation) == Node.TRUE;
        } catch (NotCompiledException interpret) {
            return expression.isSatisfied(evaluation.variables());
        }
    }

    /** Whether a part of this program holds; the part's condition is no more than a part of the whole's. */
    boolean isSatisfied(Node part, Evaluation evaluation) {
        try {
            return part.test(evaluation) == Node.TRUE;
        } catch (NotCompiledException interpret) {
            // Asks too much, which is harmless: where the whole is not satisfied it is of no account which part says
            // so.
            return expression.isSatisfied(evaluation.variables());
        }
    }

    public Result evaluate(Evaluation evaluation) {
        if (root != null) {
            try {
                return switch (root.test(evaluation)) {
                    case Node.TRUE -> Result.TRUE;
                    case Node.FALSE -> Result.FALSE;
                    default -> Result.ERROR;
                };
            } catch (NotCompiledException interpret) {
                return interpreted(evaluation);
            }
        }
        return interpreted(evaluation);
    }

    @Override
    public String toString() {
        return expression.toString();
    }

    private Result interpreted(Evaluation evaluation) {
        final Expression.Outcome outcome = expression.evaluate(evaluation.variables());
        if (outcome.isSatisfied()) {
            return Result.TRUE;
        }
        return outcome.error() == null ? Result.FALSE : Result.ERROR;
    }
}
