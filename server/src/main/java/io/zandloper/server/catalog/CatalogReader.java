package io.zandloper.server.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.ContextWeight;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogDocument.Placement;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a catalog. Stateless. */
public final class CatalogReader {
    private static final Set<String> CATALOG_FIELDS = Set.of("segments", "offers", "placements", "policies");
    private static final Set<String> SEGMENT_FIELDS = Set.of("id", "name", "purposes", "segtax", "segtaxId", "rule");
    private static final Set<String> OFFER_FIELDS = Set.of(
            "id",
            "name",
            "group",
            "product",
            "enabled",
            "start",
            "end",
            "placements",
            "purposes",
            "eligibility",
            "applicability",
            "suitability",
            "propensity",
            "value",
            "lever",
            "contextWeights",
            "mandatory",
            "tier",
            "caps",
            "suppress",
            "suppressAfterConversion",
            "payload");
    private static final Set<String> CONTEXT_WEIGHT_FIELDS = Set.of("when", "weight");
    private static final Set<String> CAP_FIELDS = Set.of("scope", "event", "max", "window");
    private static final Set<String> SUPPRESSION_FIELDS = Set.of("event", "count", "within", "pause");
    private static final Set<String> PLACEMENT_FIELDS = Set.of("id", "name", "count", "maxPerGroup", "fallback");
    private static final Set<String> POLICIES_FIELDS =
            Set.of("consentDefault", "holdout", "caps", "identityPriority", "erasureBound", "retention");
    private static final Set<String> HOLDOUT_FIELDS = Set.of("percent", "salt");

    private static final long TIER_DEFAULT = 5;
    private static final long NONE = -1;

    private CatalogReader() {}

    /**
     * Reads as much as can be read.
     *
     * @throws io.zandloper.server.json.MalformedBodyException where the text is no JSON, or no object
     */
    public static CatalogReading read(byte[] json) {
        final List<FieldError> valueErrors = new ArrayList<>();
        return read(StrictJson.parseObject(json, valueErrors), valueErrors);
    }

    /**
     * The same for a catalog within another document.
     *
     * @param valueErrors what was found wrong inside its values when it was parsed, by paths within the catalog
     */
    public static CatalogReading read(ObjectNode root, List<FieldError> valueErrors) {
        final Map<String, FieldError> errors = new LinkedHashMap<>();
        valueErrors.forEach(error -> errors.putIfAbsent(error.path(), error));
        final ObjectReader catalog = ObjectReader.of(root, "", errors, CATALOG_FIELDS);
        final CatalogDocument document = new CatalogDocument(
                catalog.objects("segments", SEGMENT_FIELDS, CatalogReader::segment),
                catalog.objects("offers", OFFER_FIELDS, CatalogReader::offer),
                catalog.objects("placements", PLACEMENT_FIELDS, CatalogReader::placement),
                policies(catalog.object("policies", POLICIES_FIELDS)));
        return new CatalogReading(document, List.copyOf(errors.values()));
    }

    /**
     * Reads and compiles a catalog; equal expressions of {@code previous} are used again.
     *
     * @throws io.zandloper.server.json.MalformedBodyException where the text is no JSON, or no object
     * @throws InvalidInputException with every error of the catalog
     */
    public static Catalog compile(byte[] json, Catalog previous) {
        final CatalogCompilation compilation = read(json).compile(previous);
        final Catalog catalog = compilation.catalog();
        if (catalog == null) {
            throw new InvalidInputException(compilation.errors());
        }
        return catalog;
    }

    private static Segment segment(ObjectReader segment) {
        return new Segment(
                segment.requiredText("id"),
                segment.text("name"),
                segment.purposes("purposes"),
                segment.integer("segtax"),
                segment.text("segtaxId"),
                segment.text("rule"));
    }

