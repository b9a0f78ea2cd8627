package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The visible segments of profiles under one catalog, with its rules compiled. Its results are those of
 * {@link VisibleSegments#of}, which is the plain form of the same. For one thread, which asks for the bits of one profile
 * after the other; it allocates nothing but for rules that are interpreted.
 */
public final class CompiledRules {
    /**
     * A computed segment.
     *
     * @param readable for a rule that reads {@code segments} dynamically the bits of those that it sees; null for others,
     *     which see all
     */
    private record Rule(int bit, int purposes, Program program, long @Nullable [] readable) {}

    private final Catalog catalog;
    private final Rule[] rules;
    private final Evaluation evaluation;
    private final long[] bits;
    private final long[] seen;
    private final long[] nothingKnown;
    private long nextExpiryMicros;
    private long evaluations;

    public CompiledRules(Catalog catalog) {
        this.catalog = catalog;
        final ProgramCompiler compiler = new ProgramCompiler(catalog);
        final List<Rule> compiled = new ArrayList<>();
        for (int bit : catalog.computedOrder()) {
            final Catalog.Segment segment = catalog.segments().get(bit);
            final Expression expression = segment.rule();
            if (expression != null) {
                compiled.add(new Rule(
                        bit,
                        segment.document().purposes(),
                        compiler.compile(expression),
                        expression.usesSegmentsDynamically() ? readable(expression, catalog) : null));
            }
        }
        this.rules = compiled.toArray(Rule[]::new);
        this.evaluation = compiler.layout().newEvaluation();
        this.bits = new long[words(catalog)];
        this.seen = new long[bits.length];
        this.nothingKnown = new long[bits.length];
    }

    /** The catalog these rules are of. */
    public Catalog catalog() {
        return catalog;
    }

    /** Finds out the visible segments of a profile as of {@code atMicros}, for {@link #bits} and {@link #isVisible}. */
    public void judge(Profile profile, long atMicros) {
        judge(profile, atMicros, nothingKnown, nothingKnown);
    }

    /**
     * The same where the results of some rules are known, which are then not evaluated.
     *
     * @param known the bits of those rules
     * @param results which of them are visible; other bits are of no account
     */
    public void judge(Profile profile, long atMicros, long[] known, long[] results) {
        final int granted = VisibleSegments.grantedPurposes(profile, catalog);
        Arrays.fill(bits, 0);
        nextExpiryMicros = Times.NEVER;
        for (Map.Entry<String, Long> membership : profile.listed().entrySet()) {
            setListed(membership.getKey(), membership.getValue(), granted, atMicros);
        }
        if (rules.length > 0) {
            evaluation.ofAttributes(profile.attributes());
            evaluateRules(granted, known, results);
        }
    }

    /**
     * Of the profile judged last: bit {@code n % 64} of word {@code n / 64} is the catalog's segment {@code n}. Overwritten
     * by the next one.
     */
    public long[] bits() {
        return bits;
    }

    public boolean isVisible(int bit) {
        return (bits[bit / Long.SIZE] & (1L << bit)) != 0;
    }

    /** Of the profile judged last, as {@link VisibleSegments#nextExpiryMicros}. */
    public long nextExpiryMicros() {
        return nextExpiryMicros;
    }

    /** How often a rule was evaluated so far. */
    public long evaluations() {
        return evaluations;
    }

    /** How many of the rules the library's interpreter evaluates. */
    public int interpretedCount() {
        int count = 0;
        for (Rule rule : rules) {
            count += rule.program().isInterpreted() ? 1 : 0;
        }
        return count;
    }

    private void setListed(String id, long expiryMicros, int granted, long atMicros) {
        final Catalog.Segment segment = catalog.segment(id);
        if (segment != null
                && !segment.isComputed()
                && (atMicros < expiryMicros || expiryMicros == Times.NEVER)
                && VisibleSegments.isGranted(granted, segment.document().purposes())) {
            set(segment.bit());
            nextExpiryMicros = Math.min(nextExpiryMicros, expiryMicros);
        }
    }

    private void evaluateRules(int granted, long[] known, long[] results) {
        evaluation.ofSegments(bits);
        for (Rule rule : rules) {
            final int word = rule.bit() / Long.SIZE;
            final long bit = 1L << rule.bit();
            final boolean visible = (known[word] & bit) != 0
                    ? (results[word] & bit) != 0
                    : VisibleSegments.isGranted(granted, rule.purposes()) && isSatisfied(rule);
            if (visible) {
                set(rule.bit());
                evaluation.ofSegments(bits);
            }
        }
    }

    private boolean isSatisfied(Rule rule) {
        evaluations++;
        final long[] readable = rule.readable();
        if (readable == null) {
            return rule.program().isSatisfied(evaluation);
        }
        for (int word = 0; word < seen.length; word++) {
            seen[word] = bits[word] & readable[word];
        }
        evaluation.ofSegments(seen);
        final boolean satisfied = rule.program().isSatisfied(evaluation);
        evaluation.ofSegments(bits);
        return satisfied;
    }

    private void set(int bit) {
        bits[bit / Long.SIZE] |= 1L << bit;
    }

    /** Nothing whose evaluation could depend on the rule. */
    private static long[] readable(Expression rule, Catalog catalog) {
        final long[] readable = new long[words(catalog)];
        for (Catalog.Segment segment : catalog.segments()) {
            if (!catalog.isDynamic(segment.bit()) || rule.literalSegments().contains(segment.id())) {
                readable[segment.bit() / Long.SIZE] |= 1L << segment.bit();
            }
        }
        return readable;
    }

    private static int words(Catalog catalog) {
        return (catalog.segments().size() + Long.SIZE - 1) / Long.SIZE;
    }
}
