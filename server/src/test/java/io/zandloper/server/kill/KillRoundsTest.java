package io.zandloper.server.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the server ({@code SIGKILL}) at random moments under writes over both ports, catalogs and snapshots, starts it
 * again, and compares. {@code -Dzandloper.killRounds=50} for more rounds, {@code -Dzandloper.killSeed=…} for others; the
 * figures are in {@code target/kill-rounds.txt}.
 */
final class KillRoundsTest {
    private static final int ROUNDS = Integer.getInteger("zandloper.killRounds", 3);
    private static final long SEED = Long.getLong("zandloper.killSeed", 20_261_122L);

    private static final int WRITERS = CatalogWriter.LISTS;
    private static final int PERSONS_A_WRITER = 40;
    private static final int LOAD_MILLIS_MAX = 3_000;
    /** Each so many rounds the server is killed once more while it starts. */
    private static final int ROUNDS_A_KILL_AT_START = 4;

    private static final int START_MILLIS_MAX = 3_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<List<Person>> persons = IntStream.range(0, WRITERS)
            .mapToObj(writer -> IntStream.range(0, PERSONS_A_WRITER)
                    .mapToObj(i -> new Person(writer * PERSONS_A_WRITER + i))
                    .toList())
            .toList();
    private final CatalogWriter catalogs = new CatalogWriter();
    private final Account account = new Account();
    private long acknowledged;
    private long lastSequence;
    private final List<Long> startMillis = new ArrayList<>();

    @TempDir
    private Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsHalf() throws Exception {
        ServerProcess server = serve(0);
        try {
            catalogs.begin(server);
            for (int round = 1; round <= ROUNDS; round++) {
                writeUntilKilled(server);
                if (round % ROUNDS_A_KILL_AT_START == 0) {
                    killWhileItStarts();
                }
                server = serve(round);
                check(server, round);
            }
            report();
            theAccountNotices(server);
            assertThat(server.terminate()).isZero();
        } finally {
            server.close();
        }
        assertThat(account.lost()).as("seed=%d", SEED).isEmpty();
        assertThat(account.half()).as("seed=%d", SEED).isEmpty();
    }

    private ServerProcess serve(int round) throws Exception {
        final long startNanos = System.nanoTime();
        final ServerProcess server = ServerProcess.serve(data(), "--durability", round % 2 == 0 ? "fsync" : "os");
        startMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
        return server;
    }

    private Path data() {
        return folder.resolve("data");
    }

    private void writeUntilKilled(ServerProcess server) throws Exception {
        final List<PersonWriter> writers = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        try (ZandloperClient client = connect(server)) {
            for (final List<Person> own : persons) {
                final PersonWriter writer = new PersonWriter(
                        own, CatalogWriter.list(writers.size()), server, client.blocking(), random.split());
                writers.add(writer);
                threads.add(new Thread(writer::run, "writer-" + writers.size()));
            }
            final SplittableRandom ofCatalogs = random.split();
            threads.add(new Thread(() -> catalogs.run(server, ofCatalogs), "catalogs"));
            threads.forEach(Thread::start);
            pause(random.nextInt(50, LOAD_MILLIS_MAX));
            server.kill();
            for (final Thread thread : threads) {
                thread.join();
            }
        } finally {
            server.close();
        }
        for (final PersonWriter writer : writers) {
            acknowledged += writer.acknowledged();
            lastSequence = Math.max(lastSequence, writer.lastSequence());
            assertThat(writer.refused()).as("seed=%d", SEED).isNull();
        }
        assertThat(catalogs.refused()).as("seed=%d", SEED).isNull();
    }

    private void killWhileItStarts() throws Exception {
        try (ServerProcess starting = ServerProcess.start(data())) {
            pause(random.nextInt(200, START_MILLIS_MAX));
            starting.kill();
        }
    }

    private void check(ServerProcess server, int round) throws Exception {
        assertThat(server.readySequence()).as("round=%d seed=%d", round, SEED).isGreaterThanOrEqualTo(lastSequence);
        try (ZandloperClient client = connect(server)) {
            account.check(
                    server,
                    client.blocking(),
                    persons.stream().flatMap(List::stream).toList(),
                    catalogs);
        }
        assertThat(account.lost()).as("round=%d seed=%d", round, SEED).isEmpty();
        assertThat(account.half()).as("round=%d seed=%d", round, SEED).isEmpty();
    }

    /** An account that never finds anything would prove nothing. */
    private void theAccountNotices(ServerProcess server) throws Exception {
        final Person person = persons.get(0).stream()
                .filter(each -> each.acknowledged.main() != null)
                .findFirst()
                .orElseThrow();
        server.send("PATCH", PersonWriter.path(person.main), "application/json", "{\"attributes\":{\"a\":\"half\"}}");
        final Account other = new Account();
        try (ZandloperClient client = connect(server)) {
            other.check(server, client.blocking(), List.of(person), catalogs);
        }
        assertThat(other.lost()).hasSize(1);
        assertThat(other.half()).isNotEmpty();
    }

    private static ZandloperClient connect(ServerProcess server) {
        return ZandloperClient.builder("127.0.0.1", server.binaryPort())
                .deadline(Duration.ofSeconds(30))
                .connect();
    }

    private void report() throws Exception {
        Files.writeString(
                Path.of("target", "kill-rounds.txt"),
                String.format(
                        Locale.ROOT,
                        "rounds=%d seed=%d acknowledged=%d snapshots=%d lost=%d half=%d startMillis=%s%n",
                        ROUNDS,
                        SEED,
                        acknowledged,
                        catalogs.snapshots(),
                        account.lost().size(),
                        account.half().size(),
                        startMillis),
                StandardCharsets.UTF_8);
    }

    /** The moment of a kill is not waited for: it is chance. */
    private static void pause(int millis) {
        final long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = 1; left > 0; left = endNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
