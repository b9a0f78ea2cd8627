package io.zandloper.loadtest.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.loadtest.generate.DataSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;

/** The calls of the HTTP API that the demo makes. */
final class DemoClient implements AutoCloseable {
    private static final Duration CALL_MAX = Duration.ofSeconds(30);
    private static final Duration IMPORT_MAX = Duration.ofMinutes(30);
    private static final int ROWS_PER_CHUNK = 256;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CALL_MAX)
            .build();
    private final String base;

    /** @param address {@code H:P} of the HTTP port */
    DemoClient(String address) {
        base = "http://" + address;
    }

    JsonNode profile(String identity) throws IOException, InterruptedException {
        final String path = "/v1/profiles/" + URLEncoder.encode(identity, UTF_8).replace("+", "%20");
        return send(request(path).timeout(CALL_MAX).GET().build());
    }

    JsonNode decide(JsonNode body) throws IOException, InterruptedException {
        return post("/v1/decisions", "application/json", CALL_MAX, BodyPublishers.ofString(body.toString()));
    }

    JsonNode event(JsonNode body) throws IOException, InterruptedException {
        return post("/v1/events", "application/json", CALL_MAX, BodyPublishers.ofString(body.toString()));
    }

    /**
     * Sends the profiles of a data set in one streamed request; rows are made as the server takes them.
     *
     * @param progress told the rows handed over, on another thread
     */
    JsonNode importProfiles(DataSet data, LongConsumer progress) throws IOException, InterruptedException {
        final Iterable<byte[]> chunks = () -> new Chunks(data, progress);
        return post("/v1/bulk", "application/x-ndjson", IMPORT_MAX, BodyPublishers.ofByteArrays(chunks));
    }

    private JsonNode post(String path, String type, Duration timeout, BodyPublisher body)
            throws IOException, InterruptedException {
        return send(request(path)
                .timeout(timeout)
                .header("Content-Type", type)
                .POST(body)
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Accept", "application/json");
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        final HttpResponse<String> response = client.send(request, BodyHandlers.ofString(UTF_8));
        if (response.statusCode() / 100 != 2) {
            throw new IOException(request.method() + ' ' + request.uri().getPath() + " was answered "
                    + response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** Rows as lines, some hundred at a time. */
    private static final class Chunks implements Iterator<byte[]> {
        private final DataSet data;
        private final LongConsumer progress;
        private long next;

        Chunks(DataSet data, LongConsumer progress) {
            this.data = data;
            this.progress = progress;
        }

        @Override
        public boolean hasNext() {
            return next < data.profiles();
        }

        @Override
        public byte[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            final long to = Math.min(data.profiles(), next + ROWS_PER_CHUNK);
            final ByteArrayOutputStream lines = new ByteArrayOutputStream(ROWS_PER_CHUNK * 700);
            try {
                data.writeProfiles(lines, next, to, rows -> {});
            } catch (IOException e) {
                // A stream into memory does not fail.
                throw new UncheckedIOException(e);
            }
            next = to;
            progress.accept(next);
            return lines.toByteArray();
        }
    }
}
