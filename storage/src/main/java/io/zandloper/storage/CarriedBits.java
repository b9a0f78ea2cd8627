package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.format.RowDescriptor;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which bits of a row that was judged under one catalog are the same under another, so that their rules need not be
 * evaluated again: those of segments whose rule, purposes and inputs are the same. Immutable.
 */
final class CarriedBits {
    private static final int NOT_CARRIED = -1;

    /** For each bit of the new catalog the old one, or {@link #NOT_CARRIED}. */
    private final int[] from;

    /** The bits of rules that are carried. */
    private final long[] rules;

    private final boolean everything;
    private final boolean allKnown;
    private final boolean allListedStay;

    private CarriedBits(int[] from, long[] rules, boolean everything, boolean allKnown, boolean allListedStay) {
        this.from = from;
        this.rules = rules;
        this.everything = everything;
        this.allKnown = allKnown;
        this.allListedStay = allListedStay;
    }

    /** Every rule is evaluated again, and every record read. */
    static CarriedBits nothing(Catalog next) {
        final int count = next.segments().size();
        final int[] from = new int[count];
        Arrays.fill(from, NOT_CARRIED);
        return new CarriedBits(from, new long[RowDescriptor.wordCount(count)], false, false, false);
    }

    /**
     * @param everListed whether anybody can be a member of a listed segment of this id, also of one that no catalog has had
     *     for a while
     */
    static CarriedBits between(Catalog old, Catalog next, Predicate<String> everListed) {
        if (old.policies().consentDefault() != next.policies().consentDefault()) {
            return nothing(next); // a row does not tell whether it is the default that speaks
        }
        final int count = next.segments().size();
        final int[] from = new int[count];
        Arrays.fill(from, NOT_CARRIED);
        final long[] rules = new long[RowDescriptor.wordCount(count)];
        final boolean everything = sameSegments(old, next);
        boolean allKnown = true;
        for (final Catalog.Segment segment : next.segments()) {
            if (!segment.isComputed()) {
                from[segment.bit()] = sameListed(old.segment(segment.id()), segment);
                allKnown &= from[segment.bit()] != NOT_CARRIED || !everListed.test(segment.id());
            }
        }
        // Each rule comes after those it reads.
        for (final int bit : next.computedOrder()) {
            final Catalog.Segment segment = next.segments().get(bit);
            from[bit] = sameRule(old.segment(segment.id()), segment, next, from, everything);
            if (from[bit] == NOT_CARRIED) {
                allKnown = false;
            } else {
                rules[bit / Long.SIZE] |= 1L << bit;
            }
        }
        return new CarriedBits(from, rules, everything, allKnown, allListedStay(old, next));
    }

    private static boolean sameSegments(Catalog old, Catalog next) {
        boolean same = old.segments().size() == next.segments().size();
        for (int bit = 0; same && bit < next.segments().size(); bit++) {
            final Catalog.Segment before = old.segments().get(bit);
            final Catalog.Segment after = next.segments().get(bit);
            same = before.id().equals(after.id()) && sameText(before, after) && samePurposes(before, after);
        }
        return same;
    }

    private static int sameListed(Catalog.@Nullable Segment before, Catalog.Segment after) {
        return before != null && !before.isComputed() && samePurposes(before, after) ? before.bit() : NOT_CARRIED;
    }

    private static int sameRule(
            Catalog.@Nullable Segment before, Catalog.Segment after, Catalog next, int[] from, boolean everything) {
        final Expression rule = after.rule();
        if (before == null || rule == null || !sameText(before, after) || !samePurposes(before, after)) {
            return NOT_CARRIED;
        }
        if (rule.usesSegmentsDynamically() && !everything) {
            return NOT_CARRIED; // it may read each of them, and their order
        }
        for (final String read : rule.literalSegments()) {
            final int bit = next.segmentBit(read);
            if (bit < 0 || from[bit] == NOT_CARRIED) {
                return NOT_CARRIED;
            }
        }
        return before.bit();
    }

    private static boolean sameText(Catalog.Segment before, Catalog.Segment after) {
        final Expression old = before.rule();
        final Expression now = after.rule();
        return (old == null || now == null) ? old == now : old.text().equals(now.text());
    }

    private static boolean samePurposes(Catalog.Segment before, Catalog.Segment after) {
        return before.document().purposes() == after.document().purposes();
    }

    private static boolean allListedStay(Catalog old, Catalog next) {
        for (final Catalog.Segment segment : old.segments()) {
            final Catalog.Segment after = next.segment(segment.id());
            if (!segment.isComputed() && (after == null || after.isComputed() || !samePurposes(segment, after))) {
                return false;
            }
        }
        return true;
    }

    /** Whether rows are the same altogether, bit for bit. */
    boolean isEverything() {
        return everything;
    }

    /** Whether a row tells all that there is to be known, its next expiry included. */
    boolean isWhole(long nextExpiryMicros) {
        return allKnown && (allListedStay || nextExpiryMicros == Times.NEVER);
    }

    /** The bits of those rules that need not be evaluated. */
    long[] rules() {
        return rules;
    }

    /** Leaves in {@code into} the bits that are carried over from a row. */
    void carry(RowBits row, long[] into) {
        Arrays.fill(into, 0);
        for (int bit = 0; bit < from.length; bit++) {
            if (from[bit] != NOT_CARRIED && row.isSet(from[bit])) {
                into[bit / Long.SIZE] |= 1L << bit;
            }
        }
    }
}
