package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.storage.profile.Times;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decisions as of another time, and for profiles that are not stored. */
final class WhatIfHttpTest {
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final String CATALOG = """
            {"segments":[{"id":"cart"},{"id":"ads","purposes":[4]},{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"bag","eligibility":"'cart' in segments","value":9},
                       {"id":"cruise","eligibility":"'senior' in segments","value":8},
                       {"id":"targeted","eligibility":"'ads' in segments","value":7},
                       {"id":"winter","start":"2026-12-01T00:00:00Z","end":"2027-03-01T00:00:00Z","value":6},
                       {"id":"capped","caps":[{"max":2,"window":"P1D"}],"value":5},
                       {"id":"bought","suppressAfterConversion":"P7D","value":4},
                       {"id":"refused","suppress":[{"within":"P7D"}],"value":3}],
             "placements":[{"id":"all","count":10}],
             "policies":{"holdout":{"percent":100,"salt":""}}}""";
    /** So that stored profiles can be decided for as well. */
    private static final String WITHOUT_HOLDOUT = CATALOG.replace("\"percent\":100", "\"percent\":0");

    private final AtomicLong nowMicros = new AtomicLong(Times.parseTime("2026-11-15T12:00:00Z", "now"));

    @TempDir
    Path folder;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder, nowMicros::get, List.of());
        assertThat(server.put("/v1/catalog", WITHOUT_HOLDOUT).status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode decide(String profile, String more) {
        final RunningServer.Answer answer = server.post(
                "/v1/decisions", "{\"profile\":" + profile + ",\"placements\":[{\"id\":\"all\"}]" + more + "}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json();
    }

    private static List<String> offers(JsonNode decision) {
        final List<String> offers = new ArrayList<>();
        decision.at("/placements/0/offers")
                .forEach(offer -> offers.add(offer.get("id").textValue()));
        return offers;
    }

    private static String at(String time) {
        return ",\"at\":\"" + time + "\"";
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-15T17:59:59.999999Z, true",
        "2026-11-15T18:00:00Z, false",
        "2026-11-15T12:00:00Z, true",
        "2020-01-01T00:00:00Z, true",
        "2030-01-01T00:00:00Z, false",
    })
    void aSegmentIsVisibleAtItsTimes(String time, boolean isVisible) {
        final String document = "{\"segments\":[{\"id\":\"cart\",\"expires\":\"2026-11-15T18:00:00Z\"}]}";
        server.put("/v1/profiles/w:1", document);
        assertThat(offers(decide("\"w:1\"", at(time))).contains("bag")).isEqualTo(isVisible);
        assertThat(offers(decide(document, at(time))).contains("bag")).isEqualTo(isVisible);
    }

    @Test
    void whatHasExpiredIsKeptForThirtyDays() {
        server.put("/v1/profiles/w:1", "{\"segments\":[{\"id\":\"cart\",\"expires\":\"2026-11-16T00:00:00Z\"}]}");
        nowMicros.addAndGet(30 * DAY_MICROS);
        // A change would tidy what is due.
        server.patch("/v1/profiles/w:1", "{\"attributes\":{\"changed\":true}}");
        assertThat(offers(decide("\"w:1\"", ""))).doesNotContain("bag");
        assertThat(offers(decide("\"w:1\"", at("2026-11-15T23:59:59Z")))).contains("bag");
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-30T23:59:59.999999Z, false",
        "2026-12-01T00:00:00Z, true",
        "2027-02-28T23:59:59.999999Z, true",
        "2027-03-01T00:00:00Z, false",
    })
    void anOfferIsActiveAtItsTimes(String time, boolean isActive) {
        assertThat(offers(decide("{}", at(time))).contains("winter")).isEqualTo(isActive);
    }

    @Test
    void eventsCountUpToThatTimeAndNoFurther() {
        for (String event : List.of(
                "\"type\":\"impression\",\"offer\":\"capped\",\"at\":\"2026-11-10T00:00:00Z\"",
                "\"type\":\"impression\",\"offer\":\"capped\",\"at\":\"2026-11-10T06:00:00Z\"",
                "\"type\":\"convert\",\"offer\":\"bought\",\"at\":\"2026-11-10T00:00:00Z\"",
                "\"type\":\"reject\",\"offer\":\"refused\",\"at\":\"2026-11-10T00:00:00Z\"")) {
            assertThat(server.post("/v1/events", "{\"profile\":\"w:1\"," + event + "}")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(offers(decide("\"w:1\"", at("2026-11-09T23:59:59Z"))))
                .containsExactly("capped", "bought", "refused");
        assertThat(offers(decide("\"w:1\"", at("2026-11-10T00:00:00Z")))).containsExactly("capped");
        assertThat(offers(decide("\"w:1\"", at("2026-11-10T06:00:00Z")))).isEmpty();
        assertThat(offers(decide("\"w:1\"", at("2026-11-11T00:00:00Z")))).containsExactly("capped");
        assertThat(offers(decide("\"w:1\"", at("2026-11-17T00:00:00Z"))))
                .containsExactly("capped", "bought", "refused");
    }

    @Test
    void aDocumentIsDecidedForAsItWouldBeStored() {
        final String document =
                "\"attributes\":{\"age\":61},\"segments\":[\"cart\",\"ads\"],\"consent\":{\"purposes\":[4]},\"scores\":{\"bag\":0.1}";
        server.put("/v1/profiles/w:1", "{" + document + "}");
        final JsonNode stored = decide("\"w:1\"", ",\"explain\":true");
        final JsonNode made = decide("{\"id\":\"w:1\"," + document + "}", ",\"explain\":true");
        for (String field : List.of("profile", "reason", "placements", "explain", "catalogVersion", "sequence")) {
            assertThat(made.get(field)).as(field).isEqualTo(stored.get(field));
        }
        assertThat(offers(made)).containsExactly("cruise", "targeted", "capped", "bought", "refused", "bag");
    }

    @Test
    void aDocumentStandsAloneAndLeavesNothing() {
        server.put("/v1/profiles/w:1", "{\"attributes\":{\"age\":61},\"segments\":[\"cart\"]}");
        server.post("/v1/events", "{\"profile\":\"w:1\",\"type\":\"convert\",\"offer\":\"bought\"}");
        final String before = server.get("/v1/profiles/w:1").text();
        final long sequence = server.storage.sequence();
        final JsonNode decision = decide("{\"id\":\"w:1\",\"attributes\":{\"age\":20}}", "");
        assertThat(offers(decision)).containsExactly("capped", "bought", "refused");
        assertThat(decision.get("reason").textValue()).isEqualTo("TARGETING_MATCH");
        assertThat(server.get("/v1/profiles/w:1").text()).isEqualTo(before);
        assertThat(server.storage.sequence()).isEqualTo(sequence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':'w:9'}                        | w:9",
                "{'identities':['w:8','w:7']}        | w:8",
                "{'id':'w:7','identities':['w:8']}   | w:7",
                "{'identities':[]}                   | null",
                "{}                                  | null",
            })
    void theAnswerNamesTheDocumentsPrimaryIdentity(String document, String expected) {
        assertThat(decide(document.replace('\'', '"'), "").get("profile").asText())
                .isEqualTo(expected);
    }

    @Test
    void aDocumentIsNeverHeldOutAndNeverUnknown() {
        server.put("/v1/profiles/w:1", "{}");
        assertThat(server.put("/v1/catalog", CATALOG).status()).isEqualTo(200);
        assertThat(decide("\"w:1\"", "").get("reason").textValue()).isEqualTo("SPLIT");
        assertThat(decide("{\"id\":\"w:1\"}", "").get("reason").textValue()).isEqualTo("TARGETING_MATCH");
        assertThat(decide("\"w:2\"", "").get("reason").textValue()).isEqualTo("UNKNOWN_PROFILE");
        assertThat(offers(decide("\"w:2\"", ""))).containsExactly("capped", "bought", "refused");
        assertThat(decide("{\"id\":\"w:2\"}", "").get("reason").textValue()).isEqualTo("TARGETING_MATCH");
        assertThat(decide("null", "").get("reason").textValue()).isEqualTo("TARGETING_MATCH");
    }

    @Test
    void whatIsShownOfAProfileMayBeSentBack() {
        server.put("/v1/profiles/w:1", "{\"attributes\":{\"age\":61},\"segments\":[\"cart\"]}");
        final String shown = server.get("/v1/profiles/w:1").text();
        assertThat(shown).contains("computed", "version", "updatedAt");
        assertThat(offers(decide(shown, ""))).isEqualTo(offers(decide("\"w:1\"", "")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'segments':['senior']}              | profile.segments",
                "{'segments':['nowhere']}             | profile.segments",
                "{'consent':{'tcf':'no string'}}      | profile.consent.tcf",
                "{'attributes':{'a':[1]}}             | profile.attributes.a",
                "{'scores':{'bag':'high'}}            | profile.scores.bag",
                "{'identities':['nocolon']}           | profile.identities",
                "{'id':'nocolon'}                     | profile.id",
            })
    void aDocumentIsCheckedLikeOneThatIsWritten(String document, String path) {
        final RunningServer.Answer answer = server.post(
                "/v1/decisions", "{\"profile\":" + document.replace('\'', '"') + ",\"placements\":[{\"id\":\"all\"}]}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/path").textValue()).startsWith(path);
    }
}
