package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ReadPreference;
import io.zandloper.protocol.client.SegmentTest;
import io.zandloper.protocol.client.ZandloperClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of two servers that hold the same, one reached over TCP, which goes away, one over a Unix domain socket. */
@Timeout(120)
final class ClientFailoverTest {
    private static final String CATALOG = "{\"segments\":[{\"id\":\"cart\"}]}";
    private static final List<String> TESTED = List.of("cart");
    private static final int READS = 4_000;
    private static final int IN_FLIGHT = 64;

    @TempDir
    private Path folder;

    private RunningBinaryServer start(String name) {
        final TransportConfig transport = new TransportConfig(null, 2, false, socket(name));
        final RunningBinaryServer server =
                new RunningBinaryServer(folder.resolve(name), null, BinaryLimits.DEFAULT, transport);
        server.replaceCatalog(CATALOG);
        try (ZandloperClient client = server.connect()) {
            client.upsert(ProfileChange.merge("crm:1").addSegment("cart")).join();
        }
        return server;
    }

    private Path socket(String name) {
        return folder.resolve(name + ".sock");
    }

    @Test
    void noReadIsLostWhenAServerStops() {
        final RunningBinaryServer stopping = start("a");
        try (RunningBinaryServer staying = start("b");
                ZandloperClient client = ZandloperClient.builder("127.0.0.1:" + stopping.port(), "unix:" + socket("b"))
                        .deadline(Duration.ofSeconds(60))
                        .readPreference(ReadPreference.ANY)
                        .connect()) {
            final Queue<CompletableFuture<SegmentTest>> inFlight = new ArrayDeque<>();
            CompletableFuture<Void> stopped = CompletableFuture.completedFuture(null);
            for (int i = 0; i < READS; i++) {
                if (i == READS / 4) {
                    stopped = CompletableFuture.runAsync(stopping::close, task -> new Thread(task).start());
                }
                inFlight.add(client.testSegments("crm:1", TESTED));
                if (inFlight.size() == IN_FLIGHT) {
                    assertThat(inFlight.remove().join().isMember("cart")).isTrue();
                }
            }
            inFlight.forEach(read -> assertThat(read.join().isMember("cart")).isTrue());
            stopped.join();
        }
    }
}
