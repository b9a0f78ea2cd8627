package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backup, restore and erasure as an operator does them: each command a process, beside a server that is one. */
final class OperationsSystemTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CATALOG = """
            {"segments":[{"id":"vip"},{"id":"ads","purposes":[4]},{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","product":"credit","eligibility":"'senior' in segments"},{"id":"card"}],
             "placements":[{"id":"hero","count":2}]}""";
    private static final String DECISION = "{\"profile\":\"crm:1\",\"placements\":[{\"id\":\"hero\"}],\"explain\":true,"
            + "\"at\":\"2026-11-22T00:00:00Z\"}";

    @TempDir
    private Path folder;

    @Test
    void whatASnapshotHoldsIsServedAgainButForWhoWasErasedSince() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG, StandardCharsets.UTF_8);
        final Path data = folder.resolve("data");
        final Path restored = folder.resolve("restored");
        final List<String> answers;
        final Path snapshot;
        try (ServerProcess server = ServerProcess.serve(data, "--catalog", catalog.toString())) {
            put(
                    server,
                    "crm:1",
                    "{\"identities\":[\"cookie:1\"],\"attributes\":{\"age\":61},\"segments\":[\"ads\",\"vip\"]}");
            put(server, "crm:2", "{\"attributes\":{\"age\":20}}");
            put(server, "crm:3", "{\"identities\":[\"cookie:3\"]}");
            run("event", "--to", http(server), "crm:1", "--type", "convert", "--offer", "card", "--value", "2.5");
            answers = answers(server);

            final JsonNode taken = JSON.readTree(run("snapshot", "--json", "--to", admin(server)));
            snapshot = data.resolve("journal/snapshots")
                    .resolve(taken.path("snapshot").asText());
            assertThat(taken.path("sequence").asLong()).isEqualTo(5);
            assertThat(taken.path("bytes").asLong()).isPositive();
            final JsonNode status =
                    JSON.readTree(server.getAdmin("/admin/status").body());
            assertThat(status.at("/snapshot/sequence").asLong()).isEqualTo(5);

            put(server, "crm:2", "{\"attributes\":{\"age\":21}}");
            put(server, "crm:4", "{}");
            assertThat(run("erase", "--to", http(server), "cookie:3")).startsWith("erased crm:3, cookie:3 at ");
            assertThat(run("verify", snapshot.toString())).startsWith("whole    snapshot ");
            assertThat(run("verify", data.toString())).contains("whole    journal ");
            assertThat(server.terminate()).isZero();
        }
        assertThat(run("restore", snapshot.toString(), "--data", restored.toString()))
                .startsWith("restored ");
        assertThat(run("verify", restored.toString())).contains("whole    snapshot ");
        try (ServerProcess server = ServerProcess.serve(restored)) {
            assertThat(answers(server)).isEqualTo(answers);
            assertThat(server.get("/v1/profiles/crm:2").body()).contains("\"age\":20");
            assertThat(server.get("/v1/profiles/crm:4").statusCode()).isEqualTo(404);
            for (String erased : List.of("crm:3", "cookie:3")) {
                assertThat(server.get("/v1/profiles/" + erased).statusCode()).isEqualTo(404);
                assertThat(fail("event", "--to", http(server), erased, "click")).contains("erased");
            }
            assertThat(server.terminate()).isZero();
        }
    }

    /** What the snapshot has to bring back, as it was. */
    private static List<String> answers(ServerProcess server) throws Exception {
        final List<String> answers = new ArrayList<>();
        answers.add(run("export", "--json", "--to", http(server), "crm:1", "cookie:1", "crm:2"));
        answers.add(run("segments", "--to", http(server), "cookie:1"));
        answers.add(server.get("/v1/catalog").body());
        final String decision = server.send("POST", "/v1/decisions", "application/json", DECISION)
                .body();
        final JsonNode document = JSON.readTree(decision);
        answers.add(document.path("placements").toString());
        answers.add(document.path("explain").toString());
        answers.add(document.path("catalogVersion").toString());
        return answers;
    }

    @Test
    void aSnapshotThatFailsIsAnsweredShownAndLogged() throws Exception {
        final Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.serve(data)) {
            put(server, "crm:1", "{}");
            Files.createFile(data.resolve("journal/snapshots"));
            assertThat(fail("snapshot", "--to", admin(server))).contains("no snapshot could be taken");
            final JsonNode status =
                    JSON.readTree(server.getAdmin("/admin/status").body());
            assertThat(status.at("/failures/count").asLong()).isEqualTo(1);
            assertThat(status.at("/failures/last").asText()).contains("no snapshot could be taken");
            assertThat(server.errors())
                    .contains("taking a snapshot: no snapshot could be taken")
                    .doesNotContain("\tat ");
            assertThat(server.getAdmin("/metrics").body()).contains("zandloper_storage_failures_total 1.0");
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void whatIsDamagedIsNamedAndNotRestored() throws Exception {
        final Path data = folder.resolve("data");
        final Path snapshot;
        try (ServerProcess server = ServerProcess.serve(data)) {
            for (int i = 0; i < 200; i++) {
                put(server, "crm:" + i, "{\"attributes\":{\"n\":" + i + "}}");
            }
            assertThat(fail("snapshot", "--to", http(server))).contains(http(server) + " is not an admin port");
            run("snapshot", "--to", admin(server));
            try (var snapshots = Files.list(data.resolve("journal/snapshots"))) {
                snapshot = snapshots.findFirst().orElseThrow();
            }
            assertThat(server.terminate()).isZero();
        }
        assertThat(fail("restore", snapshot.toString(), "--data", data.toString()))
                .contains(data.toString());
        final Path largest = largestFile(snapshot);
        final byte[] bytes = Files.readAllBytes(largest);
        bytes[bytes.length / 2] ^= 4;
        Files.write(largest, bytes);
        assertThat(fail("verify", snapshot.toString()))
                .contains(largest.getFileName().toString())
                .containsPattern("offset[ =]\\d+");
        assertThat(fail("verify", data.toString()))
                .contains(largest.getFileName().toString());
        final Path restored = folder.resolve("restored");
        assertThat(fail("restore", snapshot.toString(), "--data", restored.toString()))
                .contains(largest.getFileName().toString());
    }

    private static Path largestFile(Path of) throws IOException {
        try (var files = Files.list(of)) {
            return files.max((a, b) ->
                            Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void put(ServerProcess server, String identity, String document) throws Exception {
        assertThat(server.send("PUT", "/v1/profiles/" + identity, "application/json", document)
                        .statusCode())
                .isEqualTo(200);
    }

    private static String http(ServerProcess server) {
        return "http://127.0.0.1:" + server.httpPort();
    }

    private static String admin(ServerProcess server) {
        return "http://127.0.0.1:" + server.adminPort();
    }

    /** What a command that succeeds prints. */
    private static String run(String... words) throws Exception {
        try (ServerProcess command = ServerProcess.run(words)) {
            assertThat(command.waitFor())
                    .as("%s%n%s", String.join(" ", words), command.errors())
                    .isZero();
            return String.join("\n", command.restOfOutput());
        }
    }

    /** The one line with which a command says why it failed. */
    private static String fail(String... words) throws Exception {
        try (ServerProcess command = ServerProcess.run(words)) {
            assertThat(command.waitFor()).as("%s", String.join(" ", words)).isEqualTo(1);
            assertThat(command.errors()).startsWith("zandloper: ").hasLineCount(1);
            return command.errors();
        }
    }
}
