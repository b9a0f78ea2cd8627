package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.client.ClientBuilder;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ReadPreference;
import io.zandloper.protocol.client.StoredProfile;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.Await;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The upgrade of {@code deploy/replication.md}, step by step, under load: replicas first, then the hand-over, then the old
 * primary. A client that knows all three addresses gets every answer within its deadline, and reads its own writes.
 */
@Timeout(300)
final class RollingUpgradeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WRITERS = 2;
    private static final int PERSONS_PER_WRITER = 10;
    private static final String COUNT = "count";
    /** Long enough for a machine that does much else; a server that is gone for good would still be noticed. */
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final List<Node> nodes = new ArrayList<>();
    private final List<Thread> loads = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final ConcurrentLinkedQueue<String> errors = new ConcurrentLinkedQueue<>();
    /** By person: the newest value that was acknowledged. Each has one writer. */
    private final AtomicLongArray acknowledged = new AtomicLongArray(WRITERS * PERSONS_PER_WRITER);
    /** By person: the sequence of that write, or of a later one. */
    private final AtomicLongArray sequences = new AtomicLongArray(WRITERS * PERSONS_PER_WRITER);
    /** By load: calls that were answered. */
    private final AtomicLongArray answered = new AtomicLongArray(2 * WRITERS);

    /** A server with a folder and ports that stay over its restarts. */
    private static final class Node {
        private final Path data;
        private ServerProcess process;

        Node(Path data, String... options) throws Exception {
            this.data = data;
            this.process = ServerProcess.serve(data, options);
        }

        /** As an operator upgrades it: the process ends, and another one of the same data and ports begins. */
        void restart(Node primary) throws Exception {
            final String[] options = {
                "--replica-of",
                "127.0.0.1:" + primary.process.binaryPort(),
                "--port",
                Integer.toString(process.binaryPort()),
                "--http-port",
                Integer.toString(process.httpPort()),
                "--admin-port",
                Integer.toString(process.adminPort())
            };
            assertThat(process.terminate()).isZero();
            process.close();
            process = ServerProcess.serve(data, options);
            assertThat(process.role()).isEqualTo("replica");
        }

        String address() {
            return "127.0.0.1:" + process.binaryPort();
        }
    }

    @AfterEach
    void stop() throws Exception {
        ended.set(true);
        for (final Thread load : loads) {
            load.join();
        }
        for (final Node node : nodes) {
            node.process.close();
        }
    }

    @Test
    void noRequestIsLostWhileServersAreUpgradedOneByOne() throws Exception {
        final Node old = new Node(folder.resolve("0"));
        nodes.add(old);
        for (int i = 1; i <= 2; i++) {
            nodes.add(new Node(folder.resolve(Integer.toString(i)), "--replica-of", old.address()));
        }
        try (ZandloperClient client = client()) {
            for (int writer = 0; writer < WRITERS; writer++) {
                final int own = writer;
                load(() -> write(client, own));
                load(() -> read(client.withReadPreference(ReadPreference.REPLICA), own));
            }
            awaitLoad();
            nodes.get(1).restart(old);
            awaitLoad();
            nodes.get(2).restart(old);
            awaitLoad();
            final Node next = nodes.get(1);
            final HttpResponse<String> promoted = next.process.sendAdmin("POST", "/admin/promote");
            assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
            assertThat(JSON.readTree(promoted.body()).path("handedOver").asBoolean())
                    .isTrue();
            awaitLoad();
            old.restart(next);
            awaitLoad();
            ended.set(true);
            for (final Thread load : loads) {
                load.join();
            }
            assertThat(errors).isEmpty();
            checkAll(next);
        }
    }

    private ZandloperClient client() {
        final ClientBuilder builder =
                ZandloperClient.builder(nodes.stream().map(Node::address).toArray(String[]::new));
        return builder.deadline(DEADLINE).connect();
    }

    private void load(Runnable load) {
        loads.add(Thread.ofPlatform().start(load));
    }

    private void write(ZandloperClient client, int own) {
        for (long value = 1; !ended.get(); value++) {
            final int person = own * PERSONS_PER_WRITER + (int) (value % PERSONS_PER_WRITER);
            try {
                final long sequence = client.blocking()
                        .upsert(ProfileChange.merge("crm:" + person).attribute(COUNT, value))
                        .sequence();
                sequences.set(person, sequence);
                acknowledged.set(person, value);
                answered.incrementAndGet(own);
            } catch (RuntimeException e) {
                errors.add("a write: " + e);
            }
        }
    }

    /** Asks for what was acknowledged, so that an older value is a wrong answer on whichever server. */
    private void read(ZandloperClient client, int own) {
        for (int turn = 0; !ended.get(); turn++) {
            final int person = own * PERSONS_PER_WRITER + turn % PERSONS_PER_WRITER;
            try {
                final long expected = acknowledged.get(person);
                final long seen = client.withMinSequence(sequences.get(person))
                        .blocking()
                        .profile("crm:" + person)
                        .map(RollingUpgradeTest::count)
                        .orElse(0L);
                if (seen < expected) {
                    errors.add("a read of " + person + ": " + seen + " after " + expected + " was acknowledged");
                }
                answered.incrementAndGet(WRITERS + own);
            } catch (RuntimeException e) {
                errors.add("a read: " + e);
            }
        }
    }

    private static long count(StoredProfile profile) {
        return profile.attributes().get(COUNT) instanceof Long count ? count : 0;
    }

    /** Every load has had answers since. */
    private void awaitLoad() throws Exception {
        for (int i = 0; i < answered.length(); i++) {
            final int load = i;
            final long goal = answered.get(load) + 20;
            Await.process("answers of load " + load, () -> answered.get(load) >= goal || !errors.isEmpty());
        }
        assertThat(errors).isEmpty();
    }

    /** Once it has everything, each server has what was acknowledged. */
    private void checkAll(Node primary) throws Exception {
        final long sequence = JSON.readTree(
                        primary.process.getAdmin("/admin/status").body())
                .path("sequence")
                .asLong();
        for (final Node node : nodes) {
            for (int person = 0; person < acknowledged.length(); person++) {
                final HttpResponse<String> read = node.process.getAt("/v1/profiles/crm:" + person, sequence, 30);
                assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
                final JsonNode attributes = JSON.readTree(read.body()).path("attributes");
                assertThat(attributes.path(COUNT).asLong()).isEqualTo(acknowledged.get(person));
            }
        }
        assertThat(JSON.readTree(primary.process.getAdmin("/admin/status").body())
                        .path("replication")
                        .path("tailsSetAside"))
                .isEmpty();
    }
}
