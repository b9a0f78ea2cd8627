package io.zandloper.server.decide;

import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A profile, a request and a catalog, said briefly. */
final class Fixture {
    static final long SECOND = 1_000_000L;
    static final long DAY = 86_400 * SECOND;
    static final long NOW = Times.parseTime("2026-11-15T12:00:00Z", "now");

    private final Catalog catalog;
    private Identity identity = Identity.parse("crm:1", "id");
    private boolean known = true;
    private boolean asDocument;
    private final SortedMap<String, Object> attributes = new TreeMap<>();
    private final SortedMap<String, Long> listed = new TreeMap<>();
    private final SortedMap<String, Number> scores = new TreeMap<>();
    private Consent consent;
    private final List<Event> events = new ArrayList<>();
    private final SortedMap<String, Long> lastConverts = new TreeMap<>();

    private final List<PlacementRequest> placements = new ArrayList<>();
    private final Map<String, Object> context = new HashMap<>();
    private final Set<String> exclude = new HashSet<>();
    private Long atMicros;

    private Fixture(Catalog catalog) {
        this.catalog = catalog;
    }

    static Fixture of(String catalogJson) {
        return new Fixture(CatalogReader.compile(catalogJson.getBytes(StandardCharsets.UTF_8), Catalog.EMPTY));
    }

    /** A catalog of the placement {@code p} and the offer {@code o} with these further fields. */
    static Fixture ofOffer(String fields) {
        return of("""
                {"segments":[{"id":"vip"},{"id":"senior","rule":"profile.age >= 60"}],
                 "placements":[{"id":"p"},{"id":"q"}],
                 "offers":[{"id":"o"FIELDS},{"id":"same","group":"g","placements":[]},{"id":"other","placements":[]}]}""".replace("FIELDS", fields.isEmpty() ? "" : "," + fields));
    }

    Fixture anonymous() {
        identity = null;
        known = false;
        return this;
    }

    Fixture unknown(String id) {
        identity = Identity.parse(id, "id");
        known = false;
        return this;
    }

    Fixture identity(String id) {
        identity = Identity.parse(id, "id");
        return this;
    }

    Fixture document() {
        asDocument = true;
        return this;
    }

    Fixture attribute(String name, Object value) {
        attributes.put(name, value);
        return this;
    }

    Fixture segment(String id, long expiryMicros) {
        listed.put(id, expiryMicros);
        return this;
    }

    Fixture score(String offer, Number score) {
        scores.put(offer, score);
        return this;
    }

    Fixture consent(int... purposes) {
        int mask = 0;
        for (int purpose : purposes) {
            mask |= Consent.purposeBit(purpose);
        }
        consent = new Consent(mask, null, null);
        return this;
    }

    /** An event of that age. */
    Fixture event(String type, String offer, long ageMicros) {
        return event(type, offer, offer, ageMicros, Map.of());
    }

    Fixture event(String type, String offer, String product, long ageMicros, Map<String, Object> eventContext) {
        events.add(new Event(null, type, offer, null, NOW - ageMicros, product, null, eventContext));
        return this;
    }

    Fixture lastConvert(String product, long ageMicros) {
        lastConverts.put(product, NOW - ageMicros);
        return this;
    }

    Fixture context(String name, Object value) {
        context.put(name, value);
        return this;
    }

    Fixture exclude(String offer) {
        exclude.add(offer);
        return this;
    }

    Fixture at(long micros) {
        atMicros = micros;
        return this;
    }

    Fixture placement(String id) {
        return placement(id, null);
    }

    Fixture placement(String id, Integer count) {
        placements.add(new PlacementRequest(id, count));
        return this;
    }

    Catalog catalog() {
        return catalog;
    }

    Profile profile() {
        return new Profile(
                identity == null ? List.of() : List.of(identity),
                attributes,
                listed,
                scores,
                consent,
                new EventHistory(events, lastConverts, List.of()),
                1,
                0,
                1,
                1);
    }

    Decision decide() {
        return decide(true);
    }

    Decision decide(boolean explain) {
        final DecisionRequest request = new DecisionRequest(
                asDocument ? null : identity,
                asDocument ? profile() : null,
                placements.isEmpty() ? List.of(new PlacementRequest("p", null)) : placements,
                context,
                explain,
                atMicros,
                exclude);
        return PlainDecider.decide(request, known && !asDocument ? profile() : null, catalog, NOW);
    }

    /** The ids returned in the only placement. */
    List<String> offers() {
        return ids(decide().placements().get(0));
    }

    static List<String> ids(FilledPlacement placement) {
        return placement.offers().stream().map(Decision.ChosenOffer::id).toList();
    }

    /** What is said about an offer in the first placement. */
    ExplainedOffer explanation(String offer) {
        return explanation(0, offer);
    }

    ExplainedOffer explanation(int placement, String offer) {
        return decide().explanations().get(placement).offers().stream()
                .filter(explained -> explained.id().equals(offer))
                .findFirst()
                .orElseThrow();
    }

    List<ReasonCode> codes(String offer) {
        return explanation(offer).reasons().stream()
                .map(Decision.Rejection::code)
                .toList();
    }

    List<ReasonCode> codes() {
        return codes("o");
    }

    /** The detail of the only reason. */
    String detail() {
        final List<Decision.Rejection> reasons = explanation("o").reasons();
        if (reasons.size() != 1) {
            throw new AssertionError("not one reason: " + reasons);
        }
        return reasons.get(0).detail();
    }
}
