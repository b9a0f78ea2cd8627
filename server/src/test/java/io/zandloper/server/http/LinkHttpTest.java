package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.http.RunningServer.Answer;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linking, as the API's description says it. */
final class LinkHttpTest {
    private static final String CATALOG = """
            {"segments":[{"id":"vip"},{"id":"cart"}],"offers":[{"id":"loan"}],"placements":[{"id":"hero"}],
             "policies":{"identityPriority":["crm","email","cookie"]}}
            """;

    @TempDir
    private Path folder;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder);
        assertStatus(200, server.put("/v1/catalog", CATALOG));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void twoProfilesBecomeOneUnderTheNamespaceThatStandsFirst() {
        assertStatus(200, server.put("/v1/profiles/cookie:1", """
                {"attributes":{"device":"phone","name":"?"},"scores":{"loan":0.1,"card":0.2},"consent":{"purposes":[1]},
                 "segments":[{"id":"cart","expires":"2036-01-01T00:00:00Z"},
                             {"id":"vip","expires":"2036-01-01T00:00:00Z"}]}"""));
        assertStatus(
                200, server.post("/v1/events", "{\"profile\":\"cookie:1\",\"type\":\"click\",\"offer\":\"loan\"}"));
        assertStatus(200, server.put("/v1/profiles/crm:1", """
                {"identities":["email:1"],"attributes":{"age":41,"name":"Ada"},"scores":{"loan":0.3},
                 "segments":[{"id":"vip","expires":"2035-01-01T00:00:00Z"}]}"""));

        final Answer linked = link("cookie:1", "email:1");

        assertStatus(200, linked);
        assertThat(linked.json().get("profile").textValue()).isEqualTo("crm:1");
        final long sequence = linked.json().get("sequence").longValue();
        assertThat(linked.json().get("version").longValue()).isEqualTo(sequence);
        assertThat(sequence).isEqualTo(server.storage.sequence());
        final Answer export = server.get("/v1/profiles/cookie:1/export");
        final JsonNode one = export.json();
        assertThat(one.get("identities")).map(JsonNode::textValue).containsExactly("crm:1", "email:1", "cookie:1");
        assertThat(one.get("attributes").toString()).isEqualTo("{\"age\":41,\"device\":\"phone\",\"name\":\"Ada\"}");
        assertThat(one.get("scores").toString()).isEqualTo("{\"card\":0.2,\"loan\":0.3}");
        assertThat(one.get("consent").toString()).isEqualTo("{\"purposes\":[1]}");
        assertThat(one.get("segments").toString())
                .isEqualTo("[{\"id\":\"cart\",\"expires\":\"2036-01-01T00:00:00Z\"},"
                        + "{\"id\":\"vip\",\"expires\":\"2036-01-01T00:00:00Z\"}]");
        assertThat(one.get("events")).hasSize(1);
        assertThat(server.get("/v1/profiles/email:1/export").text()).isEqualTo(export.text());
        assertThat(server.get("/v1/profiles/crm:1").header("ETag")).isEqualTo("\"" + sequence + "\"");
    }

    @Test
    void ofTwoInTheSameNamespaceTheOlderSurvives() {
        assertStatus(200, server.put("/v1/profiles/x:b", "{}"));
        assertStatus(200, server.put("/v1/profiles/y:a", "{}"));
        assertThat(link("y:a", "x:b").json().get("profile").textValue()).isEqualTo("x:b");
    }

    @Test
    void whoeverIsUnknownIsAddedAndTheSameIsNoChange() {
        assertStatus(200, server.put("/v1/profiles/cookie:1", "{\"attributes\":{\"a\":1}}"));
        final Answer added = link("crm:1", "cookie:1");
        assertStatus(200, added);
        assertThat(added.json().get("profile").textValue()).isEqualTo("cookie:1");
        assertThat(server.get("/v1/profiles/crm:1").json().get("identities"))
                .map(JsonNode::textValue)
                .containsExactly("cookie:1", "crm:1");
        final long sequence = server.storage.sequence();
        final Answer same = link("crm:1", "cookie:1");
        assertStatus(200, same);
        assertThat(same.json()).isEqualTo(added.json());
        assertThat(server.storage.sequence()).isEqualTo(sequence);
    }

    @Test
    void nobodyAndTooManyAreRefused() {
        assertStatus(404, link("crm:1", "cookie:1"));
        assertStatus(404, link("crm:1", "crm:1"));
        assertStatus(200, server.put("/v1/profiles/crm:1", "{\"identities\":[" + cookies(1, 16) + "]}"));
        assertStatus(200, server.put("/v1/profiles/crm:2", "{\"identities\":[" + cookies(17, 31) + "]}"));
        assertStatus(422, link("crm:1", "crm:2"));
        assertThat(server.get("/v1/profiles/cookie:17").json().get("id").textValue())
                .isEqualTo("crm:2");
        assertStatus(200, server.patch("/v1/profiles/crm:2", "{\"identities\":{\"remove\":[\"cookie:31\"]}}"));
        assertStatus(200, link("crm:1", "crm:2"));
        assertThat(server.get("/v1/profiles/cookie:17").json().get("identities"))
                .hasSize(32);
        assertStatus(422, link("crm:1", "cookie:new"));
    }

    private Answer link(String a, String b) {
        return server.post("/v1/identities/link", "{\"a\":\"" + a + "\",\"b\":\"" + b + "\"}");
    }

    private static String cookies(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> "\"cookie:" + i + "\"")
                .collect(Collectors.joining(","));
    }

    private static void assertStatus(int status, Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    }
}
