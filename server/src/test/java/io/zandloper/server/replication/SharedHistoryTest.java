package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.Status;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.Await;
import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sequence of the new primary is not taken for one of what only the old primary had. */
@Timeout(180)
final class SharedHistoryTest {
    private static final String PROFILE = "/v1/profiles/crm:1";
    private static final int UNSHARED = 10;
    private static final int SHARED_VALUE = 1;
    private static final int NEW_VALUE = 100;
    private static final int WAIT_SECONDS = 60;
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    @Test
    void aMinimumSequenceIsNotReachedByChangesThatNobodyElseHas() throws Exception {
        leaveUnsharedChanges();
        try (ServerProcess promoted = ServerProcess.serve(folder.resolve("b"), "--replica-of", nobody())) {
            final HttpResponse<String> promotion = promoted.sendAdmin("POST", "/admin/promote");
            assertThat(promotion.statusCode()).as(promotion.body()).isEqualTo(200);
            final long sequence = write(promoted, NEW_VALUE);

            try (ServerProcess old = ServerProcess.serve(folder.resolve("a"), "--replica-of", nobody());
                    ZandloperClient client = ZandloperClient.builder("127.0.0.1:" + old.binaryPort())
                            .deadline(SHORT)
                            .connect()) {
                assertThat(old.readySequence()).as("it has as many of its own").isGreaterThan(sequence);
                assertThat(old.get(PROFILE).statusCode()).isEqualTo(200);
                assertThat(old.getAt(PROFILE, sequence, 0).statusCode()).isEqualTo(503);
                assertThatThrownBy(() ->
                                client.withMinSequence(sequence).blocking().profile("crm:1"))
                        .isInstanceOfSatisfying(
                                RequestRejectedException.class,
                                rejected -> assertThat(rejected.status()).isEqualTo(Status.SEQUENCE_NOT_REACHED));
            }
            try (ServerProcess old =
                    ServerProcess.serve(folder.resolve("a"), "--replica-of", "127.0.0.1:" + promoted.binaryPort())) {
                final HttpResponse<String> read = old.getAt(PROFILE, sequence, WAIT_SECONDS);
                assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
                assertThat(read.body()).contains("\"n\":" + NEW_VALUE);
            }
        }
    }

    @Test
    void aMinimumSequenceIsNotReachedOnAPrimaryThatWasSuperseded() throws Exception {
        leaveUnsharedChanges();
        final long sequence;
        try (ServerProcess promoted = ServerProcess.serve(folder.resolve("b"), "--replica-of", nobody())) {
            assertThat(promoted.sendAdmin("POST", "/admin/promote").statusCode())
                    .isEqualTo(200);
            sequence = write(promoted, NEW_VALUE);
            assertThat(promoted.terminate()).isZero();
        }
        // It was killed before the promotion, and hears of it only when the promoted one asks to follow it.
        try (ServerProcess old = ServerProcess.serve(folder.resolve("a"))) {
            assertThat(old.role()).isEqualTo("primary");
            write(old, SHARED_VALUE);
            assertThat(old.getAt(PROFILE, sequence, 0).statusCode()).isEqualTo(200);
            try (ServerProcess promoted =
                    ServerProcess.serve(folder.resolve("b"), "--replica-of", "127.0.0.1:" + old.binaryPort())) {
                Await.process(
                        "the old primary is superseded",
                        () -> old.getAdmin("/admin/status").body().contains("\"fenced\""));
                assertThat(old.get(PROFILE).statusCode()).isEqualTo(200);
                assertThat(old.getAt(PROFILE, sequence, 0).statusCode()).isEqualTo(503);
                assertThat(promoted.role()).isEqualTo("replica");
            }
        }
        try (ServerProcess old = ServerProcess.serve(folder.resolve("a"))) {
            assertThat(old.role()).isEqualTo("fenced");
            assertThat(old.get(PROFILE).statusCode()).isEqualTo(200);
            assertThat(old.getAt(PROFILE, sequence, 0).statusCode()).isEqualTo(503);
        }
    }

    /** A primary in the one folder with changes that its replica in the other has not got. */
    private void leaveUnsharedChanges() throws Exception {
        try (ServerProcess primary = ServerProcess.serve(folder.resolve("a"))) {
            final long shared = write(primary, SHARED_VALUE);
            try (ServerProcess replica =
                    ServerProcess.serve(folder.resolve("b"), "--replica-of", "127.0.0.1:" + primary.binaryPort())) {
                assertThat(replica.getAt(PROFILE, shared, WAIT_SECONDS).statusCode())
                        .isEqualTo(200);
                Await.process(
                        "it has heard who else follows",
                        () -> Files.exists(
                                folder.resolve("b").resolve("journal").resolve("replicas")));
            }
            for (int value = SHARED_VALUE + 1; value <= SHARED_VALUE + UNSHARED; value++) {
                write(primary, value);
            }
            primary.kill();
        }
    }

    private static long write(ServerProcess server, int value) throws Exception {
        final HttpResponse<String> done =
                server.send("PUT", PROFILE, "application/json", "{\"attributes\":{\"n\":" + value + "}}");
        assertThat(done.statusCode()).as(done.body()).isBetween(200, 201);
        return Long.parseLong(done.headers().firstValue("Zandloper-Sequence").orElseThrow());
    }

    /** Where no server is. */
    private static String nobody() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }
}
