package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica that is stopped while changes pour in ends as cleanly as any other. */
@Timeout(600)
final class StopUnderChangesTest {
    private static final int STOPS = Integer.getInteger("zandloper.stops", 4);
    /** Of a write: a machine that is loaded is no failure. */
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private static final int IN_FLIGHT = 256;
    private static final int PROFILES = 10_000;
    private static final String VALUE = "x".repeat(500);

    private final Semaphore free = new Semaphore(IN_FLIGHT);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong newest = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();

    @TempDir
    private Path folder;

    @Test
    void isAsCleanAsAnyOther() throws Exception {
        try (ServerProcess primary = ServerProcess.serve(folder.resolve("primary"), "--durability", "os");
                ZandloperClient client = ZandloperClient.builder("127.0.0.1", primary.binaryPort())
                        .deadline(DEADLINE)
                        .connect()) {
            final Thread writer = new Thread(() -> write(client));
            writer.start();
            try {
                for (int stop = 0; stop < STOPS; stop++) {
                    stopAfterMore(primary);
                }
            } finally {
                ended.set(true);
                writer.join();
            }
            assertThat(failed.get()).isNull();
        }
    }

    private void stopAfterMore(ServerProcess primary) throws Exception {
        try (ServerProcess replica = ServerProcess.serve(
                folder.resolve("replica"), "--durability", "os", "--replica-of", "127.0.0.1:" + primary.binaryPort())) {
            assertThat(replica.getAt("/v1/profiles/crm:1", newest.get(), 60).statusCode())
                    .isEqualTo(200);
            assertThat(replica.terminate()).as(replica.errors()).isZero();
            assertThat(replica.errors().lines().filter(line -> line.contains(" ERROR ") || line.contains("Exception")))
                    .isEmpty();
        }
    }

    private void write(ZandloperClient client) {
        for (int number = 0; !ended.get(); number++) {
            free.acquireUninterruptibly();
            client.upsert(ProfileChange.merge("crm:" + number % PROFILES).attribute("v", VALUE + number))
                    .whenComplete((done, failure) -> {
                        if (failure == null) {
                            newest.accumulateAndGet(done.sequence(), Math::max);
                        } else {
                            failed.compareAndSet(null, failure);
                        }
                        free.release();
                    });
        }
        free.acquireUninterruptibly(IN_FLIGHT);
    }
}
