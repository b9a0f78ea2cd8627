package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.Await;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.profile.Times;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Simulations: what they count is what the plain decider decides, one profile after the other. */
@Timeout(300)
final class SimulationHttpTest {
    private static final long SEED = 20_261_122;
    private static final int PROFILES = 400;
    private static final long NOW = Times.parseTime("2026-11-15T12:00:00Z", "now");

    private static final String CURRENT = """
            {"segments":[{"id":"vip"},{"id":"cart"},{"id":"ads","purposes":[4]},
                         {"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","group":"credit","value":120,"propensity":0.02,"eligibility":"profile.age >= 21",
                        "suppressAfterConversion":"P30D"},
                       {"id":"card","group":"credit","value":30,"propensity":0.3,"placements":["list","hero"],
                        "caps":[{"event":"impression","max":2,"window":"P7D"}]},
                       {"id":"cruise","value":50,"eligibility":"'senior' in segments","purposes":[4]},
                       {"id":"old","value":1,"placements":["list"]},
                       {"id":"news","placements":["hero","gone"],"eligibility":"profile.subscriber"}],
             "placements":[{"id":"hero","fallback":["news"]},{"id":"list","count":3,"maxPerGroup":1},{"id":"gone"}],
             "policies":{"consentDefault":"grant"}}""";

