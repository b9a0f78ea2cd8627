package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.ServerProcess;
import io.zandloper.server.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The log of a real shop's recommendations: its items as offers, what a visitor thinks of each as the scores. What a
 * running server ranks for every visit of the log is what the file says, ranked here by the plainest means; and how often
 * each item was shown and clicked in each position is in the report of offers as it is in the file.
 */
final class OpenBanditTest {
    private static final int VISITS = 10_000;
    private static final int ITEMS = 34;
    /** The largest affinity is 15: with one more, scores lie in (0, 1] and are exact. */
    private static final double AFFINITY_RANGE = 16;

    private static final int POSITIONS = 3;
    private static final int PAGE_COUNT = 6;
    private static final int PAGE_MAX_PER_KIND = 2;

    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    Path folder;

    /** @param kind what the shop files it under */
    private record Item(String offer, String kind, double value) {}

    private record Ranked(String offer, String kind, double priority) {}

    @ParameterizedTest
    @ValueSource(strings = {"random", "bts"})
    @Timeout(600)
    void ranksAsTheLogSays(String policy) throws Exception {
        final List<Item> items =
                items(CsvRows.read(SharedData.require("open-bandit/" + policy + "/men/item_context.csv"), ","));
        final List<Map<String, Object>> visits =
                CsvRows.read(SharedData.require("open-bandit/" + policy + "/men/men.csv"), ",");
        assertThat(items).hasSize(ITEMS);
        assertThat(visits).hasSize(VISITS);
        final Path catalog = folder.resolve("catalog.json");
        json.writeValue(catalog.toFile(), catalog(items));
        try (ServerProcess server = ServerProcess.serve(folder.resolve("data"), "--catalog", catalog.toString());
                PipelinedHttp http = new PipelinedHttp("127.0.0.1:" + server.httpPort())) {
            final JsonNode imported =
                    json.readTree(server.send("POST", "/v1/bulk", "application/x-ndjson", profiles(visits))
                            .body());
            assertThat(imported.get("accepted").intValue()).isEqualTo(VISITS);
            verifyRankings(http, visits, items);
            final JsonNode recorded =
                    json.readTree(server.send("POST", "/v1/events", "application/x-ndjson", events(visits))
                            .body());
            assertThat(recorded.get("accepted").intValue()).isEqualTo(VISITS + clicks(visits));
            verifyReport(json.readTree(server.get("/v1/reports/offers").body()), visits, items);
            assertThat(server.terminate()).isZero();
        }
    }

    /** The first feature is how far an item is from the average, in either direction; a value is not negative. */
    private static List<Item> items(List<Map<String, Object>> rows) {
        final double lowest = rows.stream()
                .mapToDouble(row -> (Double) row.get("item_feature_0"))
                .min()
                .orElseThrow();
        return rows.stream()
                .map(row -> new Item(
                        "item-" + row.get("item_id"),
                        (String) row.get("item_feature_1"),
                        1 + (Double) row.get("item_feature_0") - lowest))
                .toList();
    }

    private ObjectNode catalog(List<Item> items) {
        final ObjectNode catalog = json.createObjectNode();
        final ArrayNode offers = catalog.putArray("offers");
        items.forEach(item ->
                offers.addObject().put("id", item.offer).put("group", item.kind).put("value", item.value));
        final ArrayNode placements = catalog.putArray("placements");
        for (int position = 1; position <= POSITIONS; position++) {
            placements.addObject().put("id", "position-" + position);
        }
        placements.addObject().put("id", "page").put("count", PAGE_COUNT).put("maxPerGroup", PAGE_MAX_PER_KIND);
        return catalog;
    }

    private String profiles(List<Map<String, Object>> visits) {
        final StringBuilder lines = new StringBuilder();
        for (int visit = 0; visit < visits.size(); visit++) {
            final ObjectNode profile = json.createObjectNode().put("id", "visit:" + visit);
            final ObjectNode attributes = profile.putObject("attributes");
            final ObjectNode scores = profile.putObject("scores");
            visits.get(visit).forEach((column, value) -> {
                if (column.startsWith("user_feature_")) {
                    attributes.put(column, (String) value);
                } else if (column.startsWith("user-item_affinity_")) {
                    scores.put(column.replace("user-item_affinity_", "item-"), score(value));
                }
            });
            lines.append(profile).append('\n');
        }
        return lines.toString();
    }

    private static double score(Object affinity) {
        return (1 + (Double) affinity) / AFFINITY_RANGE;
    }

    private void verifyRankings(PipelinedHttp http, List<Map<String, Object>> visits, List<Item> items)
            throws IOException {
        final StringBuilder placements = new StringBuilder();
        for (int position = 1; position <= POSITIONS; position++) {
            placements.append("{\"id\":\"position-").append(position).append("\"},");
        }
        final List<PipelinedHttp.Request> requests = new ArrayList<>();
        for (int visit = 0; visit < visits.size(); visit++) {
            requests.add(new PipelinedHttp.Request(
                    "POST",
                    "/v1/decisions",
                    "{\"profile\":\"visit:" + visit + "\",\"placements\":[" + placements + "{\"id\":\"page\"}]}"));
        }
        http.exchange(requests, (index, answer) -> {
            final String body = new String(answer.body(), UTF_8);
            assertThat(answer.status()).as(body).isEqualTo(200);
            assertThat(served(json.readTree(body)))
                    .as("row %s of the log, answered %s", index, body)
                    .isEqualTo(expected(visits.get(index), items));
        });
    }

