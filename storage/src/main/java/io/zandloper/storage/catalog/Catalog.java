package io.zandloper.storage.catalog;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A checked catalog with its expressions compiled. Immutable, its attachment aside; any number of threads may use it.
 *
 * <p>Segments are numbered by their place in {@link #segments()}: that is their bit in a profile's row under this
 * catalog. Rules are evaluated in {@link #computedOrder()}, in which every segment stands after those its rule reads.
 * A rule that reads {@code segments} other than by a literal {@code 'id' in segments} sees the listed ones, those its
 * literals name, and the computed ones that do not themselves depend on such a rule.
 */
public final class Catalog {
    /** The catalog of a server that has not been given one. */
    public static final Catalog EMPTY =
            new Catalog(0, CatalogDocument.EMPTY, List.of(), List.of(), RuleOrder.of(List.of()));

    private final long version;
    /** One for the catalog under all its versions. */
    private final AtomicReference<@Nullable Object> attachment;

    private final CatalogDocument document;
    private final List<Segment> segments;
    private final List<Offer> offers;
    private final int[] computedOrder;
    private final BitSet dynamicSegments;
    private final Map<String, Integer> segmentBits;
    private final Map<String, Offer> offersById;
    private final Map<String, CatalogDocument.Placement> placementsById;
    private final ContextFields contextFields;

    Catalog(long version, CatalogDocument document, List<Segment> segments, List<Offer> offers, RuleOrder rules) {
        this.version = version;
        this.attachment = new AtomicReference<>();
        this.document = document;
        this.segments = List.copyOf(segments);
        this.offers = List.copyOf(offers);
        this.computedOrder = rules.order();
        this.dynamicSegments = rules.dynamic();
        this.segmentBits = new HashMap<>();
        for (int bit = 0; bit < segments.size(); bit++) {
            segmentBits.put(segments.get(bit).id(), bit);
        }
        this.offersById = new HashMap<>();
        offers.forEach(offer -> offersById.put(offer.document().id(), offer));
        this.placementsById = new HashMap<>();
        document.placements().forEach(placement -> placementsById.put(placement.id(), placement));
        this.contextFields = ContextFields.of(document, offers);
    }

    private Catalog(long version, Catalog same) {
        this.version = version;
        this.attachment = same.attachment;
        this.document = same.document;
        this.segments = same.segments;
        this.offers = same.offers;
        this.computedOrder = same.computedOrder;
        this.dynamicSegments = same.dynamicSegments;
        this.segmentBits = same.segmentBits;
        this.offersById = same.offersById;
        this.placementsById = same.placementsById;
        this.contextFields = same.contextFields;
    }

    /**
     * The segments of a catalog alone, with the bits they have in it; not compiled, so that no rule is evaluated under it
     * and no offer is in it. For a start that meets catalogs which others replace.
     */
    public static Catalog outline(CatalogDocument document) {
        final List<Segment> segments = new ArrayList<>();
        for (final CatalogDocument.Segment segment : document.segments()) {
            segments.add(new Segment(segments.size(), segment, null));
        }
        return new Catalog(0, document, segments, List.of(), RuleOrder.of(List.of()));
    }

    /**
     * @param bit its bit in a profile's row
     * @param rule null for a listed segment, and for every segment of an {@link #outline}
     */
    public record Segment(
            int bit,
            CatalogDocument.Segment document,
            @Nullable Expression rule) {
        public String id() {
            return document.id();
        }

        public boolean isComputed() {
            return document.rule() != null;
        }
    }

    /** Conditions are null where none was written, which means they hold. */
    public record Offer(
            CatalogDocument.Offer document,
            @Nullable Expression eligibility,
            @Nullable Expression applicability,
            @Nullable Expression suitability,
            List<Expression> contextWeightConditions) {
        public String id() {
            return document.id();
        }
    }

    /** The same catalog under another version; shares everything that was compiled, and takes no time. */
    public Catalog withVersion(long newVersion) {
        return new Catalog(newVersion, this);
    }

    /** Whether it is the same catalog, be it under another version. */
    public boolean isSameAs(Catalog other) {
        return attachment == other.attachment;
    }

    /**
     * Keeps what whoever decides has made of this catalog, for as long as there is the catalog, under any of its versions.
     * Any thread; the last one stays.
     */
    public void attach(Object newAttachment) {
        attachment.set(newAttachment);
    }

    /** What was attached; null where nothing was. Any thread. */
    public @Nullable Object attachment() {
        return attachment.get();
    }

    /** One higher than that of the catalog it replaced; 0 before the first. */
    public long version() {
        return version;
    }

    public CatalogDocument document() {
        return document;
    }

    public CatalogDocument.Policies policies() {
        return document.policies();
    }

    public List<Segment> segments() {
        return segments;
    }

    /** In the order of their ids, bytewise. */
    public List<Offer> offers() {
        return offers;
    }

    /** Bits of the computed segments, each after those its rule reads. */
    public int[] computedOrder() {
        return computedOrder.clone();
    }

    int computedCount() {
        return computedOrder.length;
    }

    /** The bit of the computed segment whose rule is evaluated as number {@code index}. */
    int computedBit(int index) {
        return computedOrder[index];
    }

    /** Whether the segment's rule reads {@code segments} dynamically, or depends on one that does. */
    public boolean isDynamic(int bit) {
        return dynamicSegments.get(bit);
    }

    /** The segment's bit, or -1 where the catalog has none of that id. */
    public int segmentBit(String id) {
        final Integer bit = segmentBits.get(id);
        return bit == null ? -1 : bit;
    }

    public @Nullable Segment segment(String id) {
        final int bit = segmentBit(id);
        return bit < 0 ? null : segments.get(bit);
    }

    public @Nullable Offer offer(String id) {
        return offersById.get(id);
    }

    /** Whether a decision may depend on a field of the request's context. */
    public boolean readsContext(String field) {
        return contextFields.contains(field);
    }

    public CatalogDocument.@Nullable Placement placement(String id) {
        return placementsById.get(id);
    }
}
