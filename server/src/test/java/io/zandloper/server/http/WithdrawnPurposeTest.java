package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.http.RunningServer.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who withdraws a purpose is answered in everything like a twin who never was in the segments that it allowed: nothing
 * shows that there was more. Only {@code export} does, which is for the person.
 */
final class WithdrawnPurposeTest {
    private static final String CATALOG = """
            {"segments":[{"id":"ads","purposes":[4]},{"id":"club","purposes":[1]},
                         {"id":"rich","purposes":[4],"rule":"profile.balance > 100"},
                         {"id":"rich-ads","rule":"'rich' in segments || 'ads' in segments"},
                         {"id":"many","rule":"size(segments) > 1"}],
             "offers":[{"id":"ad","purposes":[4],"value":9},{"id":"of-ads","eligibility":"'ads' in segments","value":8},
                       {"id":"of-rich","eligibility":"'rich-ads' in segments","value":7},
                       {"id":"of-many","eligibility":"'many' in segments || segments.exists(s, s.startsWith('r'))","value":6},
                       {"id":"of-club","eligibility":"'club' in segments","value":5},{"id":"plain"},
                       {"id":"fallback","purposes":[4],"eligibility":"false"}],
             "placements":[{"id":"p","count":10},{"id":"q","fallback":["fallback","plain"]}]}""";
    private static final String MEMBER = """
            {"attributes":{"balance":500},"segments":["ads","club"],"consent":{"purposes":[1,4]}}""";
    private static final String TWIN = """
            {"attributes":{"balance":500},"segments":["club"],"consent":{"purposes":[1]}}""";
    private static final List<String> AUDIENCES =
            List.of("'ads' in segments", "'rich' in segments", "'rich-ads' in segments", "'many' in segments");

    @TempDir
    private Path folder;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder);
        assertThat(server.put("/v1/catalog", CATALOG).status()).isEqualTo(200);
        assertThat(server.put("/v1/profiles/crm:member", MEMBER).status()).isBetween(200, 201);
        assertThat(server.put("/v1/profiles/crm:twin", TWIN).status()).isBetween(200, 201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void leavesNoTraceInAnyAnswer() {
        assertThat(answers("member")).isNotEqualTo(answers("twin"));
        for (String where : AUDIENCES) {
            assertThat(members(where)).as(where).containsExactly("crm:member");
            assertThat(count(where)).as(where).isEqualTo(1);
        }

        assertThat(server.patch("/v1/profiles/crm:member", "{\"consent\":{\"purposes\":[1]}}")
                        .status())
                .isEqualTo(200);

        assertThat(answers("member")).isEqualTo(answers("twin"));
        for (String where : AUDIENCES) {
            assertThat(members(where)).as(where).isEmpty();
            assertThat(count(where)).as(where).isZero();
        }
        assertThat(server.get("/v1/profiles/crm:member/export").text()).contains("ads");
    }

    @Test
    void whatItAllowedIsBackWhenItIsGrantedAgain() {
        final List<JsonNode> before = answers("member");
        assertThat(server.patch("/v1/profiles/crm:member", "{\"consent\":{\"purposes\":[1]}}")
                        .status())
                .isEqualTo(200);
        assertThat(server.patch("/v1/profiles/crm:member", "{\"consent\":{\"purposes\":[1,4]}}")
                        .status())
                .isEqualTo(200);
        assertThat(answers("member")).isEqualTo(before);
    }

    /** All that can be asked of one person, without what tells persons and moments apart. */
    private List<JsonNode> answers(String person) {
        final String path = "/v1/profiles/crm:" + person;
        final List<JsonNode> answers = new ArrayList<>();
        answers.add(anonymous(server.get(path)));
        answers.add(anonymous(server.get(path + "/segments")));
        answers.add(anonymous(server.get(path + "/segments?test=ads,club,rich,rich-ads,many")));
        for (String more : List.of("", ",\"explain\":true", ",\"at\":\"2026-11-01T00:00:00Z\",\"explain\":true")) {
            for (String placement : List.of("p", "q")) {
                answers.add(anonymous(server.post(
                        "/v1/decisions",
                        "{\"profile\":\"crm:" + person + "\",\"placements\":[{\"id\":\"" + placement + "\"}]" + more
                                + "}")));
            }
        }
        return answers;
    }

    private static JsonNode anonymous(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        final ObjectNode document = (ObjectNode) answer.json();
        return document.remove(
                List.of("id", "identities", "profile", "version", "updatedAt", "decisionId", "sequence", "tookNanos"));
    }

    private List<String> members(String where) {
        return server.get("/v1/audiences/members?where=" + encoded(where))
                .text()
                .lines()
                .filter(line -> !line.isBlank())
                .map(line -> line.replaceAll(".*\"(crm:[a-z]+)\".*", "$1"))
                .toList();
    }

    private int count(String where) {
        return server.get("/v1/audiences?where=" + encoded(where))
                .json()
                .get("count")
                .intValue();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
