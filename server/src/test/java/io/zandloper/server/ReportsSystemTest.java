package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server counts and logs, from its ports to its files and through a restart. */
final class ReportsSystemTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CATALOG = """
            {"offers":[{"id":"loan","eligibility":"profile.age >= 18"},{"id":"card"}],"placements":[{"id":"hero"}],
             "policies":{"consentDefault":"grant","holdout":{"percent":0,"salt":"a"}}}""";

    @TempDir
    private Path folder;

    @Test
    void countersAndLogOutliveARestartAndTheLogIsDecidedAgain() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG, StandardCharsets.UTF_8);
        final Path data = folder.resolve("data");
        final Path log = folder.resolve("log");
        try (ServerProcess server =
                ServerProcess.serve(data, "--catalog", catalog.toString(), "--decision-log", log.toString())) {
            send(server, "PUT", "/v1/profiles/crm:1", "{\"attributes\":{\"age\":41}}");
            decide(server);
            decide(server);
            assertThat(server.getAdmin("/metrics").body())
                    .contains(
                            "zandloper_offer_outcomes_total{offer=\"card\",outcome=\"decided\",placement=\"hero\"} 2.0");
            assertThat(server.terminate()).isZero();
        }
        final Path snapshot;
        try (ServerProcess server =
                ServerProcess.serve(data, "--catalog", catalog.toString(), "--decision-log", log.toString())) {
            decide(server);
            final JsonNode taken =
                    JSON.readTree(server.sendAdmin("POST", "/admin/snapshot").body());
            snapshot = data.resolve("journal/snapshots")
                    .resolve(taken.path("snapshot").asText());
            send(
                    server,
                    "POST",
                    "/v1/events",
                    "{\"profile\":\"crm:1\",\"type\":\"convert\",\"offer\":\"card\",\"placement\":\"hero\"}");
            final JsonNode report =
                    JSON.readTree(server.get("/v1/reports/offers").body());
            assertThat(report.at("/decisions/counted").asLong()).isEqualTo(3);
            assertThat(report.at("/decisions/explained").asLong()).isEqualTo(3);
            assertThat(report.at("/offers/0/offer").asText()).isEqualTo("card");
            assertThat(report.at("/offers/0/decided").asLong()).isEqualTo(3);
            assertThat(report.at("/offers/0/converted").asLong()).isEqualTo(1);
            assertThat(report.at("/offers/1/reasons/OUTRANKED").asLong()).isEqualTo(3);
            assertThat(report.at("/holdout/treated/people").asLong()).isEqualTo(1);
            assertThat(report.at("/holdout/treated/converted").asLong()).isEqualTo(1);
            assertThat(server.terminate()).isZero();
        }
        try (ServerProcess decisions = ServerProcess.run("decisions", log.toString())) {
            assertThat(decisions.waitFor()).isZero();
            assertThat(decisions.restOfOutput())
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line).contains("hero: card (1.0)"));
        }
        try (ServerProcess replay =
                ServerProcess.run("replay", log.toString(), "--snapshot", snapshot.toString(), "--json")) {
            assertThat(replay.waitFor()).as(replay.errors()).isZero();
            final List<String> lines = replay.restOfOutput();
            assertThat(JSON.readTree(lines.get(0)).path("same").asInt()).isEqualTo(3);
        }
    }

    private static void decide(ServerProcess server) throws Exception {
        send(server, "POST", "/v1/decisions", "{\"profile\":\"crm:1\",\"placements\":[{\"id\":\"hero\"}]}");
    }

    private static void send(ServerProcess server, String method, String path, String body) throws Exception {
        assertThat(server.send(method, path, "application/json", body).statusCode())
                .isBetween(200, 201);
    }
}
