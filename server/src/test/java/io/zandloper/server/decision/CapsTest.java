package io.zandloper.server.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.AppliedChanges;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is shown what is decided, one offer after the other, is never shown more than any cap allows. */
final class CapsTest {
    private static final long SEED = Long.getLong("zandloper.decide.seed", 31);
    private static final long MINUTE = 60_000_000L;
    private static final int SHOWN = 600;
    private static final List<String> CHANNELS = List.of("web", "app");
    private static final Identity PERSON = new Identity("crm", "1");
    private static final byte[] CATALOG = """
            {"placements":[{"id":"p"}],
             "offers":[{"id":"a","group":"g","value":9,"caps":[{"scope":"offer","event":"impression","max":3,"window":"PT2H"}]},
                       {"id":"b","group":"g","value":8,"caps":[{"scope":"offer","event":"impression","max":1,"window":"PT20M"},
                                                              {"scope":"offer","event":"impression","max":5,"window":"P1D"}]},
                       {"id":"c","group":"h","value":7,"caps":[{"scope":"group","event":"impression","max":4,"window":"PT3H"}]},
                       {"id":"d","group":"h","value":6,"caps":[{"scope":"group","event":"impression","max":4,"window":"PT3H"}]},
                       {"id":"e","value":5,"caps":[{"scope":"channel","event":"impression","max":6,"window":"PT4H"}]},
                       {"id":"f","value":4},{"id":"i","value":3,"group":"g"}],
             "policies":{"caps":[{"scope":"global","event":"impression","max":25,"window":"P1D"},
                                 {"scope":"channel","event":"impression","max":16,"window":"PT12H"}]}}""".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private final AtomicLong nowMicros = new AtomicLong(Times.parseTime("2026-11-15T12:00:00Z", "now"));
    private final Decisions decisions = new Decisions(DecisionListener.NONE);
    private final Deciding deciding = decisions.newDeciding();
    private Storage storage;
    private StorageReader reader;

    /** What was shown. */
    private record Shown(CatalogDocument.Offer offer, String channel, long atMicros) {}

    @BeforeEach
    void open() {
        storage = Storage.open(
                StorageConfig.of(folder), json -> CatalogReader.compile(json, Catalog.EMPTY), nowMicros::get);
        reader = storage.newReader();
        apply(new ReplaceCatalog(CatalogReader.compile(CATALOG, Catalog.EMPTY), CATALOG, null));
    }

    @AfterEach
    void close() {
        reader.close();
        storage.close();
        decisions.close();
    }

    @Test
    void noSequenceOfEventsExceedsOne() {
        System.out.println("CapsTest: zandloper.decide.seed=" + SEED);
        final SplittableRandom random = new SplittableRandom(SEED);
        final List<Shown> past = new ArrayList<>();
        int nothing = 0;
        while (past.size() < SHOWN) {
            final String channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
            final Decision decision = decide(channel);
            final List<ChosenOffer> offers = decision.placements().get(0).offers();
            if (offers.isEmpty()) {
                nothing++;
            } else {
                final Shown shown =
                        new Shown(storage.catalog().offer(offers.get(0).id()).document(), channel, nowMicros.get());
                past.add(shown);
                checkCaps(shown, past);
                record(shown);
            }
            nowMicros.addAndGet(random.nextLong(8 * MINUTE) + random.nextInt(2) * random.nextLong(90 * MINUTE));
        }
        // Caps that never bite would not be tested.
        assertThat(nothing).isPositive();
    }

    private void checkCaps(Shown last, List<Shown> past) {
        final List<Cap> caps = new ArrayList<>(last.offer.caps());
        caps.addAll(storage.catalog().policies().caps());
        for (Cap cap : caps) {
            final long counted = past.stream()
                    .filter(shown -> shown.atMicros > last.atMicros - cap.windowMicros())
                    .filter(shown -> isCounted(shown, last, cap.scope()))
                    .count();
            assertThat(counted)
                    .as("%s of %s at %d", cap, last.offer.id(), last.atMicros)
                    .isLessThanOrEqualTo(cap.max());
        }
    }

    private static boolean isCounted(Shown shown, Shown last, Scope scope) {
        return switch (scope) {
            case OFFER -> shown.offer.id().equals(last.offer.id());
            case GROUP -> shown.offer.group() != null && Objects.equals(shown.offer.group(), last.offer.group());
            case CHANNEL -> shown.channel.equals(last.channel);
            case GLOBAL -> true;
        };
    }

    private Decision decide(String channel) {
        final View view = reader.enter();
        try {
            final DecisionRequest request = new DecisionRequest(
                    PERSON,
                    null,
                    List.of(new PlacementRequest("p", null)),
                    Map.of("channel", channel),
                    false,
                    null,
                    Set.of());
            return deciding.decide(request, view, nowMicros.get()).toDecision();
        } finally {
            reader.leave();
        }
    }

    private void record(Shown shown) {
        apply(new RecordEvent(
                PERSON,
                null,
                Event.IMPRESSION,
                shown.offer.id(),
                "p",
                shown.atMicros,
                null,
                null,
                Map.of("channel", shown.channel)));
    }

    private void apply(Change change) {
        AppliedChanges.accepted(storage, change);
    }
}
