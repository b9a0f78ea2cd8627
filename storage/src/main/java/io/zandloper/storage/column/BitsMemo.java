package io.zandloper.storage.column;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.Variables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an expression says of a combination of bits, by the interpreter, once for each of the combinations that are met
 * first. For one thread.
 */
final class BitsMemo {
    /** Combinations remembered: beyond it the interpreter is asked each time. */
    private static final int COMBINATIONS_MAX = 16 * 1024;

    private final Expression expression;
    private final Catalog catalog;
    private final int[] segments;
    private final Map<Combination, Boolean> known = new HashMap<>();
    private final Combination asked;
    private TimeLimit limit = TimeLimit.NONE;

    /**
     * @param segments catalog bits by the place they have in a combination, in the order of the catalog
     */
    BitsMemo(Expression expression, Catalog catalog, int[] segments) {
        this.expression = expression;
        this.catalog = catalog;
        this.segments = segments;
        this.asked = new Combination(new long[(segments.length + Long.SIZE - 1) / Long.SIZE]);
    }

    /** Bits that are equal are one key. */
    private static final class Combination {
        private final long[] bits;

        Combination(long[] bits) {
            this.bits = bits;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Combination combination && Arrays.equals(bits, combination.bits);
        }

        @Override
        public int hashCode() {
            long mixed = 0;
            for (final long word : bits) {
                mixed = (mixed ^ word) * 0x9E37_79B9_7F4A_7C15L;
                mixed ^= mixed >>> 32;
            }
            return (int) mixed;
        }
    }

    /** For what is asked from now on. */
    void limit(TimeLimit newLimit) {
        limit = newLimit;
    }

    /** The bits to fill before {@link #holds}. */
    long[] asked() {
        return asked.bits;
    }

    /** @throws TimeLimitException where the interpreter would have to be asked and the limit has passed */
    boolean holds() {
        final Boolean remembered = known.get(asked);
        if (remembered != null) {
            return remembered;
        }
        limit.check();
        final boolean holds = evaluate();
        if (known.size() < COMBINATIONS_MAX) {
            known.put(new Combination(asked.bits.clone()), holds);
        }
        return holds;
    }

    private boolean evaluate() {
        final List<String> visible = new ArrayList<>();
        for (int i = 0; i < segments.length; i++) {
            if ((asked.bits[i >> 6] >>> i & 1) != 0) {
                visible.add(catalog.segments().get(segments[i]).id());
            }
        }
        return expression.isSatisfied(Variables.ofRule(Map.of(), visible));
    }
}
