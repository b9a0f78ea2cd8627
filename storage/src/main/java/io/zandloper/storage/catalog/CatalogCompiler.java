package io.zandloper.storage.catalog;

import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks a catalog document as a whole and compiles it. Nothing is left half done by an error: all of them are found,
 * each with its path in the document.
 *
 * <p>An instance serves one compilation, on one thread. Ten thousand offers with expressions of their own take a few
 * seconds; equal texts are compiled once, and not at all where the previous catalog has them.
 */
public final class CatalogCompiler {
    private final CatalogDocument document;
    private final CatalogErrors errors = new CatalogErrors();
    private final ExpressionPool rules = new ExpressionPool(ExpressionCompiler.rules());
    private final ExpressionPool conditions = new ExpressionPool(ExpressionCompiler.conditions());
    private final Map<String, Integer> segmentPlaces;
    private final Map<String, Integer> offerPlaces;
    private final Map<String, Integer> placementPlaces;

    private CatalogCompiler(CatalogDocument document, Catalog previous) {
        this.document = document;
        this.segmentPlaces = errors.checkUnique("segments", document.segments(), CatalogDocument.Segment::id);
        this.offerPlaces = errors.checkUnique("offers", document.offers(), CatalogDocument.Offer::id);
        this.placementPlaces = errors.checkUnique("placements", document.placements(), CatalogDocument.Placement::id);
        previous.segments().forEach(segment -> rules.share(segment.rule()));
        previous.offers().forEach(offer -> {
            conditions.share(offer.eligibility());
            conditions.share(offer.applicability());
            conditions.share(offer.suitability());
            offer.contextWeightConditions().forEach(conditions::share);
        });
    }

    /**
     * @param version of the catalog to be
     * @param previous the catalog it would replace, whose compiled expressions may be used again;
     *     {@link Catalog#EMPTY} for none
     */
    public static CatalogCompilation compile(CatalogDocument document, long version, Catalog previous) {
        return new CatalogCompiler(document, previous).compile(version);
    }

    private CatalogCompilation compile(long version) {
        errors.checkCount("segments", document.segments().size(), CatalogLimits.SEGMENTS_MAX);
        errors.checkCount("offers", document.offers().size(), CatalogLimits.OFFERS_MAX);
        final List<Catalog.Segment> segments = compileSegments();
        final List<Catalog.Offer> offers = compileOffers();
        checkPlacements();
        checkPolicies();
        final RuleOrder order = RuleOrder.of(segments);
        addCycles(order, segments);
        return errors.all().isEmpty()
                ? new CatalogCompilation(new Catalog(version, document, segments, offers, order), List.of())
                : new CatalogCompilation(null, errors.all());
    }

    private List<Catalog.Segment> compileSegments() {
        final List<Catalog.Segment> segments = new ArrayList<>();
        for (int i = 0; i < document.segments().size(); i++) {
            final CatalogDocument.Segment segment = document.segments().get(i);
            final String path = "segments[" + i + "]";
            errors.checkId(path + ".id", segment.id());
            errors.checkPurposes(path + ".purposes", segment.purposes());
            segments.add(new Catalog.Segment(i, segment, compile(rules, path + ".rule", segment.rule())));
        }
        return segments;
    }

    private List<Catalog.Offer> compileOffers() {
        final List<Catalog.Offer> offers = new ArrayList<>();
        for (int i = 0; i < document.offers().size(); i++) {
            final CatalogDocument.Offer offer = document.offers().get(i);
            final String path = "offers[" + i + "]";
            checkOffer(path, offer);
            offers.add(new Catalog.Offer(
                    offer,
                    compile(conditions, path + ".eligibility", offer.eligibility()),
                    compile(conditions, path + ".applicability", offer.applicability()),
                    compile(conditions, path + ".suitability", offer.suitability()),
                    compileContextWeights(path, offer)));
        }
        // Ids are ASCII, so this is their order bytewise.
        offers.sort(Comparator.comparing(Catalog.Offer::id));
        return offers;
    }

