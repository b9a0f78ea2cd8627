package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.compiled.CompiledOffer.CompiledCap;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.program.Evaluation;
import io.zandloper.storage.program.Program;
import io.zandloper.storage.program.ProgramLayout;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A catalog laid out for decisions. Made once for each version, which takes in the order of a second for 10,000 offers
 * with conditions of their own; immutable, any thread.
 *
 * <p>An offer's <em>number</em> is its place among the catalog's offers, by id. Its <em>rank</em> is its place in the order
 * of mandatory, tier, priority at best, id; offers that can never be shown to anyone have none.
 */
public final class CompiledCatalog {
    /** Hundredths of a percent. */
    private static final int HOLDOUT_BUCKETS = 10_000;

    private final Catalog catalog;
    private final HeapPerson nobody;
    private final ProgramLayout layout;
    private final Visibility visibility;
    private final RankedOffers ranked;
    private final CompiledOffer[] offers;
    private final IdentityHashMap<Expression, Program> programs;
    private final Blocks blocks;
    private final Test[] tests;
    private final EventNames eventNames;
    private final CompiledCap[] policyCaps;
    private final Names placementNames;
    private final CompiledPlacement[] placements;
    private final byte[] holdoutSalt;
    private final int holdoutBuckets;

    /** A condition that has to be evaluated. */
    interface Test {
        boolean holds(Evaluation evaluation);
    }

    /** @param fallback numbers of offers, in their order, none twice */
    record CompiledPlacement(String id, int count, int maxPerGroup, int[] fallback) {}

    CompiledCatalog(
            Catalog catalog,
            ProgramLayout layout,
            Visibility visibility,
            List<CompiledOffer> offers,
            IdentityHashMap<Expression, Program> programs,
            RankedOffers ranked,
            Blocks blocks,
            List<Test> tests,
            EventNames eventNames,
            List<CompiledCap> policyCaps) {
        this.catalog = catalog;
        this.layout = layout;
        this.visibility = visibility;
        this.offers = offers.toArray(new CompiledOffer[0]);
        this.programs = programs;
        this.ranked = ranked;
        this.blocks = blocks;
        this.tests = tests.toArray(new Test[0]);
        this.eventNames = eventNames;
        this.policyCaps = policyCaps.toArray(new CompiledCap[0]);
        final List<CatalogDocument.Placement> documents = catalog.document().placements();
        this.placementNames =
                new Names(documents.stream().map(CatalogDocument.Placement::id).toList());
        this.placements = documents.stream()
                .map(placement -> compiled(placement, eventNames))
                .toArray(CompiledPlacement[]::new);
        final Holdout holdout = catalog.policies().holdout();
        this.holdoutSalt = ((holdout == null ? "" : holdout.salt()) + ":").getBytes(StandardCharsets.UTF_8);
        this.holdoutBuckets = holdout == null ? 0 : buckets(holdout);
        this.nobody = HeapPerson.nobody(catalog, visibility);
    }

    /** Lays a catalog out. */
    public static CompiledCatalog of(Catalog catalog) {
        return new CatalogLayout(catalog).layOut();
    }

    private static CompiledPlacement compiled(CatalogDocument.Placement placement, EventNames names) {
        return new CompiledPlacement(
                placement.id(),
                placement.count(),
                placement.maxPerGroup(),
                placement.fallback().stream()
                        .distinct()
                        .mapToInt(names.offers()::find)
                        .toArray());
    }

    /** Buckets below this are held out; the percentage counts as its decimals are written. */
    private static int buckets(Holdout holdout) {
        return BigDecimal.valueOf(holdout.percent())
                .movePointRight(2)
                .setScale(0, RoundingMode.CEILING)
                .min(BigDecimal.valueOf(HOLDOUT_BUCKETS))
                .intValueExact();
    }

    public Catalog catalog() {
        return catalog;
    }

    /** An anonymous or unknown visitor. */
    public HeapPerson nobody() {
        return nobody;
    }

    ProgramLayout layout() {
        return layout;
    }

    Visibility visibility() {
        return visibility;
    }

    /** How many segments there are, in words of bits. */
    int segmentWords() {
        return (catalog.segments().size() + Long.SIZE - 1) / Long.SIZE;
    }

    Blocks blocks() {
        return blocks;
    }

    Test[] tests() {
        return tests;
    }

    EventNames eventNames() {
        return eventNames;
    }

    CompiledCap[] policyCaps() {
        return policyCaps;
    }

    /** The number of a placement, {@link Names#UNKNOWN} for none. */
    int placement(String id) {
        return placementNames.find(id);
    }

    /** The same for an id in UTF-8. */
    int placement(byte[] id, int offset, int lengthBytes) {
        return placementNames.find(id, offset, lengthBytes);
    }

    CompiledPlacement placement(int number) {
        return placements[number];
    }

    RankedOffers ranked() {
        return ranked;
    }

    /** An offer by its number; one that is never shown too. */
    CompiledOffer offer(int number) {
        return offers[number];
    }

    /** The program of a condition of the catalog. */
    Program program(Expression condition) {
        final Program program = programs.get(condition);
        if (program == null) {
            throw new IllegalArgumentException("not a condition of this catalog, text=" + condition);
        }
        return program;
    }

    /** The catalog's offer of this number. */
    Catalog.Offer document(int number) {
        return catalog.offers().get(number);
    }

    @Nullable
    Holdout holdout() {
        return catalog.policies().holdout();
    }

    /** What goes before the identity in what is hashed. */
    byte[] holdoutSalt() {
        return holdoutSalt;
    }

    /** Whether a person of this hash is held out. */
    boolean isHeldOut(long hash) {
        return Long.remainderUnsigned(hash, HOLDOUT_BUCKETS) < holdoutBuckets;
    }

    boolean hasHoldout() {
        return holdoutBuckets > 0;
    }
}
