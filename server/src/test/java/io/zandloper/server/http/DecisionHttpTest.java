package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.http.RunningServer.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Decisions over HTTP; what is decided is the decider's own test. */
@ExtendWith(SharedServer.class)
final class DecisionHttpTest {
    @Test
    void writesTheFieldsInTheirOrder(RunningServer server) {
        server.put("/v1/profiles/d:1", "{\"attributes\":{\"age\":41},\"scores\":{\"loan\":0.5}}");
        final Answer answer = server.post(
                "/v1/decisions",
                "{\"profile\":\"d:1\",\"placements\":[{\"id\":\"hero\"},{\"id\":\"list\",\"count\":2}],\"context\":{\"device\":\"mobile\"},\"explain\":true}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.text())
                .matches(
                        "\\{\"decisionId\":\"[^\"]+\",\"profile\":\"d:1\",\"reason\":\"TARGETING_MATCH\",\"placements\":\\[.*"
                                + "\\],\"explain\":\\[.*\\],\"catalogVersion\":1,\"sequence\":\\d+,\"tookNanos\":\\d+\\}")
                .contains(
                        "{\"id\":\"hero\",\"offers\":[{\"id\":\"loan\",\"rank\":1,\"priority\":60.0,\"propensity\":0.5,"
                                + "\"value\":120.0,\"contextWeight\":1.0,\"lever\":1.0,\"fallback\":false,"
                                + "\"payload\":{\"title\":\"Loan ☂\",\"terms\":[1,2.0,1.0E-7]}}]}")
                .contains("{\"id\":\"card\",\"rank\":1,\"priority\":18.75,\"propensity\":0.5,\"value\":30.0,"
                        + "\"contextWeight\":1.25,\"lever\":1.0,\"fallback\":false}");
        final JsonNode explained = answer.json().get("explain").get(0).get("offers");
        assertThat(explained).extracting(offer -> offer.get("id").textValue()).containsExactly("card", "loan", "news");
        final Answer again = server.post(
                "/v1/decisions",
                "{\"profile\":\"d:1\",\"placements\":[{\"id\":\"hero\"},{\"id\":\"list\",\"count\":2}],\"context\":{\"device\":\"mobile\"},\"explain\":true}");
        assertThat(withoutWhatMayDiffer(again)).isEqualTo(withoutWhatMayDiffer(answer));
        assertThat(again.json().get("decisionId")).isNotEqualTo(answer.json().get("decisionId"));
    }

    @Test
    void decidesForStrangersAndForDocuments(RunningServer server) {
        final String placements = "\"placements\":[{\"id\":\"hero\"}]}";
        final JsonNode anonymous =
                server.post("/v1/decisions", "{" + placements).json();
        assertThat(anonymous.get("profile").isNull()).isTrue();
        assertThat(anonymous.at("/placements/0/offers/0/fallback").booleanValue())
                .isTrue();
        assertThat(anonymous.at("/placements/0/offers/0").has("priority")).isFalse();
        assertThat(anonymous.get("reason").textValue()).isEqualTo("DEFAULT");
        assertThat(server.post("/v1/decisions", "{\"profile\":\"d:nobody\"," + placements)
                        .json()
                        .get("reason")
                        .textValue())
                .isEqualTo("UNKNOWN_PROFILE");
        final JsonNode document = server.post(
                        "/v1/decisions",
                        "{\"profile\":{\"id\":\"d:whatif\",\"identities\":[\"d:x\"],\"attributes\":{\"age\":30},\"segments\":[\"vip\"]},"
                                + placements)
                .json();
        assertThat(document.get("profile").textValue()).isEqualTo("d:whatif");
        assertThat(document.at("/placements/0/offers/0/id").textValue()).isEqualTo("loan");
        assertThat(server.post(
                                "/v1/decisions",
                                "{\"profile\":{\"attributes\":{\"age\":30},\"identities\":[]}," + placements)
                        .json()
                        .get("profile")
                        .isNull())
                .isTrue();
        assertThat(server.get("/v1/profiles/d:whatif").status()).isEqualTo(404);
    }

    @Test
    void aStringOfTheContextMayBeAsLongAsOneOfAProfile(RunningServer server) {
        final Answer answer = server.post(
                "/v1/decisions",
                "{\"placements\":[{\"id\":\"hero\"}],\"context\":{\"a\":\"" + "ü".repeat(2_048) + "\"}}");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }

    static List<List<String>> refusals() {
        final String good = "\"placements\":[{\"id\":\"hero\"}]";
        return List.of(
                List.of("{}", "placements"),
                List.of("{\"placements\":[]}", "placements"),
                List.of("{\"placements\":[{}]}", "placements[0].id"),
                List.of("{\"placements\":[\"hero\"]}", "placements[0]"),
                List.of("{\"placements\":[{\"id\":\"nope\"}]}", "placements[0].id"),
                List.of("{\"placements\":[{\"id\":\"hero\"},{\"id\":\"hero\"}]}", "placements[1].id"),
                List.of("{\"placements\":[{\"id\":\"hero\",\"count\":0}]}", "placements[0].count"),
                List.of("{\"placements\":[{\"id\":\"hero\",\"count\":101}]}", "placements[0].count"),
                List.of("{\"placements\":[{\"id\":\"hero\",\"count\":9223372036854775807}]}", "placements[0].count"),
                List.of("{\"placements\":[{\"id\":\"hero\",\"count\":1.0}]}", "placements[0].count"),
                List.of("{\"placements\":[{\"id\":\"hero\",\"rank\":1}]}", "placements[0].rank"),
                List.of("{" + good + ",\"profile\":\"nocolon\"}", "profile"),
                List.of("{" + good + ",\"profile\":7}", "profile"),
                List.of("{" + good + ",\"profile\":{\"attributes\":{\"a\":{}}}}", "profile.attributes.a"),
                List.of("{" + good + ",\"profile\":{\"segments\":[\"unknown\"]}}", "profile.segments"),
                List.of("{" + good + ",\"profile\":{\"x\":1}}", "profile.x"),
                List.of("{" + good + ",\"context\":{\"a\":null}}", "context.a"),
                List.of("{" + good + ",\"context\":{\"a\":[]}}", "context.a"),
                List.of("{" + good + ",\"context\":{\"b\":1,\"a\":\"" + "ü".repeat(2_049) + "\"}}", "context.a"),
                List.of("{" + good + ",\"explain\":\"yes\"}", "explain"),
                List.of("{" + good + ",\"at\":\"today\"}", "at"),
                List.of("{" + good + ",\"exclude\":[1]}", "exclude[0]"),
                List.of("{" + good + ",\"limit\":1}", "limit"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatIsWrongAndSaysWhere(List<String> row, RunningServer server) {
        final Answer answer = server.post("/v1/decisions", row.get(0));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
        assertThat(answer.json().at("/errors/0/path").textValue())
                .as(answer.toString())
                .startsWith(row.get(1));
    }

    private static String withoutWhatMayDiffer(Answer answer) {
        return answer.text().replaceAll("\"(decisionId|tookNanos|sequence)\":(\"[^\"]*\"|\\d+)", "");
    }
}
