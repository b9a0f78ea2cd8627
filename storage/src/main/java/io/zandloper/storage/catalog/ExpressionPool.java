package io.zandloper.storage.catalog;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles each text once. One thread. */
final class ExpressionPool {
    private final ExpressionCompiler compiler;
    private final Map<String, Expression> compiled = new HashMap<>();
    private final Map<String, InvalidExpressionException> refused = new HashMap<>();

    ExpressionPool(ExpressionCompiler compiler) {
        this.compiler = compiler;
    }

    /** Adds an expression that this pool's compiler made before. */
    void share(@Nullable Expression expression) {
        if (expression != null) {
            compiled.put(expression.text(), expression);
        }
    }

    Expression compile(String text) throws InvalidExpressionException {
        final Expression known = compiled.get(text);
        if (known != null) {
            return known;
        }
        final InvalidExpressionException error = refused.get(text);
        if (error != null) {
            throw error;
        }
        try {
            final Expression expression = compiler.compile(text);
            compiled.put(text, expression);
            return expression;
        } catch (InvalidExpressionException invalid) {
            refused.put(text, invalid);
            throw invalid;
        }
    }
}
