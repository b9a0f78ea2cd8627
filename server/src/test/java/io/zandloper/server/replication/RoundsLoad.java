package io.zandloper.server.replication;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The clients of {@link PromotionRoundsTest}, and what they make of the answers. Two write, each to persons of its own and
 * ever higher values; one reads from any server; one reads what was acknowledged, by its sequence,
 * from any server of the same history.
 */
final class RoundsLoad {
    static final int PERSONS = 40;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WRITERS = 2;
    private static final int MIN_SEQUENCE_WAIT_SECONDS = 1;
    /** So that the readers leave the processors to the servers. */
    private static final long BETWEEN_READS_NANOS = Duration.ofMillis(2).toNanos();

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    /** What a writer was told; value 0 for nothing. */
    record Acknowledged(long value, long sequence) {
        static final Acknowledged NOTHING = new Acknowledged(0, 0);
    }

    /** How long it took from one success to the next, at most. */
    private static final class Gap {
        private long lastNanos;
        private long longestNanos;

        synchronized void begin() {
            lastNanos = System.nanoTime();
        }

        synchronized void end() {
            final long nowNanos = System.nanoTime();
            longestNanos = Math.max(longestNanos, nowNanos - lastNanos);
            lastNanos = nowNanos;
        }

        synchronized long longestMillis() {
            return Duration.ofNanos(longestNanos).toMillis();
        }
    }

    private final long seed;
    /** The highest value of each person that was sent to anybody. */
    private final AtomicLongArray issued = new AtomicLongArray(PERSONS);

    private final AtomicReferenceArray<Acknowledged> acknowledged = new AtomicReferenceArray<>(PERSONS);
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicInteger lost = new AtomicInteger();
    private final Queue<String> wrongReads = new ConcurrentLinkedQueue<>();
    private final Gap writeGap = new Gap();
    private final Gap readGap = new Gap();
    private final List<Thread> readers = new ArrayList<>();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean reading;
    private volatile boolean writing;
    private volatile @Nullable ServerProcess primary;
    private volatile List<ServerProcess> servers = List.of();
    private volatile List<ServerProcess> ofThisHistory = List.of();
    private volatile @Nullable Exception failure;

    RoundsLoad(long seed) {
        this.seed = seed;
        for (int person = 0; person < PERSONS; person++) {
            acknowledged.set(person, Acknowledged.NOTHING);
        }
    }

    // ---- What the rounds do --------------------------------------------------------------------------------------

    void writeTo(ServerProcess server) {
        primary = server;
    }

    /**
     * Before anything is written that not all of {@code asked} have in their history.
     *
     * @param present all that serve
     * @param asked those of them that are asked for sequences: not a primary that was cut off and goes on for itself, whose
     *     sequences are those of other changes
     */
    void readFrom(List<ServerProcess> present, List<ServerProcess> asked) {
        servers = List.copyOf(present);
        ofThisHistory = List.copyOf(asked);
    }

    void startReading() {
        reading = true;
        readGap.begin();
        readers.add(start(() -> readAny(new Random(seed))));
        readers.add(start(() -> readWhatWasWritten(new Random(seed + 1))));
    }

    void startWriting() {
        writing = true;
        writeGap.begin();
        for (int i = 0; i < WRITERS; i++) {
            final int own = i;
            writers.add(start(() -> write(own)));
        }
    }

    void stopWriting() throws InterruptedException {
        writing = false;
        join(writers);
    }

    void stop() throws InterruptedException {
        stopWriting();
        reading = false;
        join(readers);
    }

