package io.zandloper.storage.catalog;

import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The segments of a profile that exist for a reader at a time: set, not expired, and every purpose they need granted.
 * Rules are evaluated over what is visible at that time. This is the plain form, and the reference of every faster one.
 * Immutable.
 */
public final class VisibleSegments {
    private final Catalog catalog;
    private final long[] bits;
    private final long nextExpiryMicros;

    private VisibleSegments(Catalog catalog, long[] bits, long nextExpiryMicros) {
        this.catalog = catalog;
        this.bits = bits;
        this.nextExpiryMicros = nextExpiryMicros;
    }

    /** As of {@code atMicros}. */
    public static VisibleSegments of(Profile profile, Catalog catalog, long atMicros) {
        final int granted = grantedPurposes(profile, catalog);
        final long[] bits = new long[(catalog.segments().size() + Long.SIZE - 1) / Long.SIZE];
        long nextExpiryMicros = Times.NEVER;
        for (Map.Entry<String, Long> membership : profile.listed().entrySet()) {
            final Catalog.Segment segment = catalog.segment(membership.getKey());
            final long expiryMicros = membership.getValue();
            if (segment != null
                    && !segment.isComputed()
                    && (atMicros < expiryMicros || expiryMicros == Times.NEVER)
                    && isGranted(granted, segment.document().purposes())) {
                set(bits, segment.bit());
                nextExpiryMicros = Math.min(nextExpiryMicros, expiryMicros);
            }
        }
        evaluateRules(profile, catalog, granted, bits);
        return new VisibleSegments(catalog, bits, nextExpiryMicros);
    }

    /** The purposes a profile grants, as a mask: its consent, or the catalog's default where it has none. */
    public static int grantedPurposes(Profile profile, Catalog catalog) {
        final Consent consent = profile.consent();
        if (consent != null) {
            return consent.purposes();
        }
        return catalog.policies().consentDefault() ? Consent.ALL_PURPOSES : 0;
    }

    /** Whether every purpose of the mask {@code required} is in the mask {@code granted}. */
    public static boolean isGranted(int granted, int required) {
        return (granted & required) == required;
    }

    public boolean isVisible(int bit) {
        return isSet(bits, bit);
    }

    /** False for a segment that the catalog does not have. */
    public boolean contains(String id) {
        final int bit = catalog.segmentBit(id);
        return bit >= 0 && isVisible(bit);
    }

    /** All, in the order of the catalog. */
    public List<String> ids() {
        return idsWhere(true, true);
    }

    /** The listed ones, in the order of the catalog. */
    public List<String> listed() {
        return idsWhere(true, false);
    }

    /** The computed ones, in the order of the catalog. */
    public List<String> computed() {
        return idsWhere(false, true);
    }

    /** Bit {@code n} is bit {@code n % 64} of word {@code n / 64}; as many words as the catalog's segments need. */
    public long[] bits() {
        return bits.clone();
    }

    /**
     * From when on it may be otherwise, as long as neither profile nor catalog changes: the earliest expiry of a visible
     * listed segment; {@link Times#NEVER} where there is none.
     */
    public long nextExpiryMicros() {
        return nextExpiryMicros;
    }

    @Override
    public String toString() {
        return ids().toString();
    }

    private static void evaluateRules(Profile profile, Catalog catalog, int granted, long[] bits) {
        if (catalog.computedCount() == 0) {
            return;
        }
        final List<String> visible = new ArrayList<>();
        forEachSet(catalog, bits, segment -> visible.add(segment.id()));
        final Variables variables = Variables.ofRule(profile.attributes(), visible);
        for (int i = 0; i < catalog.computedCount(); i++) {
            final Catalog.Segment segment = catalog.segments().get(catalog.computedBit(i));
            final Expression rule = segment.rule();
            if (rule == null || !isGranted(granted, segment.document().purposes())) {
                continue;
            }
            final Variables read = rule.usesSegmentsDynamically()
                    ? Variables.ofRule(profile.attributes(), readableBy(rule, catalog, bits))
                    : variables;
            if (rule.isSatisfied(read)) {
                set(bits, segment.bit());
                visible.add(segment.id());
            }
        }
    }

    /** What a rule sees that reads {@code segments} dynamically: nothing whose evaluation could depend on the rule. */
    private static List<String> readableBy(Expression rule, Catalog catalog, long[] bits) {
        final List<String> ids = new ArrayList<>();
        forEachSet(catalog, bits, segment -> {
            if (!catalog.isDynamic(segment.bit()) || rule.literalSegments().contains(segment.id())) {
                ids.add(segment.id());
            }
        });
        return ids;
    }

    private List<String> idsWhere(boolean listed, boolean computed) {
        final List<String> ids = new ArrayList<>();
        forEachSet(catalog, bits, segment -> {
            if (segment.isComputed() ? computed : listed) {
                ids.add(segment.id());
            }
        });
        return ids;
    }

    private static void forEachSet(Catalog catalog, long[] bits, Consumer<Catalog.Segment> action) {
        for (int word = 0; word < bits.length; word++) {
            for (long rest = bits[word]; rest != 0; rest &= rest - 1) {
                action.accept(catalog.segments().get(word * Long.SIZE + Long.numberOfTrailingZeros(rest)));
            }
        }
    }

    private static void set(long[] bits, int bit) {
        bits[bit / Long.SIZE] |= 1L << (bit % Long.SIZE);
    }

    private static boolean isSet(long[] bits, int bit) {
        return (bits[bit / Long.SIZE] & (1L << (bit % Long.SIZE))) != 0;
    }
}
