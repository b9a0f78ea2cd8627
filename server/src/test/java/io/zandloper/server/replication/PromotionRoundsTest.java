package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.Await;
import io.zandloper.server.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rounds of losing the primary under load: it is killed, or cut off from its replicas; one of them is promoted, the old
 * primary comes back as a replica, and everything that was acknowledged has to be there, and nothing else be read meanwhile.
 * In network namespaces where the rights are there, else over proxies on loopback; the report says which. Two rounds in a
 * build; for a record
 *
 * <pre>{@code
 * mvn test -pl server -am -Dtest=PromotionRoundsTest -Dsurefire.failIfNoSpecifiedTests=false -Dzandloper.promotionRounds=50
 * }</pre>
 *
 * whose report is in {@code server/target/promotion-rounds.txt}. {@code -Dzandloper.promotionSeed=…} for the same faults again.
 */
final class PromotionRoundsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SERVERS = 3;
    private static final int WAIT_SECONDS = 60;
    private static final int WRONG_READS_SHOWN = 10;
    private static final String[] ACK = {"--ack-replicas", "1", "--ack-timeout", "PT2S"};

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("zandloper.promotionSeed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RoundsLoad load = new RoundsLoad(seed);

    /** A server of the three, where it runs, and its folder for whoever comes after it. */
    private record Node(int place, Path data, ServerProcess process) {}

    @Test
    void nothingThatWasAcknowledgedIsLost() throws Exception {
        final int rounds = Integer.getInteger("zandloper.promotionRounds", 2);
        final List<Node> nodes = new ArrayList<>();
        try (ServerNetwork network = ServerNetwork.open(SERVERS)) {
            try {
                final Path first = folder.resolve("0");
                nodes.add(new Node(0, first, network.lead(0, first, ACK)));
                nodes.add(follow(network, 1, folder.resolve("1"), nodes.get(0)));
                nodes.add(follow(network, 2, folder.resolve("2"), nodes.get(0)));
                awaitReplicas(nodes.get(0));
                load.readFrom(processes(nodes), processes(nodes));
                load.startReading();
                for (int round = 0; round < rounds; round++) {
                    play(network, nodes, round % 2 == 0);
                }
            } finally {
                load.stop();
                for (final Node node : nodes) {
                    node.process().close();
                }
            }
            report(rounds, network);
        }
        load.check();
        assertThat(load.lost()).as("acknowledged and lost, seed " + seed).isZero();
        assertThat(load.wrongReads().stream().limit(WRONG_READS_SHOWN))
                .as("wrong reads, seed " + seed)
                .isEmpty();
    }

    private void report(int rounds, ServerNetwork network) throws Exception {
        final String line = String.format(
                Locale.ROOT,
                "rounds=%d acknowledgedWrites=%d lost=%d reads=%d wrongReads=%d longestWithoutWritesMillis=%d"
                        + " longestWithoutReadsMillis=%d seed=%d network: %s%n",
                rounds,
                load.writes(),
                load.lost(),
                load.reads(),
                load.wrongReads().size(),
                load.longestWithoutWritesMillis(),
                load.longestWithoutReadsMillis(),
                seed,
                network.description());
        System.out.print(line);
        Files.writeString(
                Path.of("target", "promotion-rounds.txt"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** @param killed else it is cut off and goes on for itself */
    private void play(ServerNetwork network, List<Node> nodes, boolean killed) throws Exception {
        final Node primary = nodes.get(0);
        final Node slow = nodes.get(1 + random.nextInt(SERVERS - 1));
        network.slow(slow.place());
        load.writeTo(primary.process());
        load.startWriting();
        awaitWrites("before the fault", 50 + random.nextInt(200));
        if (killed) {
            primary.process().kill();
        } else {
            network.cut(primary.place());
        }
        final Node promoted = promote(nodes);
        Node other = nodes.get(nodes.get(1).equals(promoted) ? 2 : 1);
        final List<ServerProcess> ofThisHistory = List.of(promoted.process(), other.process());
        load.readFrom(processes(nodes), ofThisHistory);
        load.writeTo(promoted.process());
        awaitWrites("after the promotion", 20);
        load.readFrom(ofThisHistory, ofThisHistory);
        primary.process().close();
        network.heal(primary.place());
        network.hurry(slow.place());
        final Node back = follow(network, primary.place(), primary.data(), promoted);
        final List<ServerProcess> all = List.of(promoted.process(), other.process(), back.process());
        load.readFrom(all, all);
        if (!network.cutsEverything()) {
            other.process().close();
            other = follow(network, other.place(), other.data(), promoted);
        }
        nodes.clear();
        nodes.addAll(List.of(promoted, other, back));
        awaitReplicas(promoted);
        load.readFrom(processes(nodes), processes(nodes));
        awaitWrites("after the return", 20);
        load.stopWriting();
        final long sequence = status(promoted).path("sequence").asLong();
        for (final Node node : nodes) {
            load.checkAll(node.process(), sequence, WAIT_SECONDS);
        }
    }

    private static Node promote(List<Node> nodes) throws Exception {
        final List<Node> promoted = new ArrayList<>();
        Await.process("a promotion", () -> {
            for (final Node node : nodes.subList(1, SERVERS)) {
                if (node.process().sendAdmin("POST", "/admin/promote").statusCode() == 200) {
                    promoted.add(node);
                    return true;
                }
            }
            return false;
        });
        return promoted.get(0);
    }

    private static Node follow(ServerNetwork network, int place, Path data, Node primary) throws Exception {
        return new Node(place, data, network.follow(place, data, primary.place(), primary.process(), ACK));
    }

    private static List<ServerProcess> processes(List<Node> nodes) {
        return nodes.stream().map(Node::process).toList();
    }

    private void awaitWrites(String when, int count) throws Exception {
        final long goal = load.writes() + count;
        Await.process("writes " + when, () -> {
            load.check();
            return load.writes() >= goal;
        });
    }

    private static void awaitReplicas(Node primary) throws Exception {
        Await.process(() -> "replicas that follow: " + status(primary), () -> {
            int following = 0;
            for (final JsonNode replica : status(primary).path("replication").path("replicas")) {
                following += replica.path("state").asText().equals("stream") ? 1 : 0;
            }
            return following >= SERVERS - 1;
        });
    }

    private static JsonNode status(Node node) throws Exception {
        return JSON.readTree(node.process().getAdmin("/admin/status").body());
    }
}