    /** @throws Exception that ended a client */
    void check() throws Exception {
        final Exception thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    /** Whether everything that was acknowledged is on a server that has this sequence; nobody writes. */
    void checkAll(ServerProcess server, long sequence, int waitSeconds) throws Exception {
        for (int person = 0; person < PERSONS; person++) {
            final HttpResponse<String> read = server.getAt(path(person), sequence, waitSeconds);
            if (read.statusCode() == UNAVAILABLE) {
                throw new AssertionError("the sequence " + sequence + " is not reached: " + read.body());
            }
            if (valueOf(read) < acknowledged.get(person).value()) {
                lost.incrementAndGet();
            }
            judge(read, person, Acknowledged.NOTHING);
        }
    }

    long writes() {
        return writes.get();
    }

    long reads() {
        return reads.get();
    }

    int lost() {
        return lost.get();
    }

    Queue<String> wrongReads() {
        return wrongReads;
    }

    long longestWithoutWritesMillis() {
        return writeGap.longestMillis();
    }

    /** Of a client that asks one server after the other. */
    long longestWithoutReadsMillis() {
        return readGap.longestMillis();
    }

    // ---- Clients -------------------------------------------------------------------------------------------------

    /** A client of one thread. */
    @FunctionalInterface
    private interface Client {
        void run() throws Exception;
    }

    private Thread start(Client client) {
        return Thread.ofPlatform().start(() -> {
            try {
                client.run();
            } catch (Exception e) {
                failure = e;
            }
        });
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (final Thread thread : threads) {
            thread.join();
        }
        threads.clear();
    }

    private void write(int own) throws Exception {
        for (int turn = 0; writing; turn++) {
            final int person = WRITERS * (turn % (PERSONS / WRITERS)) + own;
            final long value = issued.incrementAndGet(person);
            final ServerProcess to = primary;
            if (to == null) {
                throw new IllegalStateException("nobody to write to");
            }
            try {
                final HttpResponse<String> put = to.send(
                        "PUT",
                        path(person),
                        "application/json",
                        "{\"attributes\":{\"of\":" + person + ",\"n\":" + value + ",\"twice\":" + 2 * value + "}}");
                if (put.statusCode() == OK || put.statusCode() == CREATED) {
                    acknowledged.set(
                            person,
                            new Acknowledged(
                                    value,
                                    JSON.readTree(put.body()).path("sequence").asLong()));
                    writes.incrementAndGet();
                    writeGap.end();
                }
            } catch (IOException gone) {
                // Nobody knows whether it was done, and the next one is sent to whoever is primary by then.
            }
        }
    }

    private void readAny(Random random) throws Exception {
        for (int turn = 0; reading; turn++) {
            final List<ServerProcess> present = servers;
            if (read(present.get(turn % present.size()), random.nextInt(PERSONS), Acknowledged.NOTHING)) {
                readGap.end();
            }
            LockSupport.parkNanos(BETWEEN_READS_NANOS);
        }
    }

    private void readWhatWasWritten(Random random) throws Exception {
        while (reading) {
            final int person = random.nextInt(PERSONS);
            // What was acknowledged first: whoever is asked for it is so of that history, or a later one.
            final Acknowledged atLeast = acknowledged.get(person);
            final List<ServerProcess> asked = ofThisHistory;
            read(asked.get(random.nextInt(asked.size())), person, atLeast);
            LockSupport.parkNanos(BETWEEN_READS_NANOS);
        }
    }

    /** Whether there was an answer. */
    private boolean read(ServerProcess from, int person, Acknowledged atLeast) throws Exception {
        final HttpResponse<String> answer;
        try {
            answer = atLeast.sequence() == 0
                    ? from.get(path(person))
                    : from.getAt(path(person), atLeast.sequence(), MIN_SEQUENCE_WAIT_SECONDS);
        } catch (IOException gone) {
            return false;
        }
        if (answer.statusCode() == UNAVAILABLE) {
            return false;
        }
        reads.incrementAndGet();
        judge(answer, person, atLeast);
        return true;
    }

    /** What is read was written for this person, as it was written, and not before what was asked for. */
    private void judge(HttpResponse<String> answer, int person, Acknowledged atLeast) throws IOException {
        final JsonNode read = JSON.readTree(answer.body());
        final JsonNode attributes = read.path("attributes");
        final long value = valueOf(answer);
        final boolean whole = answer.statusCode() == OK
                && read.path("id").asText().equals("crm:" + person)
                && attributes.path("of").asLong(-1) == person
                && attributes.path("twice").asLong() == 2 * value
                && value >= 1
                && value <= issued.get(person);
        final boolean absent = answer.statusCode() == NOT_FOUND;
        if (!(whole || absent) || value < atLeast.value()) {
            wrongReads.add("crm:" + person + " at least " + atLeast + ": " + answer.uri() + " "
                    + answer.statusCode() + " "
                    + answer.headers().firstValue("Zandloper-Sequence").orElse("") + " "
                    + answer.body());
        }
    }

    private static long valueOf(HttpResponse<String> read) throws IOException {
        return JSON.readTree(read.body()).path("attributes").path("n").asLong();
    }

    private static String path(int person) {
        return "/v1/profiles/crm:" + person;
    }
}
