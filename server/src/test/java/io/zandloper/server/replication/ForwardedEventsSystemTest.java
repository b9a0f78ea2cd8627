package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.EventResult;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.Await;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever decides on a replica reports there what became of it: with and without {@code --forward-events}. */
final class ForwardedEventsSystemTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CATALOG = """
            {"offers":[{"id":"loan","caps":[{"scope":"offer","event":"impression","max":1,"window":"P1D"}]}],
             "placements":[{"id":"hero"}],"policies":{"consentDefault":"grant"}}""";
    private static final String DECISION = "{\"profile\":\"crm:1\",\"placements\":[{\"id\":\"hero\"}]}";
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final int WAIT_SECONDS = 60;

    @TempDir
    private Path folder;

    private ServerProcess primary;

    @BeforeEach
    void start() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG, StandardCharsets.UTF_8);
        primary = ServerProcess.serve(folder.resolve("primary"), "--catalog", catalog.toString());
    }

    @AfterEach
    void stop() throws Exception {
        primary.close();
    }

    private ServerProcess replica(String... options) throws Exception {
        final String[] all = new String[options.length + 2];
        all[0] = "--replica-of";
        all[1] = "127.0.0.1:" + primary.binaryPort();
        System.arraycopy(options, 0, all, 2, options.length);
        return ServerProcess.serve(folder.resolve("replica"), all);
    }

    private static ZandloperClient binary(ServerProcess server) {
        return ZandloperClient.builder("127.0.0.1", server.binaryPort())
                .deadline(DEADLINE)
                .connect();
    }

    private static HttpResponse<String> report(ServerProcess to, String id) throws Exception {
        return to.send(
                "POST",
                "/v1/events",
                "application/json",
                "{\"id\":\"" + id
                        + "\",\"profile\":\"crm:1\",\"type\":\"impression\",\"offer\":\"loan\",\"placement\":\"hero\"}");
    }

    private static JsonNode offers(ServerProcess of) throws Exception {
        return JSON.readTree(of.send("POST", "/v1/decisions", "application/json", DECISION)
                        .body())
                .path("placements")
                .path(0)
                .path("offers");
    }

    private static long sequence(ServerProcess of) throws Exception {
        return JSON.readTree(of.getAdmin("/admin/status").body())
                .path("sequence")
                .asLong();
    }

    private static JsonNode events(ServerProcess of) throws Exception {
        return JSON.readTree(of.get("/v1/profiles/crm:1/export").body()).path("events");
    }

    @Test
    void anEventIsSentOnAndAcknowledgedByThePrimary() throws Exception {
        try (ServerProcess replica = replica("--forward-events");
                ZandloperClient client = binary(replica)) {
            assertThat(offers(replica)).hasSize(1);

            final JsonNode reported = JSON.readTree(report(replica, "shown-1").body());
            assertThat(reported.path("accepted").asInt())
                    .as(reported.toString())
                    .isEqualTo(1);
            final long sequence = reported.path("sequence").asLong();
            assertThat(sequence).as("that of the primary").isEqualTo(sequence(primary));
            assertThat(events(primary)).hasSize(1);
            assertThat(replica.getAt("/v1/profiles/crm:1/export", sequence, WAIT_SECONDS)
                            .body())
                    .as("it comes back with the stream")
                    .contains("shown-1");
            assertThat(offers(replica)).as("capped").isEmpty();

            final JsonNode again = JSON.readTree(report(replica, "shown-1").body());
            assertThat(again.path("duplicates").asInt()).as(again.toString()).isEqualTo(1);

            final ProfileEvent click =
                    ProfileEvent.of("crm:1", "click").id("click-1").offer("loan");
            final EventResult recorded = client.blocking().record(click);
            assertThat(recorded.outcome()).isEqualTo(EventResult.Outcome.RECORDED);
            assertThat(recorded.sequence()).isEqualTo(sequence(primary)).isGreaterThan(sequence);
            assertThat(client.blocking().record(click).outcome()).isEqualTo(EventResult.Outcome.DUPLICATE);
            assertThat(events(primary)).hasSize(2);

            assertThat(replica.send("PUT", "/v1/profiles/crm:1", "application/json", "{}")
                            .statusCode())
                    .as("other writes are not sent on")
                    .isEqualTo(409);
            withoutThePrimary(replica, client);
        }
    }

    private void withoutThePrimary(ServerProcess replica, ZandloperClient client) throws Exception {
        primary.kill();
        final HttpResponse<String> unanswered = report(replica, "shown-2");
        assertThat(unanswered.statusCode()).as(unanswered.body()).isEqualTo(503);
        assertThat(unanswered.body()).contains("the primary did not take the event");
        assertThatThrownBy(() -> client.blocking().record(ProfileEvent.of("crm:1", "click")))
                .isInstanceOf(RequestRejectedException.class);
        assertThat(events(replica)).as("nothing is made up here").hasSize(2);

        assertThat(replica.sendAdmin("POST", "/admin/promote").statusCode()).isEqualTo(200);
        Await.process("its own events", () -> report(replica, "shown-3").statusCode() == 200);
        assertThat(events(replica)).hasSize(3);
    }

    @Test
    void withoutTheOptionItIsRefusedAndThePrimaryNamed() throws Exception {
        try (ServerProcess replica = replica();
                ZandloperClient client = binary(replica)) {
            final HttpResponse<String> refused = report(replica, "shown-1");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("http://127.0.0.1:" + primary.httpPort());
            assertThatThrownBy(() -> client.blocking().record(ProfileEvent.of("crm:1", "click")))
                    .isInstanceOfSatisfying(
                            RequestRejectedException.class,
                            e -> assertThat(e.status()).isEqualTo(Status.READ_ONLY))
                    .hasMessageContaining("127.0.0.1:" + primary.binaryPort());
            assertThat(primary.get("/v1/profiles/crm:1").statusCode()).isEqualTo(404);
        }
    }
}
