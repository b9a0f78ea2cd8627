package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.http.RunningServer.Answer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every status code of the contract, in the order in which they are judged. */
@ExtendWith(SharedServer.class)
final class StatusTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // method | path | content type | body | status
                "GET    | /                        |              |      | 404",
                "GET    | /v1                      |              |      | 404",
                "GET    | /v2/catalog              |              |      | 404",
                "GET    | /v1/profiles/s:nobody    |              |      | 404",
                "GET    | /v1/catalog?unknown=1    |              |      | 200",
                "GET    | /openapi.json            |              |      | 200",
                "POST   | /v1/catalog              | application/json | {} | 405",
                "DELETE | /v1/catalog              |              |      | 405",
                "BREW   | /v1/catalog              |              |      | 405",
                "GET    | /v1/bulk                 |              |      | 405",
                "GET    | /v1/decisions            |              |      | 405",
                "PUT    | /v1/profiles/s:1/segments | application/json | {} | 405",
                "OPTIONS| /v1/catalog              |              |      | 204",
                "OPTIONS| /nope                    |              |      | 404",
                "PUT    | /v1/profiles/s:1         | text/plain   | {}   | 415",
                "PUT    | /v1/profiles/s:1         | application/x-ndjson | {} | 415",
                "PUT    | /v1/profiles/s:1         | application/merge-patch+json | {} | 415",
                "PATCH  | /v1/profiles/s:1         | application/json-patch+json | [] | 415",
                "PUT    | /v1/profiles/s:1         | application/json; charset=latin1 | {} | 415",
                "PUT    | /v1/profiles/s:1         | application/json; charset=UTF-8 | {} | 200",
                "PUT    | /v1/profiles/s:1         | APPLICATION/JSON;charset=\"utf-8\" | {} | 200",
                "PATCH  | /v1/profiles/s:1         | application/merge-patch+json | {} | 200",
                "PATCH  | /v1/profiles/s:1         | application/json | {} | 200",
                "POST   | /v1/bulk                 | application/json | {} | 415",
                "GET    | /v1/profiles/s:nobody/export |          |      | 404",
                "DELETE | /v1/profiles/nocolon     |              |      | 422",
                "GET    | /v1/identities/link      |              |      | 405",
                "POST   | /v1/identities/link      | text/plain   | {}   | 415",
                "POST   | /v1/identities/link      | application/json | []   | 400",
                "POST   | /v1/identities/link      | application/json | {\"a\":\"s:1\"} | 422",
                "POST   | /v1/identities/link      | application/json | {\"a\":\"s:1\",\"b\":\"s2\"} | 422",
                "POST   | /v1/identities/link      | application/json | {\"a\":\"s:1\",\"b\":1} | 422",
                "POST   | /v1/identities/link      | application/json | {\"a\":\"s:1\",\"b\":\"s:2\",\"c\":1} | 422",
                "POST   | /v1/bulk                 | text/csv     | a,b  | 415",
                "POST   | /v1/bulk?mode=upsert     | application/x-ndjson | {} | 422",
                "POST   | /v1/bulk?mode=replace    | application/x-ndjson | {\"id\":\"s:2\"} | 200",
                "POST   | /v1/events               | text/plain   | {}   | 415",
                "POST   | /v1/events               | application/json | []   | 400",
                "POST   | /v1/events               | application/json | {}   | 422",
                "POST   | /v1/events               | application/json | nope | 400",
                "POST   | /v1/decisions            | application/json | nope | 400",
                "POST   | /v1/decisions            | application/json | []   | 400",
                "POST   | /v1/decisions            | application/json | {\"placements\":{}} | 400",
                "POST   | /v1/decisions            | application/json | {}   | 422",
                "PUT    | /v1/catalog              | application/json | []   | 400",
                "PUT    | /v1/catalog              | application/json | nope | 400",
                "PUT    | /v1/catalog              | application/json | {\"offers\":{}} | 422",
                "POST   | /v1/catalog/validate     | application/json | nope | 400",
                "POST   | /v1/catalog/validate     | application/json | {\"offers\":{}} | 200",
                "PUT    | /v1/profiles/nocolon     | application/json | {}   | 422",
            })
    void answers(String method, String path, String contentType, String body, int status, RunningServer server) {
        final String[] headers = contentType == null ? new String[0] : new String[] {"Content-Type", contentType};
        final Answer answer = server.send(method, path, body, headers);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Zandloper-Sequence")).matches("\\d+");
        if (status >= 400) {
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("status").intValue()).isEqualTo(status);
            assertThat(answer.json().get("title").textValue()).isNotBlank();
            assertThat(answer.json().get("detail").textValue()).isNotBlank().doesNotContain("Exception");
        }
        if (status == 405 || status == 204) {
            assertThat(answer.header("Allow")).contains("OPTIONS").doesNotContain("DELETE");
        }
    }

    @Test
    void takesABodyWithoutContentTypeForWhatTheCallTakes(RunningServer server) {
        assertThat(server.put("/v1/profiles/s:3", "{}").status()).isEqualTo(200);
        assertThat(server.post("/v1/bulk", "{\"id\":\"s:3\"}")
                        .json()
                        .get("accepted")
                        .intValue())
                .isEqualTo(1);
        assertThat(server.post("/v1/events", "{\"profile\":\"s:3\",\"type\":\"x\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesCompressedBodies(RunningServer server) {
        assertThat(server.put("/v1/profiles/s:4", "{}", "Content-Encoding", "gzip")
                        .status())
                .isEqualTo(415);
        assertThat(server.put("/v1/profiles/s:4", "{}", "Content-Encoding", "identity")
                        .status())
                .isEqualTo(200);
    }

    static List<String> minimumSequences() {
        return List.of("-1", "x", "1.5", "99999999999999999999");
    }

    @ParameterizedTest
    @MethodSource("minimumSequences")
    void refusesAMinimumSequenceThatIsNone(String minimum, RunningServer server) {
        assertThat(server.get("/v1/catalog", "Zandloper-Min-Sequence", minimum).status())
                .isEqualTo(400);
    }

    @Test
    void waitsForTheMinimumSequence(RunningServer server) throws Exception {
        final long now = server.storage.sequence();
        assertThat(server.get("/v1/catalog", "Zandloper-Min-Sequence", Long.toString(now))
                        .status())
                .isEqualTo(200);
        final long start = System.nanoTime();
        final Answer late = server.get("/v1/catalog", "Zandloper-Min-Sequence", Long.toString(now + 1_000_000));
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.json().get("detail").textValue()).contains("Zandloper-Min-Sequence");
        assertThat(System.nanoTime() - start).isBetween(900_000_000L, 20_000_000_000L);
        assertThat(server.get(
                                "/v1/catalog",
                                "Zandloper-Min-Sequence",
                                Long.toString(now + 1_000_000),
                                "Prefer",
                                "wait=0")
                        .status())
                .isEqualTo(503);

        final long wanted = server.storage.sequence() + 1;
        final CompletableFuture<Answer> waiting = CompletableFuture.supplyAsync(() -> server.get(
                "/v1/profiles/s:wait", "Zandloper-Min-Sequence", Long.toString(wanted), "Prefer", "wait=10"));
        assertThat(server.put("/v1/profiles/s:wait", "{}").status()).isEqualTo(200);
        final Answer answer = waiting.get(20, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(Long.parseLong(answer.header("Zandloper-Sequence"))).isGreaterThanOrEqualTo(wanted);
    }

    @Test
    void allowsThePagesOfConfiguredOrigins(RunningServer server) {
        final Answer plain = server.send("OPTIONS", "/v1/decisions", null);
        assertThat(plain.header("Access-Control-Allow-Origin")).isNull();
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("""
                    OPTIONS /v1/decisions HTTP/1.1\r
                    Host: x\r
                    Origin: https://shop.example\r
                    Access-Control-Request-Method: POST\r
                    \r
                    """);
            assertThat(connection.read().headers())
                    .containsEntry("access-control-allow-origin", "https://shop.example")
                    .containsKey("access-control-allow-headers")
                    .containsEntry("vary", "origin");
            connection.write("GET /v1/profiles/s:nobody HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n\r\n");
            assertThat(connection.read().headers())
                    .containsEntry("access-control-allow-origin", "https://shop.example")
                    .containsKey("access-control-expose-headers");
            connection.write("GET /v1/catalog HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n");
            assertThat(connection.read().headers()).doesNotContainKey("access-control-allow-origin");
        }
    }
}
