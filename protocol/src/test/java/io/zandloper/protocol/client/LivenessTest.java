package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.client.ScriptedServer.Peer;
import io.zandloper.protocol.schema.Role;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is there but does not answer is found out without a call, by a hello. */
@Timeout(60)
final class LivenessTest {
    private final ScriptedServer server = new ScriptedServer();
    private final Queue<Peer> peers = new ConcurrentLinkedQueue<>();
    private final Semaphore greeted = new Semaphore(0);

    @Test
    void aConnectionOnWhichNothingIsAnsweredIsMadeAgain() throws Exception {
        final Thread greeter = new Thread(this::greetOnceEach);
        greeter.start();
        try (ZandloperClient client = connect()) {
            assertThat(client.server().replica()).isFalse();
            greeted.drainPermits();
            greeted.acquire();
        }
        server.close();
        greeter.join();
        peers.forEach(Peer::close);
    }

    /** On a machine with much to do, an answer may come too late. */
    private ZandloperClient connect() {
        while (true) {
            try {
                return ZandloperClient.builder(server.address())
                        .connectTimeout(Duration.ofMillis(500))
                        .checkInterval(Duration.ofMillis(1))
                        .reconnectPauses(Duration.ofMillis(1), Duration.ofMillis(5))
                        .connect();
            } catch (CallTimeoutException | ConnectionLostException slow) {
                assertThat(slow).hasMessageContaining("127.0.0.1");
            }
        }
    }

    private void greetOnceEach() {
        while (true) {
            try {
                peers.add(server.acceptAndGreet(Role.Primary));
                greeted.release();
            } catch (UncheckedIOException ended) {
                if (!server.isOpen()) {
                    return;
                }
            }
        }
    }
}
