package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.Await;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary and its replicas as processes: what somebody has who follows the README. */
final class ReplicationSystemTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PROFILES = 500;
    private static final int WAIT_SECONDS = 30;
    private static final String CATALOG = """
            {"segments":[{"id":"vip"},{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","eligibility":"'senior' in segments","value":120.0,
                        "caps":[{"scope":"offer","event":"impression","max":3,"window":"P1D"}]},
                       {"id":"card","suitability":"!('vip' in segments)","contextWeights":[
                        {"when":"context.device == 'mobile'","weight":25}]},
                       {"id":"news","propensity":0.5}],
             "placements":[{"id":"hero","count":2,"fallback":["news"]}],
             "policies":{"consentDefault":"grant","holdout":{"percent":10.0,"salt":"s"}}}""";

    @TempDir
    private Path folder;

    private ServerProcess primary(String... options) throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG);
        final ServerProcess server = ServerProcess.serve(
                folder.resolve("primary"),
                Stream.concat(Stream.of("--catalog", catalog.toString()), Stream.of(options))
                        .toArray(String[]::new));
        assertThat(server.role()).isEqualTo("primary");
        return server;
    }

    private ServerProcess replica(String name, ServerProcess of, String... options) throws Exception {
        final ServerProcess server = ServerProcess.serve(
                folder.resolve(name),
                Stream.concat(Stream.of("--replica-of", "127.0.0.1:" + of.binaryPort()), Stream.of(options))
                        .toArray(String[]::new));
        assertThat(server.role()).isEqualTo("replica");
        return server;
    }

    private static long fill(ServerProcess server, int count) throws Exception {
        final Random random = new Random(count);
        final HttpResponse<String> bulk = server.send(
                "POST",
                "/v1/bulk",
                "application/x-ndjson",
                IntStream.range(0, count)
                        .mapToObj(i -> String.format(
                                Locale.ROOT,
                                "{\"id\":\"crm:%d\",\"identities\":[\"cookie:%d\"],\"attributes\":{\"age\":%d}%s}",
                                i,
                                i,
                                20 + random.nextInt(60),
                                random.nextInt(4) == 0 ? ",\"segments\":[\"vip\"]" : ""))
                        .collect(Collectors.joining("\n")));
        assertThat(bulk.statusCode()).as(bulk.body()).isEqualTo(200);
        return JSON.readTree(bulk.body()).path("sequence").asLong();
    }

    private static long put(ServerProcess server, String id, int value) throws Exception {
        final HttpResponse<String> put =
                server.send("PUT", "/v1/profiles/" + id, "application/json", "{\"attributes\":{\"n\":" + value + "}}");
        assertThat(put.statusCode()).as(put.body()).isBetween(200, 201);
        return JSON.readTree(put.body()).path("sequence").asLong();
    }

    private static JsonNode status(ServerProcess server) throws Exception {
        return JSON.readTree(server.getAdmin("/admin/status").body());
    }

    private static ZandloperClient binary(ServerProcess server) {
        return ZandloperClient.builder("127.0.0.1", server.binaryPort())
                .deadline(Duration.ofSeconds(WAIT_SECONDS))
                .connect();
    }

    @Test
    void aReplicaHasEverythingFollowsAndRefusesWrites() throws Exception {
        try (ServerProcess primary = primary()) {
            fill(primary, PROFILES);
            try (ServerProcess replica = replica("replica", primary)) {
                assertThat(replica.readySequence())
                        .isEqualTo(
                                primary.getAdmin("/admin/status").statusCode() == 200
                                        ? status(primary).path("sequence").asLong()
                                        : -1);
                assertThat(replica.getAdmin("/health/ready").statusCode()).isEqualTo(200);
                assertThat(replica.get("/v1/profiles/cookie:7").body())
                        .isEqualTo(primary.get("/v1/profiles/cookie:7").body());
                assertThat(replica.get("/v1/catalog").body())
                        .isEqualTo(primary.get("/v1/catalog").body());

                final long sequence = put(primary, "crm:new", 17);
                final HttpResponse<String> read = replica.getAt("/v1/profiles/crm:new", sequence, WAIT_SECONDS);
                assertThat(read.statusCode()).isEqualTo(200);
                assertThat(read.body()).contains("17");
                assertThat(read.headers().firstValueAsLong("Zandloper-Lag-Ms").orElse(-1))
                        .isNotNegative();
                assertThat(primary.get("/v1/profiles/crm:new").headers().firstValue("Zandloper-Lag-Ms"))
                        .isEmpty();
                assertThat(replica.getAt("/v1/profiles/crm:new", sequence + 1_000, 0)
                                .statusCode())
                        .isEqualTo(503);

                refusesWrites(primary, replica);

                final JsonNode ofPrimary = status(primary);
                final JsonNode ofReplica = status(replica);
                assertThat(ofPrimary.path("role").asText()).isEqualTo("primary");
                assertThat(ofReplica.path("role").asText()).isEqualTo("replica");
                assertThat(ofReplica.path("term")).isEqualTo(ofPrimary.path("term"));
                assertThat(ofPrimary.path("replication").path("replicas")).hasSize(1);
                assertThat(replica.getAdmin("/metrics").body()).contains("zandloper_replication_lag_seconds");
                assertThat(replica.terminate()).isZero();
            }
            assertThat(primary.terminate()).isZero();
        }
    }

    private static void refusesWrites(ServerProcess primary, ServerProcess replica) throws Exception {
        for (final String[] write : List.of(
                new String[] {"PUT", "/v1/profiles/crm:1", "{}"},
                new String[] {"PATCH", "/v1/profiles/crm:1", "{}"},
                new String[] {"DELETE", "/v1/profiles/crm:1", ""},
                new String[] {"POST", "/v1/identities/link", "{}"},
                new String[] {"POST", "/v1/events", "{}"},
                new String[] {"PUT", "/v1/catalog", "{}"})) {
            final HttpResponse<String> refused = replica.send(write[0], write[1], "application/json", write[2]);
            assertThat(refused.statusCode()).as(write[0] + " " + write[1]).isEqualTo(409);
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(JSON.readTree(refused.body())
                            .path("primary")
                            .path("http")
                            .asText())
                    .isEqualTo("http://127.0.0.1:" + primary.httpPort());
            assertThat(refused.body()).contains("http://127.0.0.1:" + primary.httpPort());
        }
        assertThat(replica.send("POST", "/v1/bulk", "application/x-ndjson", "{\"id\":\"crm:1\"}")
                        .statusCode())
                .isEqualTo(409);
        try (ZandloperClient binary = binary(replica)) {
            assertThatThrownBy(() -> binary.blocking().upsert(ProfileChange.merge("crm:1")))
                    .isInstanceOf(RequestRejectedException.class)
                    .hasMessageContaining("127.0.0.1:" + primary.binaryPort())
                    .satisfies(e ->
                            assertThat(((RequestRejectedException) e).status()).isEqualTo(Status.READ_ONLY));
        }
    }

    @Test
    void twoReplicasAndThePrimaryDecideWithEqualBytes() throws Exception {
        final int decisions = Integer.getInteger("zandloper.equalDecisions", 10_000);
        try (ServerProcess primary = primary()) {
            fill(primary, PROFILES);
            try (ServerProcess one = replica("one", primary);
                    ServerProcess two = replica("two", primary)) {
                long sequence = 0;
                for (int i = 0; i < PROFILES; i += 3) {
                    final HttpResponse<String> event = primary.send(
                            "POST",
                            "/v1/events",
                            "application/json",
                            "{\"profile\":\"crm:" + i
                                    + "\",\"type\":\"impression\",\"offer\":\"loan\",\"placement\":\"hero\"}");
                    sequence = JSON.readTree(event.body()).path("sequence").asLong();
                }
                for (final ServerProcess replica : List.of(one, two)) {
                    assertThat(replica.getAt("/v1/catalog", sequence, WAIT_SECONDS)
                                    .statusCode())
                            .isEqualTo(200);
                }
                final Random random = new Random(1);
                for (int i = 0; i < decisions; i++) {
                    final String request = "{\"profile\":\"crm:" + random.nextInt(PROFILES + 20)
                            + "\",\"placements\":[{\"id\":\"hero\"}],\"context\":{\"device\":\""
                            + (random.nextBoolean() ? "mobile" : "desk") + "\"},\"explain\":" + (i % 10 == 0)
                            + ",\"at\":\"2026-11-22T1" + random.nextInt(10) + ":00:00Z\"}";
                    final String expected = decide(primary, request);
                    assertThat(decide(one, request)).as(request).isEqualTo(expected);
                    assertThat(decide(two, request)).as(request).isEqualTo(expected);
                }
            }
        }
    }

    private static String decide(ServerProcess server, String request) throws Exception {
        return server.send("POST", "/v1/decisions", "application/json", request)
                .body()
                .replaceFirst("\"decisionId\":\"[^\"]*\"", "")
                .replaceFirst("\"tookNanos\":\\d+", "");
    }

    @Test
    void afterAKillAReplicaGoesOnFromItsOwnDisk() throws Exception {
        try (ServerProcess primary = primary()) {
            fill(primary, PROFILES);
            try (ServerProcess replica = replica("replica", primary)) {
                final long sequence = put(primary, "crm:a", 1);
                assertThat(replica.getAt("/v1/profiles/crm:a", sequence, WAIT_SECONDS)
                                .statusCode())
                        .isEqualTo(200);
                replica.kill();
            }
            final long later = put(primary, "crm:b", 2);
            try (ServerProcess replica = replica("replica", primary)) {
                assertThat(replica.readySequence()).isGreaterThan(PROFILES);
                assertThat(replica.getAt("/v1/profiles/crm:b", later, WAIT_SECONDS)
                                .statusCode())
                        .isEqualTo(200);
                assertThat(replica.errors()).doesNotContain("everything anew");
            }
        }
    }

    @Test
    void aHandOverLosesNothingAndTheOldPrimaryPointsToTheNewOne() throws Exception {
        try (ServerProcess old = primary()) {
            fill(old, PROFILES);
            try (ServerProcess next = replica("next", old);
                    ServerProcess other = replica("other", old)) {
                final long last = put(old, "crm:last", 3);
                final HttpResponse<String> promoted = next.sendAdmin("POST", "/admin/promote");
                assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
                assertThat(JSON.readTree(promoted.body()).path("handedOver").asBoolean())
                        .isTrue();
                assertThat(next.get("/v1/profiles/crm:last").statusCode()).isEqualTo(200);
                assertThat(status(next).path("role").asText()).isEqualTo("primary");
                assertThat(status(next).path("term").asLong()).isGreaterThan(1);

                final HttpResponse<String> refused = old.send("PUT", "/v1/profiles/crm:late", "application/json", "{}");
                assertThat(refused.statusCode()).isEqualTo(409);

                final long after = put(next, "crm:after", 4);
                assertThat(after).isGreaterThan(last);
                assertThat(other.getAt("/v1/profiles/crm:after", after, WAIT_SECONDS)
                                .statusCode())
                        .as("the other replica follows the new primary by itself")
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void whatOnlyTheOldPrimaryHadIsSetAside() throws Exception {
        final Path oldFolder = folder.resolve("primary");
        try (ServerProcess old = primary();
                ServerProcess next = replica("next", old)) {
            final long shared = fill(old, PROFILES);
            assertThat(next.getAt("/v1/catalog", shared, WAIT_SECONDS).statusCode())
                    .isEqualTo(200);
            next.kill();
            put(old, "crm:tail", 1);
            old.kill();
        }
        try (ServerProcess next = ServerProcess.serve(folder.resolve("next"), "--replica-of", "127.0.0.1:1")) {
            final HttpResponse<String> promoted = next.sendAdmin("POST", "/admin/promote");
            assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
            put(next, "crm:other", 2);
            final long last = put(next, "crm:other", 3);
            try (ServerProcess back =
                    ServerProcess.serve(oldFolder, "--replica-of", "127.0.0.1:" + next.binaryPort())) {
                assertThat(back.getAt("/v1/profiles/crm:other", last, WAIT_SECONDS)
                                .statusCode())
                        .isEqualTo(200);
                Await.process(
                        "the tail is not served",
                        () -> back.get("/v1/profiles/crm:tail").statusCode() == 404);
                final JsonNode tails = status(back).path("replication").path("tailsSetAside");
                assertThat(tails).hasSize(1);
                assertThat(Path.of(tails.get(0).asText())).isNotEmptyFile();
                assertThat(back.errors()).contains("set aside in");
            }
        }
    }

    @Test
    void writesWaitForReplicasAndAPromotionThatCouldLoseOneIsRefused() throws Exception {
        try (ServerProcess primary = primary("--ack-replicas", "1", "--ack-timeout", "PT1S")) {
            final HttpResponse<String> alone =
                    primary.send("PUT", "/v1/profiles/crm:1", "application/json", "{\"attributes\":{\"n\":1}}");
            assertThat(alone.statusCode()).isEqualTo(503);
            assertThat(alone.body()).contains("replica");
            try (ServerProcess one = replica("one", primary, "--ack-replicas", "1");
                    ServerProcess two = replica("two", primary, "--ack-replicas", "1")) {
                Await.process(
                        "both replicas are known",
                        () -> status(primary)
                                        .path("replication")
                                        .path("replicas")
                                        .size()
                                == 2);
                Await.process(
                        "a write is acknowledged",
                        () -> primary.send(
                                                "PUT",
                                                "/v1/profiles/crm:1",
                                                "application/json",
                                                "{\"attributes\":{\"n\":2}}")
                                        .statusCode()
                                == 200);
                final long sequence = put(primary, "crm:2", 5);
                Await.process(
                        "the one has the write",
                        () -> one.getAt("/v1/profiles/crm:2", sequence, WAIT_SECONDS)
                                        .statusCode()
                                == 200);
                primary.kill();
                two.kill();
                final HttpResponse<String> refused = one.sendAdmin("POST", "/admin/promote");
                assertThat(refused.statusCode()).isEqualTo(409);
                assertThat(refused.body()).contains("--force");
                assertThat(status(one).path("role").asText()).isEqualTo("replica");
                assertThat(one.get("/v1/profiles/crm:2").body()).contains("5");
                final HttpResponse<String> forced = one.sendAdmin("POST", "/admin/promote?force=true");
                assertThat(forced.statusCode()).as(forced.body()).isEqualTo(200);
                assertThat(status(one).path("role").asText()).isEqualTo("primary");
            }
        }
    }

    @Test
    void anotherDataSetIsRefusedWithTheReasonAndWhatItHoldsIsServed() throws Exception {
        final Path strange = folder.resolve("strange");
        try (ServerProcess alone = ServerProcess.serve(strange)) {
            put(alone, "crm:mine", 1);
            assertThat(alone.terminate()).isZero();
        }
        try (ServerProcess primary = primary();
                ServerProcess replica =
                        ServerProcess.serve(strange, "--replica-of", "127.0.0.1:" + primary.binaryPort())) {
            Await.process(
                    "the data set is refused",
                    () -> status(replica)
                            .path("replication")
                            .path("following")
                            .path("problem")
                            .asText()
                            .contains("data set"));
            assertThat(replica.get("/v1/profiles/crm:mine").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void credentialsAreAskedFor() throws Exception {
        final Path config = Files.writeString(
                folder.resolve("c.yaml"), "replication-credentials: geheim\n", StandardCharsets.UTF_8);
        try (ServerProcess primary = primary("--config", config.toString())) {
            fill(primary, 10);
            try (ServerProcess stranger =
                    ServerProcess.start(folder.resolve("x"), "--replica-of", "127.0.0.1:" + primary.binaryPort())) {
                Await.process(
                        "the credentials are refused", () -> stranger.errors().contains("credentials"));
            }
            try (ServerProcess replica = replica("replica", primary, "--config", config.toString())) {
                assertThat(replica.get("/v1/profiles/crm:3").statusCode()).isEqualTo(200);
            }
        }
    }
}
