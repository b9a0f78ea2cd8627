package io.zandloper.storage.program;

import org.jspecify.annotations.Nullable;

/**
 * One of the conditions that must all hold for a {@link Program} to be satisfied. Immutable; any number of threads may
 * use it, each with an {@link Evaluation} of its own.
 */
public final class Conjunct {
    /** How much a conjunct depends on. */
    public enum Shape {
        /** On nothing; it is never satisfied. One that always is is no conjunct. */
        NEVER,
        /** On one variable, and its {@link Domain} can be told. */
        SINGLE,
        /** On several, or in a way that cannot be told by a domain: it has to be evaluated. */
        MIXED
    }

    private final Shape shape;
    private final @Nullable Variable variable;
    private final @Nullable Domain domain;
    private final Program program;
    private final @Nullable Node node;
    private final int number;

    private Conjunct(
            Shape shape,
            @Nullable Variable variable,
            @Nullable Domain domain,
            Program program,
            @Nullable Node node,
            int number) {
        this.shape = shape;
        this.variable = variable;
        this.domain = domain;
        this.program = program;
        this.node = node;
        this.number = number;
    }

    static Conjunct never(Program program, Node node, int number) {
        return new Conjunct(Shape.NEVER, null, null, program, node, number);
    }

    static Conjunct single(Variable variable, Domain domain, Program program, Node node, int number) {
        return new Conjunct(Shape.SINGLE, variable, domain, program, node, number);
    }

    static Conjunct mixed(Program program, Node node, int number) {
        return new Conjunct(Shape.MIXED, null, null, program, node, number);
    }

    /** The whole of a program that is interpreted. */
    static Conjunct interpreted(Program program, int number) {
        return new Conjunct(Shape.MIXED, null, null, program, null, number);
    }

    public Shape shape() {
        return shape;
    }

    /** @throws IllegalStateException where the shape is another than {@link Shape#SINGLE} */
    public Variable variable() {
        if (variable == null) {
            throw new IllegalStateException("a conjunct of several variables: shape=" + shape);
        }
        return variable;
    }

    /** @throws IllegalStateException where the shape is another than {@link Shape#SINGLE} */
    public Domain domain() {
        if (domain == null) {
            throw new IllegalStateException("a conjunct of several variables: shape=" + shape);
        }
        return domain;
    }

    /**
     * The same for equal conditions of one compiler, and for no others: from 0, below
     * {@link ProgramLayout#conditionCount()}. So that a condition that many programs have is evaluated once.
     */
    public int number() {
        return number;
    }

    /** Whether it holds; for every shape. */
    public boolean isSatisfied(Evaluation evaluation) {
        return node == null ? program.isSatisfied(evaluation) : program.isSatisfied(node, evaluation);
    }
}
