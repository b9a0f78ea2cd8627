package io.zandloper.server.decisionlog;

import io.zandloper.server.AppliedChanges;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.catalog.StoredCatalogs;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.disk.FileDisk;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A storage, decisions over it, and a log of them that is written when the test says so. */
final class LoggedWorld implements AutoCloseable {
    static final long NOW = Times.parseTime("2026-11-22T12:00:00Z", "now");
    static final String CATALOG = """
            {"segments":[{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"card","purposes":[4],"eligibility":"context.device != 'tv'","value":5,
                        "contextWeights":[{"when":"'place' in context","weight":10}]},
                       {"id":"loan","eligibility":"profile.age >= 18","value":3},
                       {"id":"news","eligibility":"false"}],
             "placements":[{"id":"hero","fallback":["news"]},{"id":"box","count":2}],
             "policies":{"holdout":{"percent":0,"salt":"a"}}}""";

    final AtomicLong nowMicros = new AtomicLong(NOW);
    final AtomicLong nowNanos = new AtomicLong();
    final Path folder;
    final Storage storage;
    final DecisionLog log;
    private final StorageReader reader;
    private final Decisions decisions;
    private final Deciding deciding;

    LoggedWorld(Path folder) {
        this(folder, new DecisionLogSettings(folder.resolve("log"), 1 << 20, 4, 0), FileDisk.INSTANCE);
    }

    LoggedWorld(Path folder, DecisionLogSettings settings, Disk disk) {
        this.folder = folder;
        this.storage = Storage.open(
                StorageConfig.of(folder.resolve("data"))
                        .with(SnapshotSettings.ON_DEMAND)
                        .withoutOwnChanges(),
                new StoredCatalogs(),
                nowMicros::get);
        this.log = new DecisionLog(
                settings,
                new DecisionLog.World(
                        disk,
                        nowMicros::get,
                        nowNanos::get,
                        storage::newIdentityHash,
                        storage::readErasures,
                        () -> storage.catalog().policies().erasureBoundMicros()));
        storage.observe(log.observer());
        decisions = Decisions.heardBy(log::newListener);
        deciding = decisions.newDeciding();
        reader = storage.newReader();
    }

    void catalog(String json) {
        final byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        apply(new ReplaceCatalog(CatalogReader.compile(utf8, Catalog.EMPTY), utf8, null));
        decisions.prepare(storage.catalog());
    }

    void person(String json) {
        apply(ProfileReader.readLine(
                StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8)), UpsertProfile.Mode.MERGE));
    }

    ChangeOutcome apply(Change change) {
        return AppliedChanges.accepted(storage, change);
    }

    Path snapshot() throws Exception {
        return storage.snapshot().get(60, TimeUnit.SECONDS);
    }

    Decision decide(String person, String... placements) {
        return decide(request(person, Map.of("device", "mobile"), placements));
    }

    Decision decide(DecisionRequest request) {
        try {
            return deciding.decide(request, reader.enter(), nowMicros.get()).toDecision();
        } finally {
            reader.leave();
        }
    }

    static DecisionRequest request(String person, Map<String, Object> context, String... placements) {
        return new DecisionRequest(
                person == null ? null : Identity.parse(person, "id"),
                null,
                List.of(placements).stream()
                        .map(id -> new PlacementRequest(id, null))
                        .toList(),
                context,
                false,
                null,
                Set.of());
    }

    /** Has everything written that was handed over. */
    void write() {
        while (log.work()) {
            // There was something, there may be more.
        }
    }

    Read read() {
        final Read read = new Read();
        DecisionLogReader.files(folder.resolve("log")).forEach(file -> DecisionLogReader.read(file, read));
        return read;
    }

    /** What is in a log. */
    static final class Read implements DecisionLogReader.Handler {
        final List<LoggedDecision> decisions = new ArrayList<>();
        final List<String> damage = new ArrayList<>();
        int erased;

        @Override
        public void onDecision(LoggedDecision decision) {
            decisions.add(decision);
        }

        @Override
        public void onErased() {
            erased++;
        }

        @Override
        public void onDamage(Path file, long offset, long lengthBytes, boolean atEnd) {
            damage.add(offset + "+" + lengthBytes + (atEnd ? " at the end" : ""));
        }
    }

    @Override
    public void close() {
        log.stop();
        reader.close();
        decisions.close();
        storage.close();
    }
}
