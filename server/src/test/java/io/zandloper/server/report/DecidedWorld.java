package io.zandloper.server.report;

import io.zandloper.server.AppliedChanges;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.EventReader;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A storage with a catalog, decisions over it, and what is counted of them. */
final class DecidedWorld implements AutoCloseable {
    static final long NOW = Times.parseTime("2026-11-22T12:00:00Z", "now");
    static final String CATALOG = """
            {"offers":[{"id":"card","purposes":[4],"value":5,
                        "caps":[{"scope":"offer","event":"impression","max":1,"window":"P1D"}]},
                       {"id":"loan","eligibility":"profile.age >= 18","value":3},
                       {"id":"news","eligibility":"false"}],
             "placements":[{"id":"hero","fallback":["news"]},{"id":"box","count":2}],
             "policies":{"holdout":{"percent":%s,"salt":"%s"}}}""";

    final Storage storage;
    final OfferReports reports;
    final Decisions decisions;
    final AtomicLong nowMicros = new AtomicLong(NOW);

    /** @param reasonSharePercent 0 explains nothing */
    DecidedWorld(Path folder, int reasonSharePercent) {
        storage = Storage.open(
                StorageConfig.of(folder), json -> CatalogReader.compile(json, Catalog.EMPTY), nowMicros::get);
        reports = new OfferReports(nowMicros::get, System::nanoTime, storage::catalog, reasonSharePercent);
        reports.keepIn(folder);
        storage.observe(reports.observer());
        decisions = Decisions.heardBy(reports::newTally);
        reports.explainWith(new StoredExplaining(storage.newReader(), decisions.newDeciding(DecisionListener.NONE)));
    }

    void catalog(double percent, String salt) {
        final byte[] json = CATALOG.formatted(percent, salt).getBytes(StandardCharsets.UTF_8);
        apply(new ReplaceCatalog(CatalogReader.compile(json, Catalog.EMPTY), json, null));
        decisions.prepare(storage.catalog());
    }

    void person(String id, int age) {
        apply(ProfileReader.readLine(
                StrictJson.parseObject("{\"id\":\"%s\",\"attributes\":{\"age\":%d},\"consent\":{\"purposes\":[4]}}"
                        .formatted(id, age)
                        .getBytes(StandardCharsets.UTF_8)),
                UpsertProfile.Mode.MERGE));
    }

    void event(String json) {
        apply(EventReader.read(StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8)), nowMicros.get()));
    }

    ChangeOutcome apply(Change change) {
        return AppliedChanges.accepted(storage, change);
    }

    /** What one event loop has. */
    Loop newLoop() {
        return new Loop(storage.newReader(), decisions.newDeciding());
    }

    record Loop(StorageReader reader, Deciding deciding) implements AutoCloseable {
        Decision decide(String person, String... placements) {
            return decide(request(person, false, null, placements), NOW);
        }

        Decision decide(DecisionRequest request, long nowMicros) {
            try {
                return deciding.decide(request, reader.enter(), nowMicros).toDecision();
            } finally {
                reader.leave();
            }
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    static DecisionRequest request(String person, boolean explain, Long atMicros, String... placements) {
        return new DecisionRequest(
                person == null ? null : Identity.parse(person, "id"),
                null,
                List.of(placements).stream()
                        .map(id -> new PlacementRequest(id, null))
                        .toList(),
                Map.of(),
                explain,
                atMicros,
                Set.of());
    }

    OfferReport report() {
        reports.settle();
        return reports.report();
    }

    OfferReport.Row row(String offer, String placement) {
        return report().rows().stream()
                .filter(row -> offer.equals(row.offer())
                        && (placement == null ? row.placement() == null : placement.equals(row.placement())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row of " + offer + " in " + placement));
    }

    @Override
    public void close() {
        decisions.close();
        reports.stopExplaining();
        storage.close();
        reports.close();
    }
}
