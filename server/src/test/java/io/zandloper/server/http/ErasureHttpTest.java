package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.http.RunningServer.Answer;
import io.zandloper.storage.profile.Times;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is erased is gone for every reader at once, and comes back only where somebody means this very person. */
final class ErasureHttpTest {
    private static final String CATALOG = """
            {"segments":[{"id":"vip"}],"offers":[{"id":"loan"}],"placements":[{"id":"hero"}]}
            """;
    private static final String EVENT = "{\"profile\":\"cookie:1\",\"type\":\"click\"}";

    @TempDir
    private Path folder;

    private final AtomicLong nowMicros = new AtomicLong(Times.parseTime("2026-11-22T00:00:00Z", "now"));
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder, nowMicros::get, List.of());
        assertStatus(200, server.put("/v1/catalog", CATALOG));
        assertStatus(200, server.put("/v1/profiles/crm:1", "{\"identities\":[\"cookie:1\"],\"segments\":[\"vip\"]}"));
        assertStatus(200, server.post("/v1/events", EVENT));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whoIsErasedIsGoneAtOnceUnderEveryName() {
        final Answer erased = server.send("DELETE", "/v1/profiles/COOKIE:1", null);
        assertStatus(200, erased);
        assertThat(erased.json().get("erased")).map(JsonNode::textValue).containsExactly("crm:1", "cookie:1");
        assertThat(erased.json().get("at").textValue()).isEqualTo("2026-11-22T00:00:00Z");
        final long sequence = erased.json().get("sequence").longValue();
        assertThat(sequence).isEqualTo(4);
        assertThat(erased.header("Zandloper-Sequence")).isEqualTo("4");
        for (String identity : List.of("crm:1", "cookie:1")) {
            for (String call : List.of("", "/segments", "/segments?test=vip", "/export")) {
                assertStatus(404, server.get("/v1/profiles/" + identity + call));
            }
            final Answer decision = server.post(
                    "/v1/decisions", "{\"profile\":\"" + identity + "\",\"placements\":[{\"id\":\"hero\"}]}");
            assertThat(decision.json().get("reason").textValue()).isEqualTo("UNKNOWN_PROFILE");
            assertThat(decision.json().get("profile").isNull()).isTrue();
        }
        assertStatus(404, server.send("DELETE", "/v1/profiles/crm:1", null));
        assertThat(server.storage.sequence()).isEqualTo(sequence);
    }

    @Test
    void onlyTheVersionThatIsMeantIsErased() {
        final long version =
                server.get("/v1/profiles/crm:1").json().get("version").longValue();
        assertStatus(412, server.send("DELETE", "/v1/profiles/crm:1", null, "If-Match", "\"" + (version + 1) + "\""));
        assertStatus(412, server.send("DELETE", "/v1/profiles/crm:1", null, "If-Match", "W/\"" + version + "\""));
        assertStatus(400, server.send("DELETE", "/v1/profiles/crm:1", null, "If-None-Match", "*"));
        assertStatus(200, server.get("/v1/profiles/crm:1"));
        assertStatus(200, server.send("DELETE", "/v1/profiles/crm:1", null, "If-Match", "\"" + version + "\", \"7\""));
        assertStatus(404, server.send("DELETE", "/v1/profiles/crm:1", null, "If-Match", "*"));
    }

    @Test
    void aLateEventIsRejectedAndSaysSo() {
        assertStatus(200, server.send("DELETE", "/v1/profiles/crm:1", null));
        final Answer event = server.post("/v1/events", EVENT);
        assertStatus(422, event);
        assertThat(event.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(event.json().get("detail").textValue()).contains("cookie:1").contains("erased");
        assertThat(event.json().get("accepted").intValue()).isZero();
        assertThat(event.json().get("rejected").intValue()).isEqualTo(1);
        assertThat(event.json().get("errors").get(0).get("path").textValue()).isEqualTo("profile");

        final Answer lines = server.post(
                "/v1/events",
                EVENT + "\n{\"profile\":\"crm:2\",\"type\":\"click\"}\n",
                "Content-Type",
                RunningServer.NDJSON);
        assertStatus(200, lines);
        assertThat(lines.json().get("accepted").intValue()).isEqualTo(1);
        assertThat(lines.json().get("rejected").intValue()).isEqualTo(1);
        assertThat(lines.json().get("errors").get(0).get("line").intValue()).isEqualTo(1);
        assertThat(lines.json().get("errors").get(0).get("reason").textValue()).contains("erased");
        assertStatus(404, server.get("/v1/profiles/cookie:1"));
    }

    @Test
    void aLateBulkLineIsRejectedAndSaysSo() {
        assertStatus(200, server.send("DELETE", "/v1/profiles/crm:1", null));
        for (String mode : List.of("merge", "replace")) {
            final Answer bulk = server.post("/v1/bulk?mode=" + mode, """
                    {"id":"crm:3"}
                    {"id":"crm:1","attributes":{"a":1}}
                    {"id":"crm:4","identities":["cookie:1"]}
                    """, "Content-Type", RunningServer.NDJSON);
            assertStatus(200, bulk);
            assertThat(bulk.json().get("accepted").intValue()).isEqualTo(1);
            assertThat(bulk.json().get("rejected").intValue()).isEqualTo(2);
            assertThat(bulk.json().get("errors"))
                    .map(error -> error.get("line").intValue())
                    .containsExactly(2, 3);
            assertThat(bulk.json().get("errors"))
                    .allMatch(error -> error.get("reason").textValue().contains("erased"));
        }
        assertStatus(404, server.get("/v1/profiles/crm:1"));
        assertStatus(404, server.get("/v1/profiles/crm:4"));
    }

    @Test
    void aPutOrPatchCreatesAgainAndThenEventsAreTaken() {
        assertStatus(200, server.send("DELETE", "/v1/profiles/crm:1", null));
        assertStatus(200, server.put("/v1/profiles/cookie:1", "{}"));
        final JsonNode again = server.get("/v1/profiles/cookie:1").json();
        assertThat(again.get("identities")).map(JsonNode::textValue).containsExactly("cookie:1");
        assertThat(again.get("segments")).isEmpty();
        assertStatus(200, server.post("/v1/events", EVENT));
        assertThat(server.get("/v1/profiles/cookie:1/export").json().get("events"))
                .hasSize(1);
        assertStatus(200, server.patch("/v1/profiles/crm:1", "{}"));
        assertStatus(200, server.bulk("{\"id\":\"crm:1\",\"attributes\":{\"a\":1}}"));
        assertThat(server.get("/v1/profiles/crm:1").json().at("/attributes/a").intValue())
                .isEqualTo(1);
    }

    @Test
    void afterSevenDaysAnEventCreatesAgain() {
        assertStatus(200, server.send("DELETE", "/v1/profiles/crm:1", null));
        nowMicros.addAndGet(Duration.ofDays(7).toNanos() / 1_000 - 1);
        assertStatus(422, server.post("/v1/events", EVENT));
        nowMicros.addAndGet(2);
        assertStatus(200, server.post("/v1/events", EVENT));
        assertStatus(200, server.get("/v1/profiles/cookie:1"));
    }

    private static void assertStatus(int status, Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    }
}
