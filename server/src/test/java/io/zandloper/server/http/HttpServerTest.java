package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.Await;
import io.zandloper.server.http.RawConnection.RawAnswer;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.storage.MicrosClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start and stop. */
final class HttpServerTest {
    @TempDir
    Path folder;

    @Test
    void endsWhatIsUnderWayWhenItStops() {
        final RunningServer server = new RunningServer(folder);
        try (RawConnection idle = new RawConnection(server.port());
                RawConnection streaming = new RawConnection(server.port())) {
            idle.write("GET /v1/catalog HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(idle.read().status()).isEqualTo(200);
            streaming.write("""
                    POST /v1/bulk HTTP/1.1\r
                    Host: x\r
                    Content-Type: application/x-ndjson\r
                    Content-Length: 1000\r
                    \r
                    {"id":"stop:1"}
                    """);
            assertThat(Await.until(() -> server.get("/v1/profiles/stop:1").status() == 200))
                    .isTrue();
            final Thread closing = Thread.ofPlatform().start(server::close);
            final RawAnswer answer = streaming.read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(answer.body()).contains("\"accepted\":1,\"rejected\":0");
            assertThat(idle.isAtEnd()).isTrue();
            streaming.close();
            assertThat(Await.until(() -> !closing.isAlive())).isTrue();
        }
    }

    @Test
    void saysInOneSentenceThatAPortIsTaken() {
        try (RunningServer server = new RunningServer(folder)) {
            assertThatThrownBy(() -> HttpServer.start(
                            HttpConfig.of("127.0.0.1", server.port()),
                            server.storage,
                            MicrosClock.system(),
                            new Metrics(InstantSource.system()),
                            server.decisions,
                            server.reports))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + server.port() + ": ");
            assertThat(server.get("/v1/catalog").status()).isEqualTo(200);
        }
    }
}
