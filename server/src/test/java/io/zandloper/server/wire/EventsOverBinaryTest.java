package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.Decision;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.EventResult;
import io.zandloper.protocol.client.EventResult.Outcome;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.protocol.schema.AttributeKind;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.EventRequest;
import io.zandloper.server.metrics.Operation;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
final class EventsOverBinaryTest {
    private static final String CATALOG = """
            {"offers":[{"id":"loan","product":"credit",
                        "caps":[{"scope":"offer","event":"impression","max":2,"window":"P1D"}]}],
             "placements":[{"id":"hero"}]}
            """;

    @TempDir
    private Path folder;

    private RunningBinaryServer server;
    private ZandloperClient client;
    private BlockingClient blocking;

    @BeforeEach
    void start() {
        server = new RunningBinaryServer(folder);
        server.replaceCatalog(CATALOG);
        client = server.connect();
        blocking = client.blocking();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void anEventIsStoredAsItWasSent() {
        final EventResult recorded = blocking.record(ProfileEvent.of("CRM:1", "convert")
                .id("e-1")
                .offer("loan")
                .placement("hero")
                .at(17)
                .product("other")
                .value(9L)
                .context("channel", "web")
                .context("n", 1L)
                .context("d", 1.0)
                .context("b", true));

        assertThat(recorded).isEqualTo(new EventResult("crm:1", 2, Outcome.CREATED));
        assertThat(events("crm:1"))
                .containsExactly(new Event(
                        "e-1",
                        "convert",
                        "loan",
                        "hero",
                        17,
                        "other",
                        9L,
                        Map.of("channel", "web", "n", 1L, "d", 1.0, "b", true)));
        assertThat(blocking.profile("crm:1").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void whatIsLeftOutIsFilledIn() {
        final UpsertResult written =
                blocking.upsert(ProfileChange.merge("crm:1").attribute("a", 1L));
        final EventResult recorded =
                blocking.record(ProfileEvent.of("crm:1", "click").offer("loan").value(0.0));
        assertThat(recorded.outcome()).isEqualTo(Outcome.RECORDED);
        assertThat(recorded.sequence()).isEqualTo(written.sequence() + 1);
        assertThat(events("crm:1"))
                .containsExactly(new Event(
                        null, "click", "loan", null, RunningBinaryServer.START_MICROS, "credit", 0.0, Map.of()));
        blocking.record(ProfileEvent.of("crm:1", "login"));
        assertThat(events("crm:1").get(1).value()).isNull();
    }

    @Test
    void anIdThatWasSeenChangesNothing() {
        final ProfileEvent event =
                ProfileEvent.of("crm:1", "impression").offer("loan").id("once");
        final EventResult first = blocking.record(event);
        final EventResult second = blocking.record(event);
        assertThat(second).isEqualTo(new EventResult("crm:1", first.sequence(), Outcome.DUPLICATE));
        assertThat(events("crm:1")).hasSize(1);
    }

    @Test
    void capsCountWhatWasRecorded() {
        blocking.upsert(ProfileChange.merge("crm:1").attribute("a", 1L));
        final DecisionQuery query = DecisionQuery.forProfile("crm:1").placement("hero");
        for (int shown = 0; shown < 2; shown++) {
            assertThat(offers(blocking.decide(query))).containsExactly("loan");
            blocking.record(ProfileEvent.of("crm:1", "impression").offer("loan"));
        }
        assertThat(offers(blocking.decide(query))).isEmpty();
        assertThat(server.metrics().latencies())
                .anyMatch(latency -> latency.operation() == Operation.BINARY_EVENT
                        && latency.sinceStart().count() == 2);
    }

    static Stream<Arguments> wrongEvents() {
        return Stream.of(
                Arguments.of(ProfileEvent.of("nocolon", "x"), "profile"),
                Arguments.of(ProfileEvent.of("crm:1", ""), "type"),
                Arguments.of(ProfileEvent.of("crm:1", "x".repeat(65)), "type"),
                Arguments.of(ProfileEvent.of("crm:1", "a\nb"), "type"),
                Arguments.of(ProfileEvent.of("crm:1", "x").id(""), "id"),
                Arguments.of(ProfileEvent.of("crm:1", "x").offer("a b"), "offer"),
                Arguments.of(ProfileEvent.of("crm:1", "x").placement(""), "placement"),
                Arguments.of(ProfileEvent.of("crm:1", "x").product("ü"), "product"),
                Arguments.of(ProfileEvent.of("crm:1", "x").at(Long.MAX_VALUE), "at"),
                Arguments.of(ProfileEvent.of("crm:1", "x").at(Long.MIN_VALUE + 1), "at"),
                Arguments.of(ProfileEvent.of("crm:1", "x").context("k", List.of("a")), "context.k"),
                Arguments.of(ProfileEvent.of("crm:1", "x").context("k", "y".repeat(255)), ""));
    }

    @ParameterizedTest
    @MethodSource("wrongEvents")
    void whatIsWrongIsNamed(ProfileEvent event, String path) {
        assertThatThrownBy(() -> blocking.record(event))
                .isInstanceOfSatisfying(RequestRejectedException.class, rejection -> {
                    assertThat(rejection.status()).isSameAs(Status.INPUT_INVALID);
                    assertThat(rejection.errors())
                            .extracting(RequestRejectedException.FieldError::path)
                            .containsExactly(path);
                });
        assertThat(blocking.profile("crm:1")).isEmpty();
        assertThat(blocking.ping()).isEqualTo(1);
    }

    @Test
    void whatOnlyOtherClientsCanSendIsNamedToo() throws IOException {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int profile = builder.createString("crm:1");
        final int type = builder.createString("x");
        final int name = builder.createString("k");
        io.zandloper.protocol.schema.Attribute.startAttribute(builder);
        io.zandloper.protocol.schema.Attribute.addName(builder, name);
        io.zandloper.protocol.schema.Attribute.addKind(builder, AttributeKind.Double);
        io.zandloper.protocol.schema.Attribute.addDoubleValue(builder, Double.NEGATIVE_INFINITY);
        final int context = EventRequest.createContextVector(
                builder, new int[] {io.zandloper.protocol.schema.Attribute.endAttribute(builder)});
        EventRequest.startEventRequest(builder);
        EventRequest.addProfile(builder, profile);
        EventRequest.addType(builder, type);
        EventRequest.addDoubleValue(builder, Double.POSITIVE_INFINITY);
        EventRequest.addContext(builder, context);
        builder.finish(EventRequest.endEventRequest(builder));
        try (RawClient raw = new RawClient(server)) {
            raw.write(RawClient.frame(MessageType.EVENT, 1, builder.dataBuffer()));
            final RawClient.Answer answer = raw.read();
            assertThat(answer.status()).isSameAs(Status.INPUT_INVALID);
            final ErrorResponse error = ErrorResponse.getRootAsErrorResponse(ByteBuffer.wrap(answer.body()));
            final List<String> paths = new ArrayList<>();
            for (int i = 0; i < error.errorsLength(); i++) {
                paths.add(error.errors(i).path());
            }
            assertThat(paths).containsExactlyInAnyOrder("value", "context.k");
        }
    }

    private static List<String> offers(Decision decision) {
        return decision.placements().get(0).offers().stream()
                .map(Decision.Offer::id)
                .toList();
    }

    private List<Event> events(String identity) {
        try (var reader = server.storage().newReader()) {
            final View view = reader.enter();
            try {
                final Profile profile = Objects.requireNonNull(view.profile(Identity.parse(identity, "profile")));
                return profile.history().events();
            } finally {
                reader.leave();
            }
        }
    }
}