    private static final String CANDIDATE = """
            {"segments":[{"id":"vip"},{"id":"cart"},{"id":"ads","purposes":[4]},
                         {"id":"senior","rule":"profile.age >= 50 || 'vip' in segments"},
                         {"id":"hot","rule":"'cart' in segments && 'ads' in segments"}],
             "offers":[{"id":"loan","group":"credit","value":120,"propensity":0.04,"eligibility":"profile.age >= 30",
                        "applicability":"context.channel == 'web'","suppressAfterConversion":"P60D"},
                       {"id":"card","group":"credit","value":30,"propensity":0.3,"placements":["list","hero"],
                        "contextWeights":[{"when":"'vip' in segments","weight":50}]},
                       {"id":"cruise","value":50,"propensity":0.5,"eligibility":"'senior' in segments","purposes":[4]},
                       {"id":"bag","tier":1,"eligibility":"'hot' in segments"},
                       {"id":"off","enabled":false},
                       {"id":"news","placements":["hero"],"eligibility":"profile.subscriber"}],
             "placements":[{"id":"hero","fallback":["news"]},{"id":"list","count":2,"maxPerGroup":1},{"id":"new"}],
             "policies":{"consentDefault":"deny","holdout":{"percent":10,"salt":"s"}}}""";

    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    Path folder;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder, () -> NOW, List.of());
        assertThat(server.put("/v1/catalog", CURRENT).status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void addProfiles(int count) {
        System.out.println("SimulationHttpTest: seed " + SEED);
        final SplittableRandom random = new SplittableRandom(SEED);
        final StringBuilder profiles = new StringBuilder();
        final StringBuilder events = new StringBuilder();
        for (int i = 0; i < count; i++) {
            profiles.append("{\"id\":\"crm:")
                    .append(i)
                    .append("\",\"attributes\":{\"number\":")
                    .append(i);
            profiles.append(random.nextInt(10) == 0 ? "" : ",\"age\":" + (15 + random.nextInt(60)));
            profiles.append(random.nextBoolean() ? "" : ",\"subscriber\":" + random.nextBoolean());
            profiles.append("},\"segments\":[");
            profiles.append(random.nextBoolean() ? "\"cart\"," : "");
            profiles.append(
                    random.nextBoolean()
                            ? "{\"id\":\"ads\",\"expires\":\"2026-11-" + random.nextInt(10, 20) + "T00:00:00Z\"},"
                            : "");
            profiles.append(random.nextInt(4) == 0 ? "\"vip\"]" : "\"cart\"]");
            profiles.append(random.nextInt(3) == 0 ? ",\"scores\":{\"loan\":" + random.nextDouble() + "}" : "");
            profiles.append(random.nextBoolean() ? "" : ",\"consent\":{\"purposes\":[" + random.nextInt(1, 6) + "]}");
            profiles.append("}\n");
            for (int event = random.nextInt(4); event > 0; event--) {
                events.append("{\"profile\":\"crm:")
                        .append(i)
                        .append("\",\"type\":\"")
                        .append(random.nextBoolean() ? "impression" : "convert")
                        .append("\",\"offer\":\"")
                        .append(random.nextBoolean() ? "loan" : "card")
                        .append("\",\"at\":\"2026-")
                        .append(random.nextInt(9, 12) == 9 ? "09" : "11")
                        .append("-1")
                        .append(random.nextInt(10))
                        .append("T00:00:00Z\"}\n");
            }
        }
        assertThat(server.bulk(profiles.toString()).json().get("accepted").intValue())
                .isEqualTo(count);
        assertThat(server.post("/v1/events", events.toString(), "Content-Type", RunningServer.NDJSON)
                        .json()
                        .get("rejected")
                        .intValue())
                .isZero();
    }

    private static String request(String catalog, String more) {
        return "{\"catalog\":" + catalog + more + "}";
    }

    private List<JsonNode> simulate(String request) throws Exception {
        final RunningServer.Answer answer = server.post("/v1/simulations", request, "Content-Type", "application/json");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(answer.header("Zandloper-Sequence")).isNotNull();
        final List<JsonNode> lines = new ArrayList<>();
        for (String line : answer.text().lines().toList()) {
            lines.add(json.readTree(line));
        }
        return lines;
    }

    private JsonNode report(String request) throws Exception {
        final List<JsonNode> lines = simulate(request);
        return lines.get(lines.size() - 1).get("report");
    }

    @Test
    void countsWhatThePlainDeciderDecidesForEachPlacement() throws Exception {
        addProfiles(PROFILES);
        final JsonNode report = report(request(CANDIDATE, ",\"context\":{\"channel\":\"web\"}"));
        final PlainSimulation expected = new PlainSimulation(CURRENT, CANDIDATE, Map.of("channel", "web"), NOW);
        for (String id : List.of("hero", "list", "new", "gone")) {
            expected.pages.add(List.of(new PlacementRequest(id, null)));
        }
        expected.verify(report, server.storage, PROFILES);
        assertThat(expected.counts.keySet().toString()).contains("SUPPRESSED");
        assertThat(report.get("profiles").intValue()).isEqualTo(PROFILES);
        assertThat(report.get("stored").intValue()).isEqualTo(PROFILES);
        assertThat(report.get("catalogVersion").intValue()).isEqualTo(1);
        assertThat(report.get("at").textValue()).isEqualTo("2026-11-15T12:00:00Z");
        assertThat(report.has("seed")).isFalse();
    }

    @Test
    void countsPlacementsOfOnePageTogetherAsOfAnotherTime() throws Exception {
        addProfiles(PROFILES);
        final JsonNode report = report(request(
                CANDIDATE,
                ",\"placements\":[{\"id\":\"list\",\"count\":1},{\"id\":\"hero\"}],\"at\":\"2026-11-12T00:00:00Z\""));
        final PlainSimulation expected =
                new PlainSimulation(CURRENT, CANDIDATE, Map.of(), Times.parseTime("2026-11-12T00:00:00Z", "at"));
        expected.pages.add(List.of(new PlacementRequest("list", 1), new PlacementRequest("hero", null)));
        expected.verify(report, server.storage, PROFILES);
    }

    @Test
    void aSampleIsOfSoManyAndTheSameForTheSameSeed() throws Exception {
        addProfiles(PROFILES);
        final JsonNode report = report(request(CANDIDATE, ",\"sample\":100,\"seed\":5"));
        assertThat(report.get("profiles").intValue()).isEqualTo(100);
        assertThat(report.get("stored").intValue()).isEqualTo(PROFILES);
        assertThat(report.get("seed").intValue()).isEqualTo(5);
        final JsonNode again = report(request(CANDIDATE, ",\"sample\":100,\"seed\":5"));
        assertThat(again.get("placements")).isEqualTo(report.get("placements"));
        final JsonNode other = report(request(CANDIDATE, ",\"sample\":100,\"seed\":6"));
        assertThat(other.get("placements")).isNotEqualTo(report.get("placements"));
    }

    @Test
    void theCatalogInForceChangesNothing() throws Exception {
        addProfiles(50);
        final JsonNode report = report(request(CURRENT, ""));
        assertThat(report.get("different").intValue()).isZero();
        assertThat(report.at("/withNothing/current")).isEqualTo(report.at("/withNothing/candidate"));
        assertThat(server.get("/v1/catalog").header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void withoutProfilesNothingIsCounted() throws Exception {
        assertThat(report(request(CANDIDATE, "")).get("profiles").intValue()).isZero();
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        addProfiles(PROFILES);
        final List<JsonNode> lines = simulate(request(CANDIDATE, ",\"sample\":40"));
        assertThat(lines.get(0)).isEqualTo(json.readTree("{\"progress\":{\"done\":0,\"of\":40}}"));
        for (JsonNode line : lines.subList(1, lines.size() - 1)) {
            assertThat(line.at("/progress/of").intValue()).isEqualTo(40);
            assertThat(line.at("/progress/done").intValue()).isBetween(1, 40);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                                        | 422 | catalog",
                "{'catalog':[]}                                            | 400 | catalog is not an object",
                "{'catalog':{'offers':[{'id':'x','value':-1}]}}            | 422 | catalog.offers[0].value",
                "{'catalog':{'offers':[{'id':'x','value':1e999}]}}         | 422 | catalog.offers[0].value",
                "{'catalog':{'offers':[{'id':'x','eligibility':'1 +'}]}}   | 422 | catalog.offers[0].eligibility",
                "{'catalog':{'offer':[]}}                                  | 422 | catalog.offer",
                "{'catalog':{},'placements':[{'id':'hero'}]}               | 422 | placements[0].id",
                "{'catalog':{'placements':[{'id':'a'}]},'placements':[{'id':'a'},{'id':'a'}]} | 422 | placements[1].id",
                "{'catalog':{'placements':[{'id':'a'}]},'placements':[{'id':'a','count':101}]} | 422 | placements[0].count",
                "{'catalog':{},'placements':[]}                            | 422 | placements",
                "{'catalog':{},'sample':0}                                 | 422 | sample",
                "{'catalog':{},'sample':1.5}                               | 422 | sample",
                "{'catalog':{},'seed':'x'}                                 | 422 | seed",
                "{'catalog':{},'at':'tomorrow'}                            | 422 | at",
                "{'catalog':{},'context':{'a':null}}                       | 422 | context.a",
                "{'catalog':{},'what':1}                                   | 422 | what",
                "no json                                                   | 400 | not JSON",
            })
    void refusesWhatItCannotSimulate(String body, int status, String named) {
        final RunningServer.Answer answer =
                server.post("/v1/simulations", body.replace('\'', '"'), "Content-Type", "application/json");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.json().get("detail").textValue()).contains(named);
        // And lets the next one in.
        assertThat(server.post("/v1/simulations", "{\"catalog\":{}}", "Content-Type", "application/json")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void namesTheErrorsThatValidationNames() {
        final String wrong =
                "{\"offers\":[{\"id\":\"x\",\"value\":-1},{\"id\":\"x\",\"caps\":[{\"max\":99}]},{\"id\":\"y\","
                        + "\"eligibility\":\"'nowhere' in segments\"}],\"more\":1}";
        final List<String> validated = errors(server.post("/v1/catalog/validate", wrong), "");
        assertThat(validated).hasSizeGreaterThan(4);
        assertThat(errors(server.post("/v1/simulations", request(wrong, "")), "catalog."))
                .isEqualTo(validated);
    }

    private static List<String> errors(RunningServer.Answer answer, String prefix) {
        final List<String> errors = new ArrayList<>();
        for (JsonNode error : answer.json().get("errors")) {
            final String path = error.get("path").textValue();
            assertThat(path).startsWith(prefix);
            errors.add(
                    path.substring(prefix.length()) + ": " + error.get("reason").textValue());
        }
        return errors;
    }

    /** Every condition takes some thousand steps: a simulation of hours. */
    private String slowCandidate() {
        final StringBuilder offers = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            offers.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"slow-")
                    .append(i)
                    .append("\",\"eligibility\":\"profile.words.all(a, profile.words.all(b, a + b != '")
                    .append(i)
                    .append("'))\"}");
        }
        return "{\"offers\":[" + offers + "],\"placements\":[{\"id\":\"hero\"}]}";
    }

    private void addSlowProfiles() {
        final String words =
                IntStream.range(0, 90).mapToObj(i -> "\"word " + i + "\"").collect(Collectors.joining(","));
        final StringBuilder profiles = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            profiles.append("{\"id\":\"slow:")
                    .append(i)
                    .append("\",\"attributes\":{\"words\":[")
                    .append(words)
                    .append("]}}\n");
        }
        assertThat(server.bulk(profiles.toString()).json().get("accepted").intValue())
                .isEqualTo(10_000);
    }

    private RawConnection beginSlowly() {
        final String request = request(slowCandidate(), "");
        final RawConnection connection = new RawConnection(server.port());
        connection.write(
                "POST /v1/simulations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                        + request.length() + "\r\n\r\n" + request);
        final RawConnection.RawAnswer head = connection.read();
        assertThat(head.status()).isEqualTo(200);
        return connection;
    }

    private RunningServer.Answer simulateOne() {
        return server.post("/v1/simulations", request(CANDIDATE, ",\"sample\":1"), "Content-Type", "application/json");
    }

    @Test
    void thereIsOneAtATimeAndItEndsWithItsCaller() {
        addSlowProfiles();
        try (RawConnection slow = beginSlowly()) {
            final RunningServer.Answer second = simulateOne();
            assertThat(second.status()).isEqualTo(429);
            assertThat(second.header("Retry-After")).isNotNull();
            assertThat(second.json().get("detail").textValue()).contains("one at a time");
            // Decisions do not wait for it.
            assertThat(server.post("/v1/decisions", "{\"profile\":\"slow:1\",\"placements\":[{\"id\":\"hero\"}]}")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(Await.until(() -> simulateOne().status() == 200)).isTrue();
    }

    @Test
    void endsWithTheServer() {
        addSlowProfiles();
        try (RawConnection slow = beginSlowly()) {
            server.http.close();
            String text = "";
            while (!text.contains("stopped")) {
                text = slow.readLine();
            }
            assertThat(text).isEqualTo("{\"stopped\":\"the server is stopping\"}");
        }
    }
}
