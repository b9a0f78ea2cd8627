package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.Await;
import io.zandloper.server.http.RunningServer.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of one document a line. */
@ExtendWith(SharedServer.class)
final class NdjsonTest {
    static List<List<Object>> bodies() {
        return List.of(
                // body, accepted, lines rejected
                List.of("", 0, List.of()),
                List.of("\n", 0, List.of()),
                List.of("\r\n \t \r\n\n", 0, List.of()),
                List.of("{\"id\":\"nd:1\"}", 1, List.of()),
                List.of("{\"id\":\"nd:1\"}\n", 1, List.of()),
                List.of("{\"id\":\"nd:1\"}\r\n{\"id\":\"nd:2\"}\r\n", 2, List.of()),
                List.of("\n\n{\"id\":\"nd:1\"}\n\n\nx\n", 1, List.of(6L)),
                List.of("\uFEFF{\"id\":\"nd:1\"}\n", 1, List.of()),
                List.of("  {\"id\":\"nd:1\"}  \n", 1, List.of()),
                List.of("{\"id\":\"nd:1\"} {\"id\":\"nd:2\"}\n", 0, List.of(1L)),
                List.of("{}\n[]\n1\n\"x\"\nnull\n{\"id\":\"nd:1\"}", 1, List.of(1L, 2L, 3L, 4L, 5L)),
                List.of("{\"attributes\":{}}\n{\"identities\":[]}\n{\"identities\":[\"nd:3\"]}", 1, List.of(1L, 2L)),
                List.of(
                        "{\"id\":\"nd:4\",\"segments\":[\"unknown\"]}\n{\"id\":\"nd:4\",\"segments\":[\"vip\"]}\n{\"id\":\"nd:4\",\"segments\":[\"senior\"]}",
                        1,
                        List.of(1L, 3L)),
                List.of("{\"id\":\"nd:5\"\n}\n", 0, List.of(1L, 2L)),
                List.of("{\"id\":\"nd:1\"}\u0000\n", 0, List.of(1L)));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void countsAndReportsLines(List<Object> row, RunningServer server) {
        final Answer answer = server.bulk((String) row.get(0));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("accepted").intValue())
                .as(answer.toString())
                .isEqualTo(row.get(1));
        assertThat(answer.json().get("errors"))
                .extracting(error -> (Object) error.get("line").longValue())
                .isEqualTo(row.get(2));
        assertThat(answer.json().get("rejected").intValue()).isEqualTo(((List<?>) row.get(2)).size());
        assertThat(answer.json().get("errors"))
                .allSatisfy(error -> assertThat(error.get("reason").textValue()).isNotBlank());
    }

    @Test
    void refusesBytesThatAreNoUtf8LineByLine(RunningServer server) {
        final byte[] body =
                "{\"id\":\"nd:x\"}\n{\"id\":\"nd:?\"}\n{\"id\":\"nd:y\"}\n".getBytes(StandardCharsets.UTF_8);
        body[new String(body, StandardCharsets.ISO_8859_1).indexOf('?')] = (byte) 0xFF;
        final JsonNode answer = server.sendBytes("POST", "/v1/bulk", body, "Content-Type", RunningServer.NDJSON)
                .json();
        assertThat(answer.get("accepted").intValue()).isEqualTo(2);
        assertThat(answer.at("/errors/0/line").intValue()).isEqualTo(2);
    }