    private void checkOffer(String path, CatalogDocument.Offer offer) {
        errors.checkId(path + ".id", offer.id());
        errors.checkId(path + ".group", offer.group());
        if (!offer.product().equals(offer.id())) {
            errors.checkId(path + ".product", offer.product());
        }
        final List<String> placements = offer.placements() == null ? List.of() : offer.placements();
        for (int i = 0; i < placements.size(); i++) {
            if (!placementPlaces.containsKey(placements.get(i))) {
                errors.add(path + ".placements[" + i + "]", "unknown placement '" + placements.get(i) + "'");
            }
        }
        errors.checkPurposes(path + ".purposes", offer.purposes());
        errors.checkNotNegative(path + ".propensity", offer.propensity());
        errors.checkNotNegative(path + ".value", offer.value());
        if (offer.value() > CatalogLimits.VALUE_MAX && Double.isFinite(offer.value())) {
            errors.add(path + ".value", "so large that a priority would not be finite");
        }
        errors.checkNotNegative(path + ".lever", offer.lever());
        checkCaps(path + ".caps", offer.caps());
        for (int i = 0; i < offer.suppress().size(); i++) {
            final CatalogDocument.Suppression suppression = offer.suppress().get(i);
            final String at = path + ".suppress[" + i + "]";
            errors.checkEventType(at + ".event", suppression.event());
            errors.checkRange(at + ".count", suppression.count(), 1, CatalogLimits.CAP_EVENTS_MAX);
            errors.checkNotNegative(at + ".within", suppression.withinMicros());
            errors.checkNotNegative(at + ".pause", suppression.pauseMicros());
        }
        if (offer.payload() != null && Text.utf8Length(offer.payload()) > CatalogLimits.PAYLOAD_BYTES_MAX) {
            errors.add(path + ".payload", "longer than 64 KiB of UTF-8");
        }
    }

    private List<Expression> compileContextWeights(String path, CatalogDocument.Offer offer) {
        final List<Expression> compiled = new ArrayList<>();
        for (int i = 0; i < offer.contextWeights().size(); i++) {
            final CatalogDocument.ContextWeight weight = offer.contextWeights().get(i);
            final String at = path + ".contextWeights[" + i + "]";
            final Expression when = compile(conditions, at + ".when", weight.when());
            if (when != null) {
                compiled.add(when);
            }
            errors.checkFinite(at + ".weight", weight.weight());
        }
        return compiled;
    }

    private void checkCaps(String path, List<CatalogDocument.Cap> caps) {
        for (int i = 0; i < caps.size(); i++) {
            final CatalogDocument.Cap cap = caps.get(i);
            final String at = path + "[" + i + "]";
            errors.checkEventType(at + ".event", cap.event());
            errors.checkRange(at + ".max", cap.max(), 1, CatalogLimits.CAP_EVENTS_MAX);
            errors.checkNotNegative(at + ".window", cap.windowMicros());
        }
    }

    private void checkPlacements() {
        for (int i = 0; i < document.placements().size(); i++) {
            final CatalogDocument.Placement placement = document.placements().get(i);
            final String path = "placements[" + i + "]";
            errors.checkId(path + ".id", placement.id());
            errors.checkRange(path + ".count", placement.count(), 1, CatalogLimits.PLACEMENT_COUNT_MAX);
            errors.checkNotNegative(path + ".maxPerGroup", placement.maxPerGroup());
            for (int j = 0; j < placement.fallback().size(); j++) {
                final String offer = placement.fallback().get(j);
                if (!offerPlaces.containsKey(offer)) {
                    errors.add(path + ".fallback[" + j + "]", "unknown offer '" + offer + "'");
                }
            }
        }
    }

    private void checkPolicies() {
        final CatalogDocument.Policies policies = document.policies();
        final CatalogDocument.Holdout holdout = policies.holdout();
        if (holdout != null && !(holdout.percent() >= 0 && holdout.percent() <= 100)) {
            errors.add("policies.holdout.percent", "outside 0-100, value=" + holdout.percent());
        }
        checkCaps("policies.caps", policies.caps());
        for (int i = 0; i < policies.identityPriority().size(); i++) {
            if (!Identity.isNamespace(policies.identityPriority().get(i))) {
                errors.add("policies.identityPriority[" + i + "]", "not a namespace, which is 1-32 of [a-z0-9_.-]");
            }
        }
        if (policies.erasureBoundMicros() <= 0
                || policies.erasureBoundMicros() > CatalogLimits.ERASURE_BOUND_MICROS_MAX) {
            errors.add("policies.erasureBound", "not longer than nothing and at most 30 days");
        }
        if (policies.retentionMicros() == 0) {
            errors.add("policies.retention", "not longer than nothing: every profile would go at once");
        }
    }

    private @Nullable Expression compile(ExpressionPool pool, String path, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            final Expression expression = pool.compile(text);
            expression.literalSegments().stream()
                    .filter(id -> !segmentPlaces.containsKey(id))
                    .sorted()
                    .forEach(id -> errors.add(path, "unknown segment '" + id + "'"));
            return expression;
        } catch (InvalidExpressionException invalid) {
            errors.add(path, String.valueOf(invalid.getMessage()));
            return null;
        }
    }

    private void addCycles(RuleOrder order, List<Catalog.Segment> segments) {
        for (List<Integer> cycle : order.cycles()) {
            final String names =
                    cycle.stream().map(bit -> segments.get(bit).id()).collect(Collectors.joining(" -> "));
            final int first = cycle.get(0);
            errors.add(
                    "segments[" + first + "].rule",
                    "a cycle between rules: " + names + " -> "
                            + segments.get(first).id());
        }
    }
}
