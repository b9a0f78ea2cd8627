package io.zandloper.server.decide.compiled;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When an event's channel is the request's: both deciders, and each way of reading a profile, have the same answer. */
final class ChannelTest {
    private static final long NOW = 1_000_000_000;
    private static final Catalog CATALOG = CatalogReader.compile("""
            {"placements":[{"id":"p"}],
             "offers":[{"id":"o","caps":[{"scope":"channel","event":"impression","max":1,"window":"P1D"}]}]}""".getBytes(StandardCharsets.UTF_8), Catalog.EMPTY);
    private static final CompiledCatalog COMPILED = CompiledCatalog.of(CATALOG);

    /** @param ofRequest the request's channel; @param ofEvent the event's */
    private record Row(Object ofRequest, Object ofEvent, boolean isSame) {}

    static List<Row> rows() {
        return List.of(
                new Row("web", "web", true),
                new Row("web", "app", false),
                new Row("1", 1L, false),
                new Row(true, true, true),
                new Row(true, 1L, false),
                new Row(3.0, 3L, true),
                new Row(3L, 3.0, true),
                new Row(3L, 3.5, false),
                new Row(9007199254740993L, 0x1p53, false),
                new Row(9007199254740992L, 0x1p53, true),
                new Row(Long.MAX_VALUE, Long.MAX_VALUE, true),
                new Row(Long.MAX_VALUE, 0x1p63, false),
                new Row(0x1p63, Long.MAX_VALUE, false),
                new Row(0x1p63, 0x1p63, true),
                new Row(Long.MIN_VALUE, -0x1p63, true),
                new Row(-0x1p63, Long.MIN_VALUE, true),
                new Row(0L, -0.0, true),
                new Row(0.0, -0.0, false));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anEventCountsInTheChannelItWasIn(Row row) {
        final Event event =
                new Event(null, Event.IMPRESSION, "o", null, NOW, "o", null, Map.of("channel", row.ofEvent));
        final Profile profile = new Profile(
                List.of(Identity.parse("crm:1", "id")),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                null,
                new EventHistory(List.of(event), Collections.emptySortedMap(), List.of()),
                1,
                NOW,
                1,
                1);
        final DecisionRequest request = new DecisionRequest(
                profile.primary(),
                null,
                List.of(new PlacementRequest("p", null)),
                Map.of("channel", row.ofRequest),
                false,
                null,
                Set.of());

        assertThat(isCapped(PlainDecider.decide(request, profile, CATALOG, NOW)))
                .isEqualTo(row.isSame);
        assertThat(isCapped(compiled(request, HeapPerson.of(profile, true, COMPILED, NOW))))
                .isEqualTo(row.isSame);
        assertThat(isCapped(compiled(request, stored(profile)))).isEqualTo(row.isSame);
    }

    private static boolean isCapped(Decision decision) {
        return decision.placements().get(0).offers().isEmpty();
    }

    private static Decision compiled(DecisionRequest asked, Person person) {
        final CompiledRequest request = new CompiledRequest();
        request.read(asked, COMPILED, NOW);
        final CompiledDecision decision = new CompiledDecision(COMPILED);
        new CompiledDecider(COMPILED).decide(request, person, decision);
        return decision.toDecision(null, null, CATALOG.version());
    }

    private static RecordPerson stored(Profile profile) {
        final ByteBuffer encoded = new RecordCodec().encode(profile, RandomWorld.numbers(CATALOG));
        final byte[] record = new byte[encoded.remaining()];
        encoded.get(record);
        final RecordPerson person = new RecordPerson();
        person.of(record, 0, new long[0]);
        return person;
    }
}