    @Test
    void takesLinesUpToTheLimitAndTellsOfLongerOnes(RunningServer server) {
        final String line = "{\"id\":\"nd:long\"}";
        final String longest = line + " ".repeat(HttpLimits.LINE_BYTES_MAX - line.length());
        for (String end : List.of("", "\n", "\r\n")) {
            final Answer answer = server.bulk(longest + end);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().get("accepted").intValue()).isEqualTo(1);
        }
        for (String end : List.of("", "\n", "\r\n", " ".repeat(5_000_000))) {
            final Answer answer = server.bulk("{\"id\":\"nd:before\"}\nx\n" + longest + " " + end);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("detail").textValue()).contains("line 3");
            assertThat(answer.json().get("accepted").intValue()).isEqualTo(1);
            assertThat(answer.json().get("rejected").intValue()).isEqualTo(1);
            assertThat(answer.json().at("/errors/0/line").intValue()).isEqualTo(2);
        }
    }

    @Test
    void buildsOneProfileFromSeveralSourcesInTheOrderOfTheLines(RunningServer server) {
        final Answer answer = server.bulk("""
                {"id":"nd-crm:1","identities":["nd-cookie:1"],"attributes":{"a":1,"b":1}}
                {"id":"nd-cookie:1","attributes":{"b":2,"c":2}}
                {"identities":["nd-cookie:1","nd-maid:1"],"attributes":{"c":null,"d":4}}
                {"id":"nd-crm:2"}
                {"identities":["nd-crm:1","nd-crm:2"]}
                """);
        assertThat(answer.json().get("accepted").intValue()).isEqualTo(4);
        assertThat(answer.json().at("/errors/0/line").intValue()).isEqualTo(5);
        final JsonNode profile = server.get("/v1/profiles/nd-maid:1").json();
        assertThat(profile.get("id").textValue()).isEqualTo("nd-crm:1");
        assertThat(profile.get("attributes").toString()).isEqualTo("{\"a\":1,\"b\":2,\"d\":4}");
        assertThat(answer.header("Zandloper-Sequence"))
                .isEqualTo(answer.json().get("sequence").toString());
    }

    @Test
    void replacesWhenToldTo(RunningServer server) {
        server.bulk("{\"id\":\"nd:r\",\"attributes\":{\"a\":1},\"segments\":[\"vip\"]}");
        server.post(
                "/v1/bulk?mode=replace",
                "{\"id\":\"nd:r\",\"attributes\":{\"b\":2}}",
                "Content-Type",
                RunningServer.NDJSON);
        assertThat(server.get("/v1/profiles/nd:r").json().get("attributes").toString())
                .isEqualTo("{\"b\":2}");
        assertThat(server.get("/v1/profiles/nd:r").json().get("segments")).isEmpty();
    }

    @Test
    void listsTheFirstHundredErrors(RunningServer server) {
        final StringBuilder lines = new StringBuilder();
        for (int i = 1; i <= 2_000; i++) {
            // Some are wrong in themselves, some only for the writer, which tells later.
            lines.append(i % 2 == 0 ? "{\"id\":\"nd:e\",\"segments\":[\"unknown\"]}\n" : "nonsense\n");
        }
        final JsonNode answer = server.bulk(lines.toString()).json();
        assertThat(answer.get("rejected").intValue()).isEqualTo(2_000);
        assertThat(answer.get("errors")).hasSize(100);
        for (int i = 0; i < 100; i++) {
            assertThat(answer.get("errors").get(i).get("line").intValue()).isEqualTo(i + 1);
        }
    }

    @Test
    void takesManyLinesAtOnceFromManySenders(RunningServer server) throws Exception {
        final int senders = 4;
        final int linesEach = 10_000;
        final List<CompletableFuture<Answer>> answers = new java.util.ArrayList<>();
        for (int sender = 0; sender < senders; sender++) {
            final StringBuilder lines = new StringBuilder();
            for (int i = 0; i < linesEach; i++) {
                lines.append("{\"id\":\"nd-many:")
                        .append(sender)
                        .append('-')
                        .append(i % 1_000)
                        .append("\",\"attributes\":{\"n\":")
                        .append(i)
                        .append("}}\n");
            }
            answers.add(CompletableFuture.supplyAsync(() -> server.bulk(lines.toString())));
        }
        for (int sender = 0; sender < senders; sender++) {
            final Answer answer = answers.get(sender).get(120, TimeUnit.SECONDS);
            assertThat(answer.json().get("accepted").intValue()).isEqualTo(linesEach);
            assertThat(server.get("/v1/profiles/nd-many:" + sender + "-999")
                            .json()
                            .at("/attributes/n")
                            .intValue())
                    .isEqualTo(linesEach - 1);
        }
    }

    @Test
    void countsEventsDuplicatesAndRejections(RunningServer server) {
        final Answer answer = server.post("/v1/events", """
                {"id":"e1","profile":"nd-ev:1","type":"impression","offer":"loan","at":"2026-01-01T00:00:00Z"}
                {"id":"e1","profile":"nd-ev:1","type":"impression","offer":"loan"}
                {"profile":"nd-ev:2","type":"click","context":{"channel":"web","n":1,"b":true,"d":1.5},"value":9.99}

                {"profile":"nd-ev:2"}
                {"profile":"nd-ev:2","type":"x","context":{"a":null}}
                """, "Content-Type", RunningServer.NDJSON);
        assertThat(answer.json().get("accepted").intValue()).isEqualTo(2);
        assertThat(answer.json().get("duplicates").intValue()).isEqualTo(1);
        assertThat(answer.json().get("rejected").intValue()).isEqualTo(2);
        assertThat(answer.json().get("errors"))
                .extracting(error -> error.get("line").intValue())
                .containsExactly(5, 6);
        assertThat(server.get("/v1/profiles/nd-ev:2").status()).isEqualTo(200);
    }

    @Test
    void tellsWhyASingleEventIsRefused(RunningServer server) {
        final Answer answer =
                server.post("/v1/events", "{\"profile\":\"nd-ev:3\",\"type\":\"\",\"at\":\"now\",\"value\":\"1\"}");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("accepted").intValue()).isZero();
        assertThat(answer.json().get("rejected").intValue()).isEqualTo(1);
        assertThat(answer.json().get("errors"))
                .extracting(error -> error.get("path").textValue())
                .containsExactlyInAnyOrder("type", "at", "value");
        assertThat(server.get("/v1/profiles/nd-ev:3").status()).isEqualTo(404);
    }

    @Test
    void forgetsASenderThatLeavesInTheMiddle(RunningServer server) {
        for (int i = 0; i < 3 * HttpLimits.STREAMS_MAX; i++) {
            try (RawConnection connection = new RawConnection(server.port())) {
                connection.write("POST /v1/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                        + "Content-Length: 1000000\r\n\r\n{\"id\":\"nd-left:" + i + "\"}\n{\"id\":\"nd-left:");
                // The line above is written before the next connection may have its place.
                final String path = "/v1/profiles/nd-left:" + i;
                org.assertj.core.api.Assertions.assertThat(
                                Await.until(() -> server.get(path).status() == 200))
                        .isTrue();
            }
        }
        assertThat(Await.until(() -> server.bulk("{\"id\":\"nd:after\"}").status() == 200))
                .isTrue();
    }
}
