package io.zandloper.server.decide.compiled;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.program.Evaluation;
import io.zandloper.storage.program.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The segments that exist for a reader of a profile at a time, where no row tells them: for what-if, for profiles whose
 * memberships have just expired, and for documents. Immutable; any thread.
 */
final class Visibility {
    private final Catalog catalog;
    /** Each after those it reads. */
    private final List<OrderedRule> rules = new ArrayList<>();

    private final BitSet computed = new BitSet();

    /** @param readable the segments that a rule may see; null for all that have been found before it */
    private record OrderedRule(int bit, Program program, long @Nullable [] readable) {}

    /** @param programs of rules */
    Visibility(Catalog catalog, Function<Expression, Program> programs) {
        this.catalog = catalog;
        final BitSet dynamic = new BitSet();
        for (final int bit : catalog.computedOrder()) {
            final Expression rule = rule(bit);
            computed.set(bit);
            dynamic.set(
                    bit,
                    rule.usesSegmentsDynamically()
                            || rule.literalSegments().stream().anyMatch(id -> dynamic.get(catalog.segmentBit(id))));
        }
        for (final int bit : catalog.computedOrder()) {
            final Expression rule = rule(bit);
            rules.add(new OrderedRule(
                    bit, programs.apply(rule), rule.usesSegmentsDynamically() ? readableBy(rule, dynamic) : null));
        }
    }

    private Expression rule(int bit) {
        final Expression rule = catalog.segments().get(bit).rule();
        if (rule == null) {
            throw new IllegalStateException("a computed segment without a rule, bit=" + bit);
        }
        return rule;
    }

    /** All but those that might depend on the rule themselves; what it names literally it may see. */
    private long[] readableBy(Expression rule, BitSet dynamic) {
        final int count = catalog.segments().size();
        final long[] bits = new long[(count + Long.SIZE - 1) / Long.SIZE];
        for (int bit = 0; bit < count; bit++) {
            if (!dynamic.get(bit)
                    || rule.literalSegments()
                            .contains(catalog.segments().get(bit).id())) {
                bits[bit / Long.SIZE] |= 1L << bit;
            }
        }
        return bits;
    }

    /** @param evaluation reads the profile's attributes */
    void find(Profile profile, int grantedPurposes, long atMicros, Evaluation evaluation, long[] into) {
        Arrays.fill(into, 0);
        if (!profile.listed().isEmpty()) {
            addListed(profile, grantedPurposes, atMicros, into);
        }
        for (int i = 0; i < rules.size(); i++) {
            final OrderedRule rule = rules.get(i);
            if (isGranted(rule.bit, grantedPurposes)) {
                evaluation.ofSegments(rule.readable == null ? into : common(into, rule.readable));
                if (rule.program.isSatisfied(evaluation)) {
                    into[rule.bit / Long.SIZE] |= 1L << rule.bit;
                }
            }
        }
    }

    private void addListed(Profile profile, int grantedPurposes, long atMicros, long[] into) {
        for (final Map.Entry<String, Long> membership : profile.listed().entrySet()) {
            final int bit = catalog.segmentBit(membership.getKey());
            final long expiryMicros = membership.getValue();
            if (bit >= 0
                    && !computed.get(bit)
                    && (expiryMicros == Times.NEVER || expiryMicros > atMicros)
                    && isGranted(bit, grantedPurposes)) {
                into[bit / Long.SIZE] |= 1L << bit;
            }
        }
    }

    private static long[] common(long[] found, long[] readable) {
        final long[] seen = found.clone();
        for (int word = 0; word < seen.length; word++) {
            seen[word] &= readable[word];
        }
        return seen;
    }

    private boolean isGranted(int bit, int grantedPurposes) {
        return (catalog.segments().get(bit).document().purposes() & ~grantedPurposes) == 0;
    }
}