    private static List<List<Ranked>> served(JsonNode decision) {
        final List<List<Ranked>> served = new ArrayList<>();
        for (JsonNode placement : decision.get("placements")) {
            final List<Ranked> offers = new ArrayList<>();
            placement
                    .get("offers")
                    .forEach(offer -> offers.add(new Ranked(
                            offer.get("id").textValue(),
                            null,
                            offer.get("priority").doubleValue())));
            served.add(offers);
        }
        return served;
    }

    /** Three positions take the best three; the page the best of the others, two of a kind at most. */
    private static List<List<Ranked>> expected(Map<String, Object> visit, List<Item> items) {
        final List<Ranked> ranking = new ArrayList<>();
        for (Item item : items) {
            final double score = score(visit.get(item.offer.replace("item-", "user-item_affinity_")));
            ranking.add(new Ranked(item.offer, item.kind, score * item.value));
        }
        ranking.sort(Comparator.comparingDouble(Ranked::priority).reversed().thenComparing(Ranked::offer));
        final List<List<Ranked>> expected = new ArrayList<>();
        for (Ranked best : ranking.subList(0, POSITIONS)) {
            expected.add(List.of(withoutKind(best)));
        }
        final Map<String, Integer> kinds = new HashMap<>();
        expected.add(ranking.stream()
                .skip(POSITIONS)
                .filter(item -> kinds.merge(item.kind, 1, Integer::sum) <= PAGE_MAX_PER_KIND)
                .limit(PAGE_COUNT)
                .map(OpenBanditTest::withoutKind)
                .toList());
        return expected;
    }

    /** Of each row that the item was shown, and that it was clicked where it was. */
    private String events(List<Map<String, Object>> visits) {
        final StringBuilder lines = new StringBuilder();
        for (int visit = 0; visit < visits.size(); visit++) {
            final Map<String, Object> row = visits.get(visit);
            lines.append(event(visit, "impression", row));
            if (isClick(row)) {
                lines.append(event(visit, "click", row));
            }
        }
        return lines.toString();
    }

    private String event(int visit, String type, Map<String, Object> row) {
        return json.createObjectNode()
                        .put("id", type + "-" + visit)
                        .put("profile", "visit:" + visit)
                        .put("type", type)
                        .put("offer", "item-" + row.get("item_id"))
                        .put("placement", "position-" + row.get("position"))
                        .put(
                                "at",
                                ((String) row.get("timestamp"))
                                        .replace(' ', 'T')
                                        .replace("+00:00", "Z"))
                + "\n";
    }

    private static boolean isClick(Map<String, Object> row) {
        return row.get("click").equals(1L);
    }

    private static int clicks(List<Map<String, Object>> visits) {
        return (int) visits.stream().filter(OpenBanditTest::isClick).count();
    }

    /** What was decided, as it was verified; what was shown and clicked, as the log says. */
    private static void verifyReport(JsonNode report, List<Map<String, Object>> visits, List<Item> items) {
        final Map<String, List<Integer>> expected = new TreeMap<>();
        for (Map<String, Object> visit : visits) {
            final List<List<Ranked>> ranked = expected(visit, items);
            for (int placement = 0; placement < ranked.size(); placement++) {
                final String id = placement < POSITIONS ? "position-" + (placement + 1) : "page";
                ranked.get(placement).forEach(offer -> count(expected, offer.offer + " in " + id, 1, 0, 0));
            }
            count(
                    expected,
                    "item-" + visit.get("item_id") + " in position-" + visit.get("position"),
                    0,
                    1,
                    isClick(visit) ? 1 : 0);
        }
        final Map<String, List<Integer>> reported = new TreeMap<>();
        for (JsonNode row : report.get("offers")) {
            final List<Integer> counts = List.of(
                    row.get("decided").intValue(),
                    row.get("shown").intValue(),
                    row.get("clicked").intValue());
            // The others have reasons alone.
            if (!counts.equals(List.of(0, 0, 0))) {
                reported.put(
                        row.get("offer").textValue() + " in "
                                + row.get("placement").textValue(),
                        counts);
            }
        }
        assertThat(reported).isEqualTo(expected);
    }

    private static void count(Map<String, List<Integer>> counts, String key, int decided, int shown, int clicked) {
        counts.merge(
                key,
                List.of(decided, shown, clicked),
                (one, other) ->
                        List.of(one.get(0) + other.get(0), one.get(1) + other.get(1), one.get(2) + other.get(2)));
    }

    private static Ranked withoutKind(Ranked item) {
        return new Ranked(item.offer, null, item.priority);
    }
}
