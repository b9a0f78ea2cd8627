package io.zandloper.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.AppliedChanges;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decisions over a real storage are those of the plain decider, whichever way the profile is read. */
final class DecidingTest {
    private static final long NOW = Times.parseTime("2026-11-15T12:00:00Z", "now");
    private static final long HOUR = 3_600_000_000L;
    private static final byte[] CATALOG = """
            {"segments":[{"id":"vip"},{"id":"senior","rule":"profile.age >= 60"},{"id":"both","rule":"'vip' in segments && 'senior' in segments"}],
             "placements":[{"id":"p","count":2,"fallback":["news"]},{"id":"q"}],
             "offers":[{"id":"loan","eligibility":"'both' in segments","value":5},
                       {"id":"card","eligibility":"profile.age > 40","contextWeights":[{"when":"context.device == 'mobile'","weight":50}]},
                       {"id":"bonus","eligibility":"'vip' in segments","value":2,"purposes":[4]},
                       {"id":"news","eligibility":"false"}]}""".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final AtomicLong nowMicros = new AtomicLong(NOW);
    private final List<ServedDecision> heard = new ArrayList<>();
    private final Decisions decisions = new Decisions(heard::add);
    private final Deciding deciding = decisions.newDeciding();
    private Storage storage;
    private StorageReader reader;

    @BeforeEach
    void open() {
        storage = Storage.open(
                StorageConfig.of(folder), json -> CatalogReader.compile(json, Catalog.EMPTY), nowMicros::get);
        reader = storage.newReader();
        apply(new ReplaceCatalog(CatalogReader.compile(CATALOG, Catalog.EMPTY), CATALOG, null));
        put("""
                {"id":"crm:1","identities":["crm:1","cookie:a"],"attributes":{"age":65},"scores":{"card":0.25},
                 "segments":[{"id":"vip","expires":"2026-11-15T13:00:00Z"}],"consent":{"purposes":[4]}}""");
        put("{\"id\":\"crm:2\",\"attributes\":{\"age\":50}}");
    }

    @AfterEach
    void close() {
        reader.close();
        storage.close();
        decisions.close();
    }

    @Test
    void readsTheStoredBytesOfWhoeverHasTheIdentity() {
        decisions.prepare(storage.catalog());
        for (String id : List.of("crm:1", "cookie:a", "crm:2", "crm:unknown")) {
            check(request(id, false, null));
        }
        assertThat(check(request("cookie:a", false, null)).profile()).isEqualTo("crm:1");
    }

    @Test
    void explainsAndDecidesForAnotherTime() {
        decisions.prepare(storage.catalog());
        for (String id : List.of("crm:1", "crm:2", "crm:unknown")) {
            check(request(id, true, null));
            check(request(id, true, NOW + HOUR));
            check(request(id, false, NOW - HOUR));
        }
        check(new DecisionRequest(null, null, places(), Map.of(), true, null, Set.of()));
    }

    @Test
    void anExpiryThatHasPassedIsSeenAtOnce() {
        decisions.prepare(storage.catalog());
        assertThat(ids(check(request("crm:1", false, null)))).containsExactly("loan", "bonus");
        nowMicros.set(NOW + HOUR);
        assertThat(ids(check(request("crm:1", false, null)))).containsExactly("card");
    }

    @Test
    void theCatalogBeforeDecidesUntilTheNewOneIsLaidOut() {
        decisions.prepare(storage.catalog());
        final Decision before = check(request("crm:1", false, null));
        final byte[] other = new String(CATALOG, StandardCharsets.UTF_8)
                .replace("\"value\":5", "\"value\":0.5")
                .getBytes(StandardCharsets.UTF_8);
        apply(new ReplaceCatalog(CatalogReader.compile(other, Catalog.EMPTY), other, null));
        // The first request has it laid out, and is not made to wait for that.
        assertThat(decide(request("crm:1", false, null))).isIn(before, plain(request("crm:1", false, null)));
        while (decisions.layoutOf(storage.catalog()) == null) {
            Thread.onSpinWait();
        }
        final Decision after = check(request("crm:1", false, null));
        assertThat(after.catalogVersion()).isEqualTo(2);
        assertThat(ids(after)).containsExactly("bonus", "loan");
    }

    @Test
    void aLayoutServesTheSameCatalogUnderItsVersion() {
        final Catalog unversioned =
                CatalogReader.compile(CATALOG, Catalog.EMPTY).withVersion(99);
        decisions.prepare(unversioned);
        apply(new ReplaceCatalog(
                unversioned,
                new String(CATALOG, StandardCharsets.UTF_8).replace("5}", "6}").getBytes(StandardCharsets.UTF_8),
                null));
        assertThat(decisions.layoutOf(storage.catalog())).isNotNull();
        assertThat(check(request("crm:1", false, null)).catalogVersion()).isEqualTo(2);
    }

    @Test
    void tellsWhoListensOfEachDecision() {
        final Decision stored = check(request("cookie:a", false, null));
        final ServedDecision served = heard.get(0);
        assertThat(served.toDecision()).isEqualTo(stored);
        assertThat(served.isForStored()).isTrue();
        assertThat(served.profile()).isEqualTo("crm:1");
        assertThat(served.profileVersion()).isEqualTo(2);
        assertThat(served.profileSequence()).isEqualTo(2);
        assertThat(served.atMicros()).isEqualTo(NOW);
        assertThat(served.request().identity()).isEqualTo(Identity.parse("cookie:a", "id"));
        check(request("crm:unknown", true, NOW - HOUR));
        assertThat(heard).hasSize(2);
        assertThat(served.isForStored()).isFalse();
        assertThat(served.profile()).isNull();
        assertThat(served.profileVersion()).isZero();
        assertThat(served.atMicros()).isEqualTo(NOW - HOUR);
        assertThat(served.explanations()).hasSize(2);
    }

    private static DecisionRequest request(String id, boolean explain, Long atMicros) {
        return new DecisionRequest(
                Identity.parse(id, "id"), null, places(), Map.of("device", "mobile"), explain, atMicros, Set.of("x"));
    }

    private static List<PlacementRequest> places() {
        return List.of(new PlacementRequest("p", null), new PlacementRequest("q", 1));
    }

    private static List<String> ids(Decision decision) {
        return decision.placements().get(0).offers().stream()
                .map(Decision.ChosenOffer::id)
                .toList();
    }

    private Decision check(DecisionRequest request) {
        final Decision decision = decide(request);
        assertThat(decision).isEqualTo(plain(request));
        return decision;
    }

    private Decision decide(DecisionRequest request) {
        final View view = reader.enter();
        try {
            return deciding.decide(request, view, nowMicros.get()).toDecision();
        } finally {
            reader.leave();
        }
    }

    private Decision plain(DecisionRequest request) {
        final View view = reader.enter();
        try {
            final Identity identity = request.identity();
            final Profile stored = identity == null ? null : view.profile(identity);
            return PlainDecider.decide(request, stored, view.catalog(), nowMicros.get());
        } finally {
            reader.leave();
        }
    }

    private void put(String json) {
        apply(ProfileReader.readLine(
                StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8)), UpsertProfile.Mode.MERGE));
    }

    private void apply(Change change) {
        AppliedChanges.accepted(storage, change);
    }
}
