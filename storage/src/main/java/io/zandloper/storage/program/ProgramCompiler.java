package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import java.util.IdentityHashMap;

/**
 * Compiles the expressions of one catalog into programs that share what they have in common. For one thread; make a
 * {@link ProgramLayout#newEvaluation} once all are compiled.
 */
public final class ProgramCompiler {
    private final ProgramLayout layout;
    private final NodePool nodes = new NodePool();
    private final Conjuncts conjuncts;
    private final IdentityHashMap<Expression, Program> programs = new IdentityHashMap<>();

    /** @param catalog whose segments the expressions name */
    public ProgramCompiler(Catalog catalog) {
        this.layout = new ProgramLayout(catalog);
        this.conjuncts = new Conjuncts(layout, nodes);
    }

    public ProgramLayout layout() {
        return layout;
    }

    /** The program of an expression; one that holds what we do not compile is interpreted. */
    public Program compile(Expression expression) {
        return programs.computeIfAbsent(expression, this::newProgram);
    }

    private Program newProgram(Expression expression) {
        try {
            final Node root = new TreeCompiler(expression.tree(), layout, nodes).compile();
            return Program.compiled(expression, root, conjuncts);
        } catch (NotCompilableException notCompilable) {
            return Program.interpreted(expression, String.valueOf(notCompilable.getMessage()), conjuncts);
        }
    }
}
