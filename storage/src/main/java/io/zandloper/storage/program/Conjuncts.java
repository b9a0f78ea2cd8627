package io.zandloper.storage.program;

import java.util.ArrayList;
import java.util.List;

/** Parts a condition into {@link Conjunct}s. One thread. */
final class Conjuncts {
    /** None of the results of {@link Node#test}. */
    private static final int UNKNOWN = -1;

    private final ProgramLayout layout;
    private final NodePool nodes;

    Conjuncts(ProgramLayout layout, NodePool nodes) {
        this.layout = layout;
        this.nodes = nodes;
    }

    /** The whole of a program that is interpreted. */
    List<Conjunct> ofInterpreted(Program program) {
        return List.of(Conjunct.interpreted(program, layout.conditionNumber(program)));
    }

    /** Where {@code root} is satisfied, all of these are, and the other way round. */
    List<Conjunct> of(Program program, Node root) {
        final List<Node> parts = new ArrayList<>();
        flatten(root, parts);
        final List<Conjunct> conjuncts = new ArrayList<>();
        for (Node part : parts) {
            final int number = layout.conditionNumber(part);
            final DomainBuilder builder = new DomainBuilder();
            part.describe(builder);
            if (builder.isSingle()) {
                conjuncts.add(Conjunct.single(builder.variable(), builder.build(part, layout), program, part, number));
                continue;
            }
            final int constant = builder.readsNothing() ? valueOfConstant(part) : UNKNOWN;
            if (constant == UNKNOWN) {
                conjuncts.add(Conjunct.mixed(program, part, number));
            } else if (constant != Node.TRUE) {
                return List.of(Conjunct.never(program, part, number));
            }
        }
        return List.copyOf(conjuncts);
    }

    /** What a condition that reads nothing comes to. */
    private int valueOfConstant(Node condition) {
        try {
            return condition.test(layout.newEvaluation());
        } catch (NotCompiledException interpret) {
            return UNKNOWN;
        }
    }

    private Node negated(Node node) {
        return nodes.share("!", () -> new Logic.Not(node), node);
    }

    /** {@code a && b} is true where both are, and {@code !(a || b)} where both are false. */
    private void flatten(Node node, List<Node> parts) {
        if (node instanceof Logic.And and) {
            flatten(and.left, parts);
            flatten(and.right, parts);
        } else if (node instanceof Logic.Not not && not.operand instanceof Logic.Or or) {
            flatten(negated(or.left), parts);
            flatten(negated(or.right), parts);
        } else if (node instanceof Logic.Not not && not.operand instanceof Logic.Not inner) {
            flatten(inner.operand, parts);
        } else {
            parts.add(node);
        }
    }
}
