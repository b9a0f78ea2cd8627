package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rounds of losing the primary under load: it is killed, or cut off from its replicas; one of them is promoted, the old
 * primary comes back as a replica, and everything that was acknowledged has to be there. {@code
 * -Dzandloper.promotionRounds=50} for more rounds, {@code -Dzandloper.promotionSeed=…} for others; the figures are in {@code
 * target/promotion-rounds.txt}.
 */
final class PromotionRoundsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PERSONS = 40;
    private static final int WRITERS = 2;
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final String[] ACK = {"--ack-replicas", "1", "--ack-timeout", "PT2S"};

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("zandloper.promotionSeed", System.nanoTime());
    private final Random random = new Random(seed);
    private final long[] acknowledged = new long[PERSONS];
    private final List<FaultyLink> links = new ArrayList<>();
    private volatile @Nullable ServerProcess current;
    private volatile boolean writing;
    private volatile long lastSuccessNanos;
    private volatile long longestGapNanos;
    private volatile @Nullable Throwable failure;
    private long writes;
    private long lost;

    /** A server of the three, and its folder for whoever comes after it. */
    private record Node(Path data, ServerProcess process) {}

    @Test
    void nothingThatWasAcknowledgedIsLost() throws Exception {
        final int rounds = Integer.getInteger("zandloper.promotionRounds", 2);
        final List<Node> nodes = new ArrayList<>();
        try {
            final Path first = folder.resolve("0");
            nodes.add(new Node(first, ServerProcess.serve(first, ACK)));
            nodes.add(follow(folder.resolve("1"), nodes.get(0)));
            nodes.add(follow(folder.resolve("2"), nodes.get(0)));
            awaitReplicas(nodes.get(0), 2);
            for (int round = 0; round < rounds; round++) {
                play(nodes, round % 2 == 0);
            }
        } finally {
            writing = false;
            for (final Node node : nodes) {
                node.process().close();
            }
            for (final FaultyLink link : links) {
                link.close();
            }
        }
        Files.writeString(
                Path.of("target", "promotion-rounds.txt"),
                String.format(
                        Locale.ROOT,
                        "rounds=%d seed=%d acknowledged=%d lost=%d longestWithoutWritesMillis=%d%n",
                        rounds,
                        seed,
                        writes,
                        lost,
                        TimeUnit.NANOSECONDS.toMillis(longestGapNanos)),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        assertThat(lost).as("seed " + seed).isZero();
        assertThat(failure).as("seed " + seed).isNull();
    }

    /** @param killed else it is cut off and goes on for itself */
    private void play(List<Node> nodes, boolean killed) throws Exception {
        final Node primary = nodes.get(0);
        current = primary.process();
        writing = true;
        lastSuccessNanos = System.nanoTime();
        final List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            final int own = i;
            writers.add(Thread.ofPlatform().start(() -> write(own)));
        }
        final long goal = writes() + 50 + random.nextInt(200);
        await("writes before the fault", () -> writes() >= goal || failure != null);
        if (killed) {
            primary.process().kill();
        } else {
            links.forEach(FaultyLink::cut);
        }
        final Node promoted = promote(nodes);
        current = promoted.process();
        final Node other = nodes.get(nodes.get(1).equals(promoted) ? 2 : 1);
        final long after = writes() + 20;
        await("writes after the promotion", () -> writes() >= after || failure != null);
        writing = false;
        for (final Thread writer : writers) {
            writer.join();
        }
        primary.process().close();
        final Node back = follow(primary.data(), promoted);
        awaitReplicas(promoted, 2);
        final long sequence = status(promoted).path("sequence").asLong();
        for (final Node node : List.of(promoted, other, back)) {
            check(node, sequence);
        }
        nodes.clear();
        nodes.addAll(List.of(promoted, other, back));
    }

    private Node promote(List<Node> nodes) throws Exception {
        final Node[] promoted = new Node[1];
        await("a promotion", () -> {
            for (final Node node : nodes.subList(1, 3)) {
                final HttpResponse<String> answer = node.process().sendAdmin("POST", "/admin/promote");
                if (answer.statusCode() == 200) {
                    promoted[0] = node;
                    return true;
                }
            }
            return false;
        });
        return promoted[0];
    }

    private Node follow(Path data, Node primary) throws Exception {
        final FaultyLink link = new FaultyLink(primary.process().binaryPort());
        links.add(link);
        return new Node(
                data, ServerProcess.serve(data, "--replica-of", link.address(), ACK[0], ACK[1], ACK[2], ACK[3]));
    }

    private void write(int own) {
        long value = 0;
        try {
            while (writing) {
                final int person = WRITERS * (int) (value % (PERSONS / WRITERS)) + own;
                value++;
                final long next = System.nanoTime();
                if (put(person, next)) {
                    synchronized (this) {
                        acknowledged[person] = next;
                        writes++;
                        final long now = System.nanoTime();
                        longestGapNanos = Math.max(longestGapNanos, now - lastSuccessNanos);
                        lastSuccessNanos = now;
                    }
                }
            }
        } catch (InterruptedException e) {
            failure = e;
        }
    }

    private boolean put(int person, long value) throws InterruptedException {
        final ServerProcess to = current;
        try {
            return to != null
                    && to.send(
                                            "PUT",
                                            "/v1/profiles/crm:" + person,
                                            "application/json",
                                            "{\"attributes\":{\"n\":" + value + "}}")
                                    .statusCode()
                            <= 201;
        } catch (IOException gone) {
            return false;
        }
    }

    private synchronized long writes() {
        return writes;
    }

    /** Values only grow: one that was not acknowledged may be there, an older one than the acknowledged may not. */
    private void check(Node node, long sequence) throws Exception {
        for (int person = 0; person < PERSONS; person++) {
            final HttpResponse<String> read = node.process().getAt("/v1/profiles/crm:" + person, sequence, 10);
            final long value =
                    JSON.readTree(read.body()).path("attributes").path("n").asLong();
            if (value < acknowledged[person]) {
                lost++;
            }
        }
    }

    private static void awaitReplicas(Node primary, int count) throws Exception {
        await("replicas that follow", () -> {
            int following = 0;
            for (final JsonNode replica : status(primary).path("replication").path("replicas")) {
                following += replica.path("state").asText().equals("stream") ? 1 : 0;
            }
            return following >= count;
        });
    }

    private static JsonNode status(Node node) throws Exception {
        return JSON.readTree(node.process().getAdmin("/admin/status").body());
    }

    /** Something that is so after a while. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        final long endNanos = System.nanoTime() + WAIT_NANOS;
        while (!condition.holds()) {
            assertThat(System.nanoTime() - endNanos).as(what).isNegative();
            Thread.sleep(Duration.ofMillis(20));
        }
    }
}
