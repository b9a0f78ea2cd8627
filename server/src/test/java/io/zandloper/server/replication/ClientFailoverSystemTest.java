package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.client.CallTimeoutException;
import io.zandloper.protocol.client.ConnectionLostException;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ReadPreference;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.ServerInfo;
import io.zandloper.protocol.client.StoredProfile;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.protocol.client.ZandloperException;
import io.zandloper.server.Await;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java client, a primary and its replica, each a process, when the one is lost and the other takes its place. */
final class ClientFailoverSystemTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Longer than anything takes here. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);
    private static final int WRITES = 20;

    @TempDir
    private Path folder;

    private static ZandloperClient client(ServerProcess... servers) {
        final String[] addresses = new String[servers.length];
        for (int i = 0; i < servers.length; i++) {
            addresses[i] = address(servers[i]);
        }
        return ZandloperClient.builder(addresses)
                .deadline(LONG)
                .checkInterval(CHECK_INTERVAL)
                .connect();
    }

    private static String address(ServerProcess server) {
        return "127.0.0.1:" + server.binaryPort();
    }

    private static JsonNode status(ServerProcess server) throws Exception {
        return JSON.readTree(server.getAdmin("/admin/status").body());
    }

    /** Reads of a profile over the binary port so far. */
    private static long profileReads(ServerProcess server) throws Exception {
        return server.getAdmin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("zandloper_request_duration_seconds_count{")
                        && line.contains("port=\"binary\"")
                        && line.contains("operation=\"profile\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static UpsertResult write(ZandloperClient client, String id, long value) {
        return client.blocking().upsert(ProfileChange.merge(id).attribute("n", value));
    }

    private static Object read(ZandloperClient client, String id) {
        final Optional<StoredProfile> profile = client.blocking().profile(id);
        return profile.map(present -> present.attributes().get("n")).orElse("nobody");
    }

    /** What hello told of a server, once that is so. */
    private static void awaitHello(ZandloperClient client, ServerProcess server, boolean replica) throws Exception {
        Await.process(() -> client.servers() + " " + status(server), () -> {
            final ServerInfo info = client.servers().get(address(server));
            return info != null
                    && info.replica() == replica
                    && info.term() == status(server).path("term").asLong();
        });
    }

    @Test
    void writesGoToThePrimaryAndReadsSeeThemOnAReplica() throws Exception {
        try (ServerProcess primary = ServerProcess.serve(folder.resolve("a"));
                ServerProcess replica = ServerProcess.serve(folder.resolve("b"), "--replica-of", address(primary));
                // The primary is not the first that is asked.
                ZandloperClient client = client(replica, primary)) {
            awaitHello(client, primary, false);
            awaitHello(client, replica, true);
            assertThat(client.servers().get(address(replica)).term())
                    .isEqualTo(client.servers().get(address(primary)).term())
                    .isPositive();
            final ZandloperClient reading = client.withReadPreference(ReadPreference.REPLICA);
            final long before = profileReads(primary);
            for (long i = 0; i < WRITES; i++) {
                final UpsertResult written = write(client, "crm:1", i);
                assertThat(read(reading.withMinSequence(written.sequence()), "crm:1"))
                        .isEqualTo(i);
            }
            Await.process(
                    "reads of the replica", () -> profileReads(replica) + profileReads(primary) - before >= WRITES);
            assertThat(profileReads(replica)).as("the replica is preferred").isPositive();

            final long beforeOfPrimary = profileReads(primary);
            assertThat(read(client, "crm:1")).isEqualTo(WRITES - 1L);
            Await.process("a read of the primary", () -> profileReads(primary) > beforeOfPrimary);

            assertThatThrownBy(() ->
                            read(reading.withMinSequence(Long.MAX_VALUE / 2).withDeadline(SHORT), "crm:1"))
                    .as("nobody has it in time")
                    .isInstanceOfAny(RequestRejectedException.class, CallTimeoutException.class);
        }
    }

    @Test
    void callsGoOnAtTheOneThatTookOver() throws Exception {
        final Path oldFolder = folder.resolve("a");
        try (ServerProcess old = ServerProcess.serve(oldFolder, "--ack-replicas", "1");
                ServerProcess next = ServerProcess.serve(folder.resolve("b"), "--replica-of", address(old));
                ZandloperClient client = client(old, next)) {
            Await.process("a first write", () -> {
                try {
                    return write(client, "crm:1", 1).sequence() > 0;
                } catch (RequestRejectedException replicaNotThereYet) {
                    return false;
                }
            });
            final UpsertResult acknowledged = write(client, "crm:1", 2);
            final long oldTerm = status(old).path("term").asLong();
            old.kill();

            assertThat(read(client.withMinSequence(acknowledged.sequence()), "crm:1"))
                    .as("a read finds who is there, and sees what was acknowledged")
                    .isEqualTo(2L);
            assertThatThrownBy(() -> write(client.withDeadline(SHORT), "crm:1", 3))
                    .as("nobody takes it within the deadline")
                    .isInstanceOfAny(CallTimeoutException.class, ConnectionLostException.class);

            final CompletableFuture<UpsertResult> waiting =
                    client.upsert(ProfileChange.merge("crm:1").attribute("n", 4L));
            final HttpResponse<String> promoted = next.sendAdmin("POST", "/admin/promote");
            assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
            final UpsertResult after = waiting.join();
            assertThat(after.sequence()).isGreaterThan(acknowledged.sequence());
            assertThat(read(client.withMinSequence(after.sequence()), "crm:1")).isEqualTo(4L);
            awaitHello(client, next, false);
            assertThat(client.servers().get(address(next)).term()).isGreaterThan(oldTerm);

            notWrittenToWhoWasReplaced(client, old, oldFolder, next);
        }
    }

    /** The old one comes back at its address, and still says to be the primary: of an older term. */
    private static void notWrittenToWhoWasReplaced(
            ZandloperClient client, ServerProcess old, Path oldFolder, ServerProcess next) throws Exception {
        final String port = Integer.toString(old.binaryPort());
        try (ServerProcess back = ServerProcess.serve(oldFolder, "--port", port)) {
            awaitHello(client, back, false);
            final Map<String, ServerInfo> servers = client.servers();
            assertThat(servers.get(address(back)).term())
                    .isLessThan(servers.get(address(next)).term());
            for (long i = 0; i < WRITES; i++) {
                write(client, "crm:" + i, i);
            }
            for (long i = 0; i < WRITES; i++) {
                final String path = String.format(Locale.ROOT, "/v1/profiles/crm:%d", i);
                assertThat(next.get(path).body()).contains("\"n\":" + i);
                assertThat(back.get(path).body()).as("of the old one").doesNotContain("\"n\":" + i + "}");
            }
        } catch (ZandloperException e) {
            throw new AssertionError(client.servers().toString(), e);
        }
    }
}
