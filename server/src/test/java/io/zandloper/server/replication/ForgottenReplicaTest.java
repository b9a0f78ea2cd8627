package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that is lost for good stands in the way of writes and promotions until its operator says so to the primary. */
@Timeout(300)
final class ForgottenReplicaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final String PROFILE = "/v1/profiles/crm:1";

    @TempDir
    private Path folder;

    @Test
    void withoutItWritesGoOnAndThePrimaryIsReplacedWithoutForce() throws Exception {
        try (ServerProcess primary = serve("primary");
                ServerProcess lost = replica("lost", primary)) {
            await("a write", () -> put(primary) == 200);
            final String node = node(lost);
            assertThat(known(primary, node).path("counts").asBoolean()).isTrue();
            refuses(forget(primary, node), 409, "stop it first");
            refuses(forget(primary, "1"), 404, "is on the list");
            refuses(forget(lost, node), 409, "no primary");
            lost.kill();
            await(
                    "its end is noticed",
                    () -> !known(primary, node).path("following").asBoolean(true));
            refuses(forget(primary, node), 409, "start another one first");

            try (ServerProcess fresh = replica("fresh", primary)) {
                final String freshNode = node(fresh);
                await(
                        "the new one follows",
                        () -> known(primary, freshNode).path("following").asBoolean());
                assertThat(put(primary))
                        .as("the lost one does not know of the new one")
                        .isEqualTo(503);
                await("a warning", () -> primary.errors().contains("/admin/forget-replica"));
                assertThat(primary.errors()).contains("(node " + node + ")");

                final HttpResponse<String> forgotten = forget(primary, node);
                assertThat(forgotten.statusCode()).as(forgotten.body()).isEqualTo(200);
                assertThat(JSON.readTree(forgotten.body()).path("replicas").asInt())
                        .isEqualTo(1);
                await("a write", () -> put(primary) == 200);
                assertThat(known(primary, node).isMissingNode()).isTrue();
                assertThat(known(primary, freshNode).path("counts").asBoolean()).isTrue();

                primary.kill();
                final HttpResponse<String> promoted = fresh.sendAdmin("POST", "/admin/promote");
                assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
                assertThat(fresh.get(PROFILE).statusCode()).isEqualTo(200);
            }
        }
    }

    /** Whoever a forced promotion left behind may hold what was acknowledged, and knows of no one who came afterwards. */
    @Test
    void afterAForcedPromotionANewReplicaDoesNotCountWhileOneThatIsAwayIsNotForgotten() throws Exception {
        final String away;
        try (ServerProcess primary = serve("primary");
                ServerProcess first = replica("first", primary)) {
            try (ServerProcess second = replica("second", primary)) {
                away = node(second);
                await(
                        "both count",
                        () -> known(primary, node(first)).path("counts").asBoolean()
                                && known(primary, away).path("counts").asBoolean());
            }
            await("a write", () -> put(primary) == 200);
            primary.kill();
            refuses(first.sendAdmin("POST", "/admin/promote"), 409, "--force");
            assertThat(first.sendAdmin("POST", "/admin/promote?force=true").statusCode())
                    .isEqualTo(200);

            try (ServerProcess fresh = replica("fresh", first)) {
                await(
                        "it follows",
                        () -> known(first, node(fresh)).path("following").asBoolean());
                assertThat(put(first))
                        .as("one that is away does not know of it")
                        .isEqualTo(503);
                try (ServerProcess back = replica("second", first)) {
                    await("a write", () -> put(first) == 200);
                    assertThat(known(first, node(back)).path("counts").asBoolean())
                            .isTrue();
                }
            }
        }
    }

    private ServerProcess serve(String name) throws Exception {
        return ServerProcess.serve(folder.resolve(name), "--ack-replicas", "1", "--ack-timeout", "PT1S");
    }

    private ServerProcess replica(String name, ServerProcess of) throws Exception {
        return ServerProcess.serve(
                folder.resolve(name),
                "--replica-of",
                "127.0.0.1:" + of.binaryPort(),
                "--ack-replicas",
                "1",
                "--ack-timeout",
                "PT1S");
    }

    private static int put(ServerProcess server) throws Exception {
        final int status = server.send("PUT", PROFILE, "application/json", "{\"attributes\":{\"n\":1}}")
                .statusCode();
        return status == 201 ? 200 : status;
    }

    private static HttpResponse<String> forget(ServerProcess server, String node) throws Exception {
        return server.sendAdmin("POST", "/admin/forget-replica?node=" + node);
    }

    private static void refuses(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(detail);
    }

    private static String node(ServerProcess server) throws Exception {
        return replication(server).path("node").asText();
    }

    /** What a primary says of a replica that is on its list; missing where it is not. */
    private static JsonNode known(ServerProcess primary, String node) throws Exception {
        for (final JsonNode known : replication(primary).path("known")) {
            if (known.path("node").asText().equals(node)) {
                return known;
            }
        }
        return JSON.missingNode();
    }

    private static JsonNode replication(ServerProcess server) throws Exception {
        return JSON.readTree(server.getAdmin("/admin/status").body()).path("replication");
    }

    /** Something that is so after a while. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        final long endNanos = System.nanoTime() + WAIT_MAX.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - endNanos).as(what).isNegative();
            Thread.sleep(Duration.ofMillis(20));
        }
    }
}
