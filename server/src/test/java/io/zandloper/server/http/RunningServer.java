package io.zandloper.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.StrictJson;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.report.OfferReports;
import io.zandloper.server.report.StoredExplaining;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.catalog.Catalog;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A server on a free port over a storage in {@code folder}, and a client for it. */
final class RunningServer implements AutoCloseable {
    static final String NDJSON = "application/x-ndjson";
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    final Storage storage;
    final HttpServer http;
    final Metrics metrics = new Metrics(InstantSource.system());
    final OfferReports reports;
    final Decisions decisions;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RunningServer(Path folder) {
        this(folder, MicrosClock.system(), List.of());
    }

    RunningServer(Path folder, MicrosClock clock, List<String> corsOrigins) {
        this(folder, clock, new HttpConfig("127.0.0.1", 0, 2, corsOrigins));
    }

    RunningServer(Path folder, MicrosClock clock, HttpConfig config) {
        this(StorageConfig.of(folder), clock, config, HttpTimeouts.DEFAULT);
    }

    RunningServer(StorageConfig storageConfig, MicrosClock clock, HttpConfig config, HttpTimeouts timeouts) {
        storage = Storage.open(storageConfig, json -> CatalogReader.compile(json, Catalog.EMPTY), clock);
        reports = new OfferReports(clock, System::nanoTime, storage::catalog, 100);
        storage.observe(reports.observer());
        decisions = Decisions.heardBy(reports::newTally);
        reports.explainWith(new StoredExplaining(storage.newReader(), decisions.newDeciding(DecisionListener.NONE)));
        try {
            http = HttpServer.start(config, timeouts, storage, clock, metrics, decisions, reports);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    int port() {
        return http.address().getPort();
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer put(String path, String json, String... headers) {
        return send("PUT", path, json, headers);
    }

    Answer patch(String path, String json, String... headers) {
        return send("PATCH", path, json, headers);
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Answer bulk(String lines) {
        return post("/v1/bulk", lines, "Content-Type", NDJSON);
    }

    Answer send(String method, String path, String body, String... headers) {
        return sendBytes(method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer sendBytes(String method, String path, byte[] body, String... headers) {
        final HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT);
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return new Answer(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        http.close();
        reports.stopExplaining();
        decisions.close();
        storage.close();
    }

    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return StrictJson.parse(response.body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        @Override
        public String toString() {
            return status() + " " + text();
        }
    }
}
