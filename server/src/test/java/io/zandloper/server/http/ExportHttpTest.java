package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.http.RunningServer.Answer;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export shows everything that is held, also what no other reader sees. */
final class ExportHttpTest {
    private static final String CATALOG = """
            {"segments":[{"id":"vip"},{"id":"gone"},{"id":"turned"},{"id":"short"},{"id":"ads","purposes":[4]},
                         {"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","product":"credit"}],"placements":[{"id":"hero"}]}
            """;
    private static final String LATER_CATALOG = """
            {"segments":[{"id":"vip"},{"id":"turned","rule":"true"},{"id":"short"},{"id":"ads","purposes":[4]},
                         {"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","product":"credit"}],"placements":[{"id":"hero"}]}
            """;
    private static final String PROFILE = """
            {"identities":["crm:1","cookie:ü/1"],
             "attributes":{"age":61,"balance":1.0,"interests":["a","b"],"vip":true,"name":"J. \\u2602"},
             "segments":["ads","gone",{"id":"short","expires":"2026-11-22T00:00:05Z"},"turned","vip"],
             "scores":{"loan":0.5,"other":3},
             "consent":{"purposes":[1,3]}}
            """;

    @TempDir
    private Path folder;

    private final AtomicLong nowMicros = new AtomicLong(Times.parseTime("2026-11-22T00:00:00Z", "now"));

    @Test
    void showsAllThatIsHeld() {
        try (RunningServer server = new RunningServer(folder, nowMicros::get, List.of())) {
            assertOk(server.put("/v1/catalog", CATALOG));
            final long version = assertOk(server.put("/v1/profiles/crm:1", PROFILE))
                    .get("version")
                    .longValue();
            assertOk(server.post("/v1/events", """
                    {"profile":"crm:1","id":"e-1","type":"convert","offer":"loan","placement":"hero",
                     "at":"2026-11-21T10:00:00.000001Z","value":12,"context":{"channel":"web","n":1,"d":1.0,"b":true}}"""));
            assertOk(server.post("/v1/events", "{\"profile\":\"crm:1\",\"type\":\"login\"}"));
            assertOk(server.put("/v1/catalog", LATER_CATALOG));
            nowMicros.addAndGet(10_000_000);

            final Answer answer = server.get("/v1/profiles/cookie:%C3%BC%2F1/export");

            final ObjectNode export = (ObjectNode) assertOk(answer);
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(export.get("eventIdHashes")).hasSize(1);
            assertThat(export.get("eventIdHashes").get(0).textValue()).matches("[0-9a-f]{16}");
            export.remove("eventIdHashes");
            assertThat(export).isEqualTo(json("""
                    {"id":"crm:1","identities":["crm:1","cookie:ü/1"],
                     "attributes":{"age":61,"balance":1.0,"interests":["a","b"],"name":"J. \\u2602","vip":true},
                     "segments":["ads","gone",{"id":"short","expires":"2026-11-22T00:00:05Z"},"turned","vip"],
                     "invisible":{"ads":"CONSENT","gone":"NOT_IN_CATALOG","short":"EXPIRED","turned":"COMPUTED"},
                     "computed":["turned","senior"],
                     "scores":{"loan":0.5,"other":3},
                     "consent":{"purposes":[1,3]},
                     "events":[{"id":"e-1","type":"convert","offer":"loan","placement":"hero",
                                "at":"2026-11-21T10:00:00.000001Z","product":"credit","value":12,
                                "context":{"channel":"web","n":1,"d":1.0,"b":true}},
                               {"type":"login","at":"2026-11-22T00:00:00Z","context":{}}],
                     "lastConverts":{"credit":"2026-11-21T10:00:00.000001Z"},
                     "version":%d,"updatedAt":"2026-11-22T00:00:00Z","createdSequence":%d,"sequence":%d}""".formatted(version, version, version + 2)));
        }
    }

    @Test
    void itsDocumentCanBeWrittenAgain() {
        try (RunningServer server = new RunningServer(folder, nowMicros::get, List.of())) {
            assertOk(server.put("/v1/catalog", CATALOG));
            assertOk(server.put("/v1/profiles/crm:1", PROFILE));
            final ObjectNode document =
                    (ObjectNode) server.get("/v1/profiles/crm:1/export").json();
            final JsonNode before = document.deepCopy();
            document.retain("attributes", "segments", "scores", "consent");
            assertOk(server.put("/v1/profiles/crm:2", document.toString()));
            final JsonNode after = server.get("/v1/profiles/crm:2/export").json();
            for (String part : List.of("attributes", "segments", "scores", "consent", "invisible")) {
                assertThat(after.get(part)).as(part).isEqualTo(before.get(part));
            }
        }
    }

    @Test
    void nobodyHasNothing() {
        try (RunningServer server = new RunningServer(folder, nowMicros::get, List.of())) {
            assertThat(server.get("/v1/profiles/crm:1/export").status()).isEqualTo(404);
            assertThat(server.get("/v1/profiles/nocolon/export").status()).isEqualTo(422);
        }
    }

    private static JsonNode assertOk(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json();
    }

    private static JsonNode json(String text) {
        return StrictJson.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
