package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a simulation has to count: by the plain decider, one profile after the other, and by maps. */
final class PlainSimulation {
    /** Placements that are decided together. */
    final List<List<PlacementRequest>> pages = new ArrayList<>();

    private final Catalog current;
    private final Catalog candidate;
    private final Map<String, Object> context;
    private final long atMicros;
    final Map<String, Integer> counts = new TreeMap<>();

    PlainSimulation(String current, String candidate, Map<String, Object> context, long atMicros) {
        this.current = compiled(current);
        this.candidate = compiled(candidate);
        this.context = context;
        this.atMicros = atMicros;
    }

    private static Catalog compiled(String catalog) {
        return CatalogReader.compile(catalog.getBytes(StandardCharsets.UTF_8), Catalog.EMPTY);
    }

    /** @param profiles so many are stored, {@code crm:0} and on */
    void verify(JsonNode report, Storage storage, int profiles) {
        try (StorageReader reader = storage.newReader()) {
            for (int i = 0; i < profiles; i++) {
                final Identity identity = Identity.parse("crm:" + i, "id");
                final Profile profile = reader.enter().profile(identity);
                reader.leave();
                count(identity, profile);
            }
        }
        assertThat(countsOf(report)).isEqualTo(counts);
        assertThat(counts.keySet().toString())
                .contains("ELIGIBILITY", "HOLDOUT", "CONSENT", "OUTRANKED", "gained", "lost", "fallback");
    }

    private void count(Identity identity, Profile profile) {
        boolean isDifferent = false;
        boolean nothingNow = true;
        boolean nothingThen = true;
        for (List<PlacementRequest> page : pages) {
            final Decision now = decide(identity, profile, page, current);
            final Decision then = decide(identity, profile, page, candidate);
            for (PlacementRequest asked : page) {
                final String id = asked.id();
                final List<ChosenOffer> shownNow = shown(now, id);
                final List<ChosenOffer> shownThen = shown(then, id);
                nothingNow &= shownNow.isEmpty();
                nothingThen &= shownThen.isEmpty();
                add(id + " nothing current", shownNow.isEmpty());
                add(id + " nothing candidate", shownThen.isEmpty());
                add(id + " different", !ids(shownNow).equals(ids(shownThen)));
                isDifferent |= !ids(shownNow).equals(ids(shownThen));
                shownNow.forEach(offer -> {
                    add(id + " " + offer.id() + " current", true);
                    add(id + " " + offer.id() + " fallback current", offer.isFallback());
                    add(id + " " + offer.id() + " lost", !ids(shownThen).contains(offer.id()));
                });
                shownThen.forEach(offer -> {
                    add(id + " " + offer.id() + " candidate", true);
                    add(id + " " + offer.id() + " fallback candidate", offer.isFallback());
                    add(id + " " + offer.id() + " gained", !ids(shownNow).contains(offer.id()));
                });
                for (ExplainedOffer offer : explained(then, id)) {
                    if (offer.status() != Decision.Status.RETURNED && mayShow(offer.id(), id)) {
                        add(id + " " + offer.id() + " " + offer.reasons().get(0).code(), true);
                    }
                }
            }
        }
        add("different", isDifferent);
        add("nothing current", nothingNow);
        add("nothing candidate", nothingThen);
    }

    private boolean mayShow(String offer, String placement) {
        final List<String> placements = candidate.offer(offer).document().placements();
        return placements == null || placements.contains(placement);
    }

    private Decision decide(Identity identity, Profile profile, List<PlacementRequest> page, Catalog catalog) {
        final List<PlacementRequest> known = page.stream()
                .filter(asked -> catalog.placement(asked.id()) != null)
                .toList();
        return known.isEmpty()
                ? null
                : PlainDecider.decide(
                        new DecisionRequest(identity, null, known, context, true, atMicros, Set.of()),
                        profile,
                        catalog,
                        atMicros);
    }

    private List<ChosenOffer> shown(Decision decision, String placement) {
        return decision == null
                ? List.of()
                : decision.placements().stream()
                        .filter(filled -> filled.id().equals(placement))
                        .flatMap(filled -> filled.offers().stream())
                        .toList();
    }

    private List<ExplainedOffer> explained(Decision decision, String placement) {
        return decision == null
                ? List.of()
                : decision.explanations().stream()
                        .filter(filled -> filled.id().equals(placement))
                        .flatMap(filled -> filled.offers().stream())
                        .toList();
    }

    private List<String> ids(List<ChosenOffer> shown) {
        return shown.stream().map(ChosenOffer::id).toList();
    }

    private void add(String what, boolean counts) {
        if (counts) {
            this.counts.merge(what, 1, Integer::sum);
        }
    }

    private Map<String, Integer> countsOf(JsonNode report) {
        final Map<String, Integer> found = new TreeMap<>();
        put(found, "different", report.get("different"));
        put(found, "nothing current", report.at("/withNothing/current"));
        put(found, "nothing candidate", report.at("/withNothing/candidate"));
        for (JsonNode placement : report.get("placements")) {
            final String id = placement.get("id").textValue();
            put(found, id + " nothing current", placement.at("/withNothing/current"));
            put(found, id + " nothing candidate", placement.at("/withNothing/candidate"));
            put(found, id + " different", placement.get("different"));
            for (JsonNode offer : placement.get("offers")) {
                final String name = id + " " + offer.get("id").textValue() + " ";
                put(found, name + "current", offer.at("/returned/current"));
                put(found, name + "candidate", offer.at("/returned/candidate"));
                put(found, name + "fallback current", offer.at("/fallback/current"));
                put(found, name + "fallback candidate", offer.at("/fallback/candidate"));
                put(found, name + "gained", offer.get("gained"));
                put(found, name + "lost", offer.get("lost"));
                int before = Integer.MAX_VALUE;
                for (JsonNode reason : offer.get("reasons")) {
                    assertThat(reason.get("profiles").intValue()).isLessThanOrEqualTo(before);
                    before = reason.get("profiles").intValue();
                    put(found, name + reason.get("code").textValue(), reason.get("profiles"));
                }
            }
        }
        return found;
    }

    private void put(Map<String, Integer> found, String what, JsonNode count) {
        assertThat(count.isIntegralNumber()).as(what).isTrue();
        if (count.intValue() > 0) {
            found.put(what, count.intValue());
        }
    }
}
