package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.MessageType;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.Decision;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.Erasure;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestEncoder;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ErasureOverBinaryTest {
    @TempDir
    private Path folder;

    private RunningBinaryServer server;
    private ZandloperClient client;
    private BlockingClient blocking;
    private UpsertResult written;

    @BeforeEach
    void start() {
        server = new RunningBinaryServer(folder);
        server.replaceCatalog("{\"segments\":[{\"id\":\"vip\"}],\"placements\":[{\"id\":\"hero\"}]}");
        client = server.connect();
        blocking = client.blocking();
        written = blocking.upsert(
                ProfileChange.merge("crm:1").addIdentity("cookie:2").addSegment("vip"));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void whoIsErasedIsNotFoundAtOnce() {
        final Erasure erasure = blocking.erase("COOKIE:2").orElseThrow();
        assertThat(erasure)
                .isEqualTo(new Erasure(
                        List.of("crm:1", "cookie:2"), written.sequence() + 1, RunningBinaryServer.START_MICROS));
        for (final String identity : erasure.erased()) {
            assertThat(blocking.profile(identity)).isEmpty();
            assertThat(blocking.testSegments(identity, List.of("vip")).isKnown())
                    .isFalse();
            assertThat(blocking.segments(identity).known()).isFalse();
            assertThat(blocking.decide(DecisionQuery.forProfile(identity).placement("hero"))
                            .reason())
                    .isEqualTo(Decision.Reason.UNKNOWN_PROFILE);
            assertThat(blocking.erase(identity)).isEmpty();
        }
        assertThat(server.metrics().refused(Port.BINARY, Refusal.NOT_FOUND)).isEqualTo(8);
        assertThat(server.metrics().latencies())
                .anyMatch(latency -> latency.operation() == Operation.BINARY_ERASE
                        && latency.sinceStart().count() == 3);
    }

    @Test
    void onlyTheVersionThatIsMeantIsErased() {
        assertRejected(() -> blocking.erase("crm:1", written.version() + 1), Status.PRECONDITION_FAILED);
        assertThat(blocking.profile("crm:1")).isPresent();
        assertThat(blocking.erase("crm:1", written.version())).isPresent();
        assertThat(blocking.erase("crm:1", written.version())).isEmpty();
    }

    @Test
    void onlyWhoMeansThisVeryPersonCreatesThemAgain() {
        blocking.erase("crm:1");
        assertRejected(() -> blocking.record(ProfileEvent.of("cookie:2", "click")), Status.IDENTITY_ERASED);
        assertRejected(
                () -> blocking.upsert(
                        ProfileChange.mergeByIdentities().id("crm:9").addIdentity("cookie:2")),
                Status.IDENTITY_ERASED);
        assertThat(blocking.profile("crm:9")).isEmpty();
        assertThat(blocking.upsert(ProfileChange.merge("cookie:2")).outcome()).isEqualTo(UpsertResult.Outcome.CREATED);
        blocking.record(ProfileEvent.of("cookie:2", "click"));
        assertThat(blocking.profile("cookie:2").orElseThrow().segments()).isEmpty();
    }

    @Test
    void whoCannotBeAnybodyIsNamed() {
        assertRejected(() -> blocking.erase("nocolon"), Status.INPUT_INVALID);
        assertThat(blocking.ping()).isEqualTo(written.sequence());
    }

    @Test
    void nobodyIsAnsweredWithoutABody() throws IOException {
        try (RawClient raw = new RawClient(server)) {
            raw.write(RawClient.frame(MessageType.ERASE, 7, new RequestEncoder().erase("crm:none", List.of())));
            final RawClient.Answer answer = raw.read();
            assertThat(answer.type()).isEqualTo(MessageType.ERASE.number());
            assertThat(answer.correlationId()).isEqualTo(7);
            assertThat(answer.status()).isSameAs(Status.PROFILE_UNKNOWN);
            assertThat(answer.body()).isEmpty();
        }
    }

    private static void assertRejected(ThrowingCallable call, Status status) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RequestRejectedException.class,
                        rejection -> assertThat(rejection.status())
                                .as(rejection.getMessage())
                                .isSameAs(status));
    }
}