    private static Offer offer(ObjectReader offer) {
        final String id = offer.requiredText("id");
        final JsonNode payload = offer.get("payload");
        return new Offer(
                id,
                offer.text("name"),
                offer.text("group"),
                offer.text("product", id),
                offer.bool("enabled", true),
                offer.timeMicros("start", Long.MIN_VALUE),
                offer.timeMicros("end", Long.MAX_VALUE),
                offer.has("placements") ? offer.texts("placements") : null,
                offer.purposes("purposes"),
                offer.text("eligibility"),
                offer.text("applicability"),
                offer.text("suitability"),
                offer.number("propensity", 1),
                offer.number("value", 1),
                offer.number("lever", 1),
                offer.objects("contextWeights", CONTEXT_WEIGHT_FIELDS, CatalogReader::contextWeight),
                offer.bool("mandatory", false),
                tier(offer),
                offer.objects("caps", CAP_FIELDS, cap -> cap(cap, Scope.OFFER)),
                offer.objects("suppress", SUPPRESSION_FIELDS, CatalogReader::suppression),
                offer.durationMicros("suppressAfterConversion", NONE),
                payload == null ? null : StrictJson.write(payload));
    }

    private static long tier(ObjectReader offer) {
        final Long tier = offer.integer("tier");
        return tier == null ? TIER_DEFAULT : tier;
    }

    private static ContextWeight contextWeight(ObjectReader weight) {
        return new ContextWeight(weight.text("when", "true"), weight.requiredNumber("weight"));
    }

    private static Cap cap(ObjectReader cap, Scope scopeDefault) {
        return new Cap(
                scope(cap, scopeDefault),
                cap.text("event", Event.IMPRESSION),
                cap.requiredSmallInteger("max", 1),
                cap.durationMicros("window", 0),
                cap.requiredText("window"));
    }

    private static Scope scope(ObjectReader cap, Scope orElse) {
        final String text = cap.text("scope");
        if (text == null) {
            return orElse;
        }
        for (Scope scope : Scope.values()) {
            if (scope.name().toLowerCase(Locale.ROOT).equals(text)) {
                return scope;
            }
        }
        cap.addError("scope", "not a scope, which is offer, group, channel or global");
        return orElse;
    }

    /** Of {@code within} and {@code pause} one may be absent: it is then as long as the other. */
    private static Suppression suppression(ObjectReader suppression) {
        final String pause = suppression.text("pause", suppression.text("within", ""));
        final String within = suppression.text("within", pause);
        if (!suppression.has("pause") && !suppression.has("within")) {
            suppression.addError("pause", "is missing");
        }
        return new Suppression(
                suppression.text("event", Event.REJECT),
                suppression.smallInteger("count", 1),
                suppression.durationMicros(suppression.has("within") ? "within" : "pause", 0),
                within,
                suppression.durationMicros(suppression.has("pause") ? "pause" : "within", 0),
                pause);
    }

    private static Placement placement(ObjectReader placement) {
        return new Placement(
                placement.requiredText("id"),
                placement.text("name"),
                placement.smallInteger("count", 1),
                placement.smallInteger("maxPerGroup", 0),
                placement.texts("fallback"));
    }

    private static Policies policies(@Nullable ObjectReader policies) {
        if (policies == null) {
            return Policies.DEFAULT;
        }
        return new Policies(
                consentDefault(policies),
                holdout(policies.object("holdout", HOLDOUT_FIELDS)),
                policies.objects("caps", CAP_FIELDS, cap -> cap(cap, Scope.GLOBAL)),
                policies.texts("identityPriority"),
                policies.durationMicros("erasureBound", Policies.DEFAULT.erasureBoundMicros()),
                policies.durationMicros("retention", Policies.DEFAULT.retentionMicros()));
    }

    private static boolean consentDefault(ObjectReader policies) {
        final String text = policies.text("consentDefault", "deny");
        if (!text.equals("deny") && !text.equals("grant")) {
            policies.addError("consentDefault", "neither deny nor grant");
        }
        return text.equals("grant");
    }

    private static @Nullable Holdout holdout(@Nullable ObjectReader holdout) {
        return holdout == null ? null : new Holdout(holdout.requiredNumber("percent"), holdout.text("salt", ""));
    }
}
