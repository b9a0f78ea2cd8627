package io.zandloper.benchmarks;

import io.zandloper.benchmarks.DecideWorkload.Term;
import io.zandloper.benchmarks.DecideWorkload.Visit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.kie.api.KieBase;
import org.kie.api.definition.type.FactType;
import org.kie.api.io.ResourceType;
import org.kie.api.runtime.KieSession;
import org.kie.api.runtime.rule.FactHandle;
import org.kie.internal.utils.KieHelper;

/**
 * Eligibility by a rule engine, Drools: a rule for each offer, one session, a visitor inserted, the rules fired, the
 * visitor taken out again. Nothing of ours, and nothing is ranked.
 */
final class RuleEngineBaseline implements AutoCloseable {
    private static final String PACKAGE = "offers";
    private static final String TYPE = "Visitor";

    private final FactType type;
    private final KieSession session;
    private final AtomicInteger eligible = new AtomicInteger();

    /** @param conditions of each offer, all terms of which must hold */
    RuleEngineBaseline(List<List<Term>> conditions) {
        final KieBase rules =
                new KieHelper().addContent(rules(conditions), ResourceType.DRL).build();
        this.type = rules.getFactType(PACKAGE, TYPE);
        this.session = rules.newKieSession();
        session.setGlobal("eligible", eligible);
    }

    private static String rules(List<List<Term>> conditions) {
        final StringBuilder text = new StringBuilder(1 << 16)
                .append("package ")
                .append(PACKAGE)
                .append("\nglobal java.util.concurrent.atomic.AtomicInteger eligible\ndeclare ")
                .append(TYPE)
                .append("\n segments : java.util.Set\n hour : long\n");
        for (int i = 0; i < DecideWorkload.NUMBERS; i++) {
            text.append(" n").append(i).append(" : double\n");
        }
        for (int i = 0; i < DecideWorkload.TEXTS; i++) {
            text.append(" t").append(i).append(" : String\n");
        }
        text.append("end\n");
        for (int offer = 0; offer < conditions.size(); offer++) {
            final List<String> constraints =
                    conditions.get(offer).stream().map(Term::constraint).toList();
            text.append("rule \"")
                    .append(offer)
                    .append("\" dialect \"mvel\" when ")
                    .append(TYPE)
                    .append('(')
                    .append(String.join(", ", constraints))
                    .append(") then eligible.incrementAndGet(); end\n");
        }
        return text.toString();
    }

    /** What the engine is told of a visitor; made before anything is measured. */
    Object visitor(Visit visit) {
        final Object visitor;
        try {
            visitor = type.newInstance();
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException("the engine cannot make what it has declared, type=" + TYPE, e);
        }
        visit.profile().attributes().forEach((name, value) -> type.set(visitor, name, value));
        type.set(visitor, "segments", Set.copyOf(visit.profile().listed().keySet()));
        type.set(visitor, "hour", visit.context().get("hour"));
        return visitor;
    }

    /** How many offers the visitor is eligible for. */
    int eligible(Object visitor) {
        eligible.set(0);
        final FactHandle handle = session.insert(visitor);
        session.fireAllRules();
        session.delete(handle);
        return eligible.get();
    }

    @Override
    public void close() {
        session.dispose();
    }
}
