package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can happen to a snapshot on its way, between two processes. */
final class FullSyncFaultsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PROFILES = 20_000;
    private static final long WAIT_NANOS = Duration.ofMinutes(2).toNanos();
    /** A snapshot of them is longer than this. */
    private static final long IN_THE_MIDDLE_BYTES = 1_000_000;

    @TempDir
    private Path folder;

    private ServerProcess primary;
    private FaultyLink link;

    @BeforeEach
    void start() throws Exception {
        primary = ServerProcess.serve(folder.resolve("primary"));
        final HttpResponse<String> bulk = primary.send(
                "POST",
                "/v1/bulk",
                "application/x-ndjson",
                IntStream.range(0, PROFILES)
                        .mapToObj(i -> "{\"id\":\"crm:" + i + "\",\"attributes\":{\"n\":" + i + ",\"text\":\"" + i
                                + "-a text that makes the snapshot somewhat longer than it would be\"}}")
                        .collect(Collectors.joining("\n")));
        assertThat(bulk.statusCode()).isEqualTo(200);
        link = new FaultyLink(primary.binaryPort());
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        primary.close();
    }

    private ServerProcess replica() throws Exception {
        return ServerProcess.serve(folder.resolve("replica"), "--replica-of", link.address());
    }

    private static JsonNode following(ServerProcess replica) throws Exception {
        return JSON.readTree(replica.getAdmin("/admin/status").body())
                .path("replication")
                .path("following");
    }

    private static void awaitCaughtUp(ServerProcess replica) throws Exception {
        final long endNanos = System.nanoTime() + WAIT_NANOS;
        while (replica.getAdmin("/health/ready").statusCode() != 200
                || replica.get("/v1/profiles/crm:" + (PROFILES - 1)).statusCode() != 200) {
            assertThat(System.nanoTime() - endNanos)
                    .as(replica.errors() + following(replica))
                    .isNegative();
            Thread.sleep(50);
        }
    }

    @Test
    void aDamagedChunkIsNamedAndAskedForAgain() throws Exception {
        link.flipAfter(IN_THE_MIDDLE_BYTES);
        try (ServerProcess replica = replica()) {
            awaitCaughtUp(replica);
            assertThat(replica.errors()).contains("is not followed");
        }
    }

    /** How much of it need not be sent again depends on what was under way; the sessions' own tests see to that. */
    @Test
    void aSyncThatIsCutIsGoneOnWith() throws Exception {
        link.cutAfter(IN_THE_MIDDLE_BYTES);
        try (ServerProcess replica = replica()) {
            awaitCaughtUp(replica);
            assertThat(replica.errors()).contains("is not followed: the connection is gone");
        }
    }
}
