package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.Await;
import io.zandloper.server.http.RawConnection.RawAnswer;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.profile.Identity;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A writer that is behind, and clients that keep the server waiting. */
@Timeout(120)
final class OverloadHttpTest {
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LATE = Duration.ofMinutes(10);
    private static final String PUT = "PUT /v1/profiles/crm:1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";

    @TempDir
    private Path folder;

    private RunningServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    private void start(HttpTimeouts timeouts) {
        server = new RunningServer(
                new StorageConfig(folder, folder.resolve("journal"), Durability.OS, 2),
                MicrosClock.system(),
                new HttpConfig("127.0.0.1", 0, 2, List.of()),
                timeouts);
    }

    private long cutOff(Cutoff reason) {
        return server.metrics.cutOff(Port.HTTP, reason);
    }

    @Test
    void aWriteThatFindsTheWritersQueueFullIsToldToComeBack() throws InterruptedException {
        start(HttpTimeouts.DEFAULT);
        final CountDownLatch writerIsHeld = new CountDownLatch(1);
        final CountDownLatch letGo = new CountDownLatch(1);
        assertThat(server.storage.submit(change(0), held(writerIsHeld, letGo))).isTrue();
        writerIsHeld.await();
        try {
            int queued = 1;
            while (server.storage.submit(change(queued), held(writerIsHeld, letGo))) {
                queued++;
            }

            final RunningServer.Answer refused = server.put("/v1/profiles/crm:1", "{}");

            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.response().headers().firstValue("Retry-After")).contains("1");
            assertThat(refused.response().headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(server.patch("/v1/profiles/crm:1", "{}").status()).isEqualTo(429);
            assertThat(server.send("DELETE", "/v1/profiles/crm:1", null).status())
                    .isEqualTo(429);
            assertThat(Await.until(() -> server.metrics.refused(Port.HTTP, Refusal.BUSY) == 3))
                    .isTrue();
            // Reads do not wait for the writer.
            assertThat(server.get("/v1/profiles/crm:1").status()).isEqualTo(404);
        } finally {
            letGo.countDown();
        }
        assertThat(Await.until(() -> server.put("/v1/profiles/crm:1", "{}").status() == 200))
                .isTrue();
    }

    private static Change change(int number) {
        return MemberChanges.upsert(
                new Identity("crm", "queued-" + number), new SegmentsPatch(false, Map.of(), List.of()));
    }

    /** Listeners are told by the writer's own thread. */
    private static ChangeListener held(CountDownLatch reached, CountDownLatch letGo) {
        return new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                reached.countDown();
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void onFailure(StorageException cause) {
                throw new AssertionError(cause);
            }
        };
    }

    @Test
    void aBodyThatStopsIsToldAndCutOff() {
        start(new HttpTimeouts(SOON, LATE, LATE));
        try (RawConnection client = new RawConnection(server.port())) {
            client.write(PUT + "{\"a");
            assertToldAndEnded(client, "the body did not arrive in time");
        }
        assertThat(cutOff(Cutoff.REQUEST_UNFINISHED)).isEqualTo(1);
    }

    @Test
    void aStreamedBodyThatStopsIsToldAndCutOff() {
        start(new HttpTimeouts(SOON, LATE, LATE));
        try (RawConnection client = new RawConnection(server.port())) {
            client.write("POST /v1/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n")
                    .write("Content-Length: 100\r\n\r\n")
                    .write("{\"id\":\"crm:1\"}\n");
            assertToldAndEnded(client, "the body did not arrive in time");
        }
        assertThat(cutOff(Cutoff.REQUEST_UNFINISHED)).isEqualTo(1);
    }

    @Test
    void aBodyThatDripsIsToldAndCutOff() {
        start(new HttpTimeouts(LATE, LATE, SOON));
        try (RawConnection client = new RawConnection(server.port())) {
            client.write("PUT /v1/profiles/crm:1 HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
            dripUntilCutOff(client);
            final RawAnswer answer = client.read();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("the body did not arrive in time");
            // The rest of the body is read over, so that the answer is seen; it ends here.
            assertThat(client.shutdownOutput().isAtEnd()).isTrue();
        }
    }

    @Test
    void aHeadThatDripsIsToldAndCutOff() {
        start(new HttpTimeouts(LATE, SOON, LATE));
        try (RawConnection client = new RawConnection(server.port())) {
            client.write("GET /");
            dripUntilCutOff(client);
            assertToldAndEnded(client, "the request's head did not arrive in time");
        }
    }

    @Test
    void aHeadThatStopsIsToldAndCutOff() {
        start(new HttpTimeouts(SOON, LATE, LATE));
        try (RawConnection client = new RawConnection(server.port())) {
            client.write("GET /v1/profiles/crm:1 HT");
            assertToldAndEnded(client, "the request's head did not arrive in time");
        }
        assertThat(cutOff(Cutoff.REQUEST_UNFINISHED)).isEqualTo(1);
    }

    @Test
    void aConnectionOnWhichNothingHappensIsClosedWithoutAWord() {
        start(new HttpTimeouts(SOON, LATE, LATE));
        try (RawConnection silent = new RawConnection(server.port());
                RawConnection keptAlive = new RawConnection(server.port())) {
            keptAlive.write("GET /v1/profiles/crm:404 HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(keptAlive.read().status()).isEqualTo(404);
            assertThat(silent.isAtEnd()).isTrue();
            assertThat(keptAlive.isAtEnd()).isTrue();
        }
        assertThat(cutOff(Cutoff.IDLE)).isEqualTo(2);
    }

    private static void assertToldAndEnded(RawConnection client, String detail) {
        final RawAnswer answer = client.read();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains(detail);
        assertThat(client.isAtEnd()).isTrue();
    }

    /** A byte at a time, with a request of somebody else between. */
    private void dripUntilCutOff(RawConnection client) {
        while (cutOff(Cutoff.REQUEST_UNFINISHED) == 0) {
            assertThat(server.get("/v1/profiles/crm:404").status()).isEqualTo(404);
            try {
                client.write("x");
            } catch (UncheckedIOException ended) {
                break;
            }
        }
        assertThat(Await.until(() -> cutOff(Cutoff.REQUEST_UNFINISHED) == 1)).isTrue();
    }
}
