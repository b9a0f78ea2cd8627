package io.zandloper.storage.program;

import java.util.ArrayList;
import java.util.List;

/** Parts a condition into {@link Conjunct}s. One thread. */
final class Conjuncts {
    private final ProgramLayout layout;

    Conjuncts(ProgramLayout layout) {
        this.layout = layout;
    }

    /** Where {@code root} is satisfied, all of these are, and the other way round. */
    List<Conjunct> of(Program program, Node root) {
        final List<Node> parts = new ArrayList<>();
        flatten(root, parts);
        final List<Conjunct> conjuncts = new ArrayList<>();
        for (Node part : parts) {
            final DomainBuilder builder = new DomainBuilder();
            part.describe(builder);
            if (builder.isConstant()) {
                if (part.test(layout.newEvaluation()) != Node.TRUE) {
                    return List.of(Conjunct.never(program, part));
                }
            } else if (builder.isSingle()) {
                conjuncts.add(Conjunct.single(builder.variable(), builder.build(part, layout), program, part));
            } else {
                conjuncts.add(Conjunct.mixed(program, part));
            }
        }
        return List.copyOf(conjuncts);
    }

    /** {@code a && b} is true where both are, and {@code !(a || b)} where both are false. */
    private static void flatten(Node node, List<Node> parts) {
        if (node instanceof Logic.And and) {
            flatten(and.left, parts);
            flatten(and.right, parts);
        } else if (node instanceof Logic.Not not && not.operand instanceof Logic.Or or) {
            flatten(new Logic.Not(or.left), parts);
            flatten(new Logic.Not(or.right), parts);
        } else if (node instanceof Logic.Not not && not.operand instanceof Logic.Not inner) {
            flatten(inner.operand, parts);
        } else {
            parts.add(node);
        }
    }
}
