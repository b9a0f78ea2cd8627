package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.Await;
import io.zandloper.server.http.RunningServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server of its own for each test: the catalog is everybody's. */
final class CatalogHttpTest {
    private static final String ONE = "{\"segments\":[{\"id\":\"a\"}]}";
    private static final String TWO = "{\"segments\":[{\"id\":\"a\"},{\"id\":\"b\",\"rule\":\"profile.x == 1\"}]}";
    private static final String WRONG = """
            {"segments":[{"id":"a"},{"id":"a"},{"id":"r","rule":"profile."}],
             "offers":[{"id":"o","colour":"red","caps":[{"max":0,"window":"P1D"}],"eligibility":"'nope' in segments",
                        "propensity":-1,"start":"soon"}],
             "placements":[{"id":"p","fallback":["missing"]}]}
            """;

    @TempDir
    Path folder;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void replacesTheCatalogAsAWhole() {
        final Answer none = server.get("/v1/catalog");
        assertThat(none.text()).isEqualTo("{\"segments\":[],\"offers\":[],\"placements\":[],\"policies\":{}}");
        assertThat(none.header("ETag")).isEqualTo("\"0\"");

        assertThat(server.put("/v1/catalog", ONE).text()).isEqualTo("{\"version\":1,\"sequence\":1}");
        assertThat(server.get("/v1/catalog").text()).isEqualTo(ONE);
        server.put("/v1/profiles/crm:1", "{\"segments\":[\"a\"],\"attributes\":{\"x\":1.0}}");
        assertThat(server.put("/v1/catalog", TWO).json().get("version").longValue())
                .isEqualTo(2);
        assertThat(server.get("/v1/profiles/crm:1/segments")
                        .json()
                        .get("segments")
                        .toString())
                .isEqualTo("[\"a\",\"b\"]");
        assertThat(server.get("/v1/catalog").header("ETag")).isEqualTo("\"2\"");
    }

    @Test
    void changesNothingForAnEqualCatalog() {
        server.put("/v1/catalog", ONE);
        final Answer same = server.put("/v1/catalog", " { \"segments\" : [ {\"id\":\"\\u0061\"} ] }\n");
        assertThat(same.status()).isEqualTo(200);
        assertThat(same.text()).isEqualTo("{\"version\":1,\"sequence\":1}");
        assertThat(server.get("/v1/catalog").text()).isEqualTo(ONE);
    }

    @Test
    void refusesAWrongCatalogWholeWithEveryError() {
        server.put("/v1/catalog", ONE);
        final Answer refused = server.put("/v1/catalog", WRONG);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().get("errors"))
                .extracting(error -> error.get("path").textValue())
                .contains(
                        "segments[1].id",
                        "segments[2].rule",
                        "offers[0].colour",
                        "offers[0].caps[0].max",
                        "offers[0].eligibility",
                        "offers[0].propensity",
                        "offers[0].start",
                        "placements[0].fallback[0]");
        assertThat(server.get("/v1/catalog").text()).isEqualTo(ONE);
        final Answer dryRun = server.post("/v1/catalog/validate", WRONG);
        assertThat(dryRun.status()).isEqualTo(200);
        assertThat(dryRun.json().get("valid").booleanValue()).isFalse();
        assertThat(dryRun.json().get("errors")).isEqualTo(refused.json().get("errors"));
        assertThat(dryRun.json().get("warnings")).isEmpty();
        assertThat(server.post("/v1/catalog/validate", TWO).text())
                .startsWith("{\"valid\":true,\"errors\":[],\"warnings\":[],\"costs\":{\"expressions\":");
        assertThat(server.get("/v1/catalog").text()).isEqualTo(ONE);
    }

    @Test
    void warnsOfWhatIsInterpreted() {
        final Answer answer = server.post(
                "/v1/catalog/validate",
                "{\"segments\":[{\"id\":\"a\",\"rule\":\"profile.age > 1\"},"
                        + "{\"id\":\"b\",\"rule\":\"profile.l.map(x, x + '!').size() > 1\"}],"
                        + "\"offers\":[{\"id\":\"z\",\"eligibility\":\"type(profile.x) == int\"},"
                        + "{\"id\":\"c\",\"suitability\":\"profile.x == 1\","
                        + "\"contextWeights\":[{\"when\":\"string(context.x) == '1'\",\"weight\":1}]}]}");
        assertThat(answer.json().get("valid").booleanValue()).isTrue();
        assertThat(answer.json().get("warnings"))
                .extracting(warning -> warning.get("path").textValue())
                .containsExactly("segments[1].rule", "offers[0].eligibility", "offers[1].contextWeights[0].when");
        assertThat(answer.json().get("warnings").get(0).get("reason").textValue())
                .isEqualTo("interpreted, which is slow: a list made by filter or map");
        assertThat(answer.json().get("costs").toString()).isEqualTo("{\"expressions\":5,\"interpreted\":3}");
    }

    @Test
    void holdsPreconditions() {
        assertThat(server.put("/v1/catalog", ONE, "If-Match", "\"1\"").status()).isEqualTo(412);
        assertThat(server.put("/v1/catalog", ONE, "If-Match", "\"0\"").status()).isEqualTo(200);
        assertThat(server.put("/v1/catalog", TWO, "If-Match", "\"0\"").status()).isEqualTo(412);
        assertThat(server.put("/v1/catalog", ONE, "If-Match", "\"0\"").status()).isEqualTo(412);
        assertThat(server.put("/v1/catalog", TWO, "If-Match", "*").status()).isEqualTo(200);
        assertThat(server.get("/v1/catalog", "If-None-Match", "\"2\"").status()).isEqualTo(304);
        assertThat(server.get("/v1/catalog", "If-None-Match", "\"1\"").status()).isEqualTo(200);
    }

    @Test
    void answersAtOnceWhenAskedTo() {
        final Answer accepted = server.put("/v1/catalog", ONE, "Prefer", "respond-async");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Preference-Applied")).isEqualTo("respond-async");
        assertThat(Await.until(() -> server.get("/v1/catalog").text().equals(ONE)))
                .isTrue();
        assertThat(server.put("/v1/catalog", WRONG, "Prefer", "respond-async").status())
                .isEqualTo(422);
    }

    @Test
    void keepsCatalogAndProfilesOverARestart() {
        server.put("/v1/catalog", TWO);
        server.put("/v1/profiles/crm:1", "{\"segments\":[\"a\"],\"attributes\":{\"x\":1}}");
        final String profile = server.get("/v1/profiles/crm:1").text();
        server.close();
        server = new RunningServer(folder);
        assertThat(server.get("/v1/profiles/crm:1").text()).isEqualTo(profile);
        assertThat(server.get("/v1/catalog").text()).isEqualTo(TWO);
        assertThat(server.get("/v1/catalog").header("ETag")).isEqualTo("\"1\"");
    }
}
