package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.http.RunningServer.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of offers over HTTP; what is counted is the reports' own test. */
final class ReportHttpTest {
    private static final String CATALOG = """
            {"offers":[{"id":"loan","eligibility":"profile.age >= 18"},{"id":"news"}],
             "placements":[{"id":"hero"},{"id":"box"}],
             "policies":{"holdout":{"percent":0,"salt":"a"}}}""";

    @TempDir
    private Path folder;

    @Test
    void tellsWhatBecameOfDecisionsAndEvents() {
        try (RunningServer server = new RunningServer(folder)) {
            assertThat(server.put("/v1/catalog", CATALOG).status()).isEqualTo(200);
            server.put("/v1/profiles/crm:1", "{\"attributes\":{\"age\":41}}");
            server.put("/v1/profiles/crm:2", "{\"attributes\":{\"age\":4}}");
            for (String person : List.of("crm:1", "crm:1", "crm:2")) {
                assertThat(decide(server, "\"profile\":\"" + person + "\"").status())
                        .isEqualTo(200);
            }
            decide(server, "\"profile\":\"crm:1\",\"at\":\"2026-01-01T00:00:00Z\"");
            decide(server, "\"profile\":{\"id\":\"crm:1\"}");
            final String click =
                    "{\"id\":\"e1\",\"profile\":\"crm:1\",\"type\":\"click\",\"offer\":\"loan\",\"placement\":\"hero\"}\n";
            server.post("/v1/events", click + click, "Content-Type", RunningServer.NDJSON);
            server.post("/v1/events", "{\"profile\":\"crm:1\",\"type\":\"convert\",\"offer\":\"loan\"}");

            final Answer answer = server.get("/v1/reports/offers");
            assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            final JsonNode report = answer.json();
            assertThat(report.at("/decisions/counted").longValue()).isEqualTo(3);
            assertThat(report.at("/decisions/explained").longValue()).isEqualTo(3);
            assertThat(report.at("/decisions/whatIf").longValue()).isEqualTo(2);
            assertThat(report.get("sequence").longValue())
                    .isEqualTo(Long.parseLong(answer.header("Zandloper-Sequence")));
            assertThat(report.get("since").textValue()).endsWith("Z");
            assertThat(report.get("offers").toString())
                    .isEqualTo("[" + row("loan", null, 0, 0, 1, 0, "")
                            + "," + row("loan", "hero", 2, 1, 0, 3, "\"ELIGIBILITY\":1")
                            + "," + row("news", "hero", 1, 0, 0, 3, "\"OUTRANKED\":2") + "]");
            final JsonNode holdout = report.get("holdout");
            assertThat(holdout.get("confidence").doubleValue()).isEqualTo(0.95);
            assertThat(holdout.at("/treated/people").longValue()).isEqualTo(2);
            assertThat(holdout.at("/treated/converted").longValue()).isEqualTo(1);
            assertThat(holdout.at("/treated/rate").doubleValue()).isEqualTo(0.5);
            assertThat(holdout.at("/treated/low").doubleValue()).isBetween(0.0125, 0.0127);
            assertThat(holdout.at("/heldOut/rate").isNull()).isTrue();
            assertThat(holdout.at("/lift/value").isNull()).isTrue();
            assertThat(holdout.at("/difference/low").doubleValue()).isBetween(-1.0, 0.0);

            assertThat(offers(server, "?offer=news")).containsExactly("news/hero");
            assertThat(offers(server, "?offer=news,loan&placement=hero")).containsExactly("loan/hero", "news/hero");
            assertThat(offers(server, "?placement=box")).isEmpty();
        }
    }

    private static Answer decide(RunningServer server, String who) {
        return server.post("/v1/decisions", "{" + who + ",\"placements\":[{\"id\":\"hero\"}]}");
    }

    private static String row(
            String offer,
            String placement,
            long decided,
            long clicked,
            long converted,
            long explained,
            String reasons) {
        return "{\"offer\":\"%s\",\"placement\":%s,\"decided\":%d,\"fallback\":0,\"shown\":0,\"clicked\":%d,"
                        .formatted(offer, placement == null ? "null" : "\"" + placement + "\"", decided, clicked)
                + "\"converted\":%d,\"rejected\":0,\"explained\":%d,\"reasons\":{%s}}"
                        .formatted(converted, explained, reasons);
    }

    private static List<String> offers(RunningServer server, String query) {
        final List<String> offers = new ArrayList<>();
        server.get("/v1/reports/offers" + query)
                .json()
                .get("offers")
                .forEach(row -> offers.add(row.get("offer").textValue() + "/"
                        + row.get("placement").textValue()));
        return offers;
    }

    @Test
    void isEmptyBeforeAnythingHappened() {
        try (RunningServer server = new RunningServer(folder)) {
            final JsonNode report = server.get("/v1/reports/offers").json();
            assertThat(report.at("/decisions/counted").longValue()).isZero();
            assertThat(report.get("offers")).isEmpty();
            assertThat(report.get("holdout").isNull()).isTrue();
            assertThat(server.send("HEAD", "/v1/reports/offers", null).status()).isEqualTo(200);
            assertThat(server.post("/v1/reports/offers", "{}").status()).isEqualTo(405);
        }
    }

    /** Many offers are many pieces. */
    @Test
    void isAsLongAsItMustBe() {
        try (RunningServer server = new RunningServer(folder)) {
            final StringBuilder events = new StringBuilder();
            for (int i = 0; i < 3_000; i++) {
                events.append("{\"profile\":\"crm:%d\",\"type\":\"click\",\"offer\":\"o%05d\"}\n".formatted(i % 40, i));
            }
            server.post("/v1/events", events.toString(), "Content-Type", RunningServer.NDJSON);
            final Answer answer = server.get("/v1/reports/offers");
            assertThat(answer.json().get("offers")).hasSize(3_000);
            assertThat(answer.text().length()).isGreaterThan(10 * HttpLimits.ANSWER_PIECE_BYTES);
        }
    }
}
