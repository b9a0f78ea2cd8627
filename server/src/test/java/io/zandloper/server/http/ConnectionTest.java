package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.http.RawConnection.RawAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over a connection byte by byte. */
@ExtendWith(SharedServer.class)
final class ConnectionTest {
    private static final String HOST = "Host: x\r\n";

    @Test
    void answersPipelinedRequestsInTheirOrder(RunningServer server) {
        final StringBuilder requests = new StringBuilder();
        final int count = 300;
        for (int i = 0; i < count; i++) {
            // Writes are answered by another thread, reads at once: order must not depend on it.
            final String body = "{\"attributes\":{\"n\":" + i + "}}";
            requests.append("PUT /v1/profiles/pipe:")
                    .append(i)
                    .append(" HTTP/1.1\r\n")
                    .append(HOST)
                    .append("Content-Length: ")
                    .append(body.length())
                    .append("\r\n\r\n")
                    .append(body)
                    .append("GET /v1/profiles/pipe:")
                    .append(i)
                    .append(" HTTP/1.1\r\n")
                    .append(HOST)
                    .append("\r\n");
        }
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write(requests.toString());
            for (int i = 0; i < count; i++) {
                assertThat(connection.read().body()).contains("\"id\":\"pipe:" + i + "\"");
                assertThat(connection.read().body()).contains("\"attributes\":{\"n\":" + i + "}");
            }
        }
    }

    @Test
    void takesARequestSplitAtEveryByte(RunningServer server) {
        final String body = "{\"attributes\":{\"name\":\"é😀\"}}";
        final byte[] put = ("PUT /v1/profiles/split:1 HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n"
                        + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
        final byte[] chunked = ("POST /v1/bulk HTTP/1.1\r\n" + HOST
                        + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "9\r\n{\"id\":\"sp\r\n9\r\nlit:1\"}\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        for (byte[] request : List.of(put, chunked)) {
            try (RawConnection connection = new RawConnection(server.port())) {
                for (int at = 1; at < request.length; at++) {
                    connection.write(Arrays.copyOf(request, at)).write(Arrays.copyOfRange(request, at, request.length));
                    assertThat(connection.read().status()).as("split at " + at).isEqualTo(200);
                }
                for (byte b : request) {
                    connection.write(new byte[] {b});
                }
                assertThat(connection.read().status()).isEqualTo(200);
            }
        }
        assertThat(server.get("/v1/profiles/split:1").text()).contains("é😀");
    }

    @Test
    void continuesWhenAskedTo(RunningServer server) {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("PUT /v1/profiles/continue:1 HTTP/1.1\r\n" + HOST
                    + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(100);
            connection.write("{}");
            assertThat(connection.read().status()).isEqualTo(200);
            connection.write("PUT /v1/profiles/continue:1 HTTP/1.1\r\n" + HOST
                    + "Expect: 100-continue\r\nContent-Length: 9000000\r\n\r\n");
            final RawAnswer tooLong = connection.read();
            assertThat(tooLong.status()).isEqualTo(413);
            assertThat(tooLong.headers()).containsEntry("connection", "close");
        }
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("GET /v1/catalog HTTP/1.1\r\n" + HOST + "Expect: the-unexpected\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(417);
        }
    }

    @Test
    void answersHeadWithTheHeadersOfGet(RunningServer server) {
        server.put("/v1/profiles/head:1", "{}");
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("HEAD /v1/profiles/head:1 HTTP/1.1\r\n" + HOST + "\r\nGET /v1/profiles/head:1 HTTP/1.1\r\n"
                    + HOST + "\r\n");
            final RawAnswer head = connection.read(false);
            final RawAnswer get = connection.read();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers().get("content-length"))
                    .isEqualTo(get.headers().get("content-length"));
            assertThat(head.headers().get("etag")).isEqualTo(get.headers().get("etag"));
        }
    }

    @Test
    void answersASenderThatHasEndedItsSide(RunningServer server) {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection
                    .write("PUT /v1/profiles/half:1 HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\n{}"
                            + "GET /v1/profiles/half:1 HTTP/1.1\r\n" + HOST + "\r\n")
                    .shutdownOutput();
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void speaksHttp10AndClosesWhenAskedTo(RunningServer server) {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("GET /v1/catalog HTTP/1.0\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
            assertThat(connection.isAtEnd()).isTrue();
        }
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("GET /v1/catalog HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(connection.read().headers()).containsEntry("connection", "keep-alive");
            connection.write("GET /v1/catalog HTTP/1.1\r\nConnection: close\r\n" + HOST + "\r\n");
            assertThat(connection.read().headers()).containsEntry("connection", "close");
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    static List<List<Object>> brokenRequests() {
        return List.of(
                List.of("GARBAGE\r\n\r\n", 400),
                List.of("\u0000\u0001\u0002\r\n\r\n", 400),
                List.of("GET\r\n\r\n", 400),
                List.of("GET /v1/catalog\r\n\r\n", 400),
                List.of("GET /v1/catalog HTTP/1.1\r\n\r\n", 400),
                List.of("GET /v1/catalog HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
                List.of("GET /v1/catalog HTTP/1.1\r\n" + HOST + "no colon here\r\n\r\n", 400),
                List.of("GET /v1/catalog HTTP/2.0\r\n" + HOST + "\r\n", 505),
                List.of("GET v1/catalog HTTP/1.1\r\n" + HOST + "\r\n", 400),
                List.of("GET /v1/catalog?a=%zz HTTP/1.1\r\n" + HOST + "\r\n", 400),
                List.of("GET /" + "x".repeat(HttpLimits.REQUEST_LINE_BYTES_MAX) + " HTTP/1.1\r\n" + HOST + "\r\n", 414),
                List.of(
                        "GET /v1/catalog HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(HttpLimits.HEADERS_BYTES_MAX)
                                + "\r\n\r\n",
                        431),
                List.of("GET /v1/catalog HTTP/1.1\r\n" + HOST + "X: y\r\n".repeat(10_000) + "\r\n", 431),
                List.of(
                        "PUT /v1/profiles/broken:1 HTTP/1.1\r\n" + HOST
                                + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
                        400),
                List.of(
                        "POST /v1/bulk HTTP/1.1\r\n" + HOST
                                + "Transfer-Encoding: chunked\r\nContent-Type: application/x-ndjson\r\n\r\n-5\r\n{}\r\n",
                        400),
                List.of("PUT /v1/profiles/broken:1 HTTP/1.1\r\n" + HOST + "Content-Length: -5\r\n\r\n", 400),
                List.of(
                        "PUT /v1/profiles/broken:1 HTTP/1.1\r\n" + HOST
                                + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
                        400),
                List.of(
                        "PUT /v1/profiles/broken:1 HTTP/1.1\r\n" + HOST
                                + "Content-Length: 99999999999999999999\r\n\r\n{}",
                        400));
    }

    @ParameterizedTest
    @MethodSource("brokenRequests")
    void tellsWhatIsWrongWithABrokenRequestAndServesOthers(List<Object> row, RunningServer server) {
        try (RawConnection other = new RawConnection(server.port());
                RawConnection connection = new RawConnection(server.port())) {
            connection.write((String) row.get(0));
            final RawAnswer answer = connection.read();
            assertThat(answer.status()).as(answer.toString()).isEqualTo(row.get(1));
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            assertThat(answer.headers()).containsKey("zandloper-sequence");
            other.write("GET /v1/catalog HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(other.read().status()).isEqualTo(200);
        }
    }

    @Test
    void survivesRandomBytes(RunningServer server) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            final byte[] bytes = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                final byte[] start = "PUT /v1/profiles/random:1 HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8);
                System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length));
            }
            try (RawConnection connection = new RawConnection(server.port())) {
                connection.write(bytes);
            }
        }
        assertThat(server.get("/v1/catalog").status()).as("seed=" + seed).isEqualTo(200);
    }

    @Test
    void answersBeforeABodyThatIsTooLongHasEnded(RunningServer server) {
        final byte[] piece = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write(
                    "PUT /v1/catalog HTTP/1.1\r\n" + HOST + "Content-Length: " + 12 * piece.length + "\r\n\r\n");
            for (int i = 0; i < 12; i++) {
                connection.write(piece);
            }
            assertThat(connection.read().status()).isEqualTo(413);
            connection.write("GET /v1/catalog HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
        }
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("PUT /v1/catalog HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 9; i++) {
                connection.write("100000\r\n").write(piece).write("\r\n");
            }
            connection.write("0\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(413);
            connection.write("GET /v1/catalog HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    @Test
    void takesABodyOfExactlyTheLimit(RunningServer server) {
        final String json = "{\"profile\":\"limit:1\",\"type\":\"x\"}";
        final String padded = json + " ".repeat(HttpLimits.BODY_BYTES_MAX - json.length());
        assertThat(server.post("/v1/events", padded, "Content-Type", "application/json")
                        .status())
                .isEqualTo(200);
        assertThat(server.post("/v1/events", padded + " ", "Content-Type", "application/json")
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nope", "/v1/profiles/x:1/nope", "/v1/bulk/x"})
    void dropsTheBodyOfACallThatThereIsNot(String path, RunningServer server) {
        try (RawConnection connection = new RawConnection(server.port())) {
            connection.write("POST " + path + " HTTP/1.1\r\n" + HOST + "Content-Length: 100000\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(404);
            connection.write(new byte[100_000]).write("GET /v1/catalog HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }
}
