package io.zandloper.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Calls to one server over HTTP; failures come out as sentences. */
final class ServerClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    /** Of a piece of a bulk load, which waits for the writer. */
    private static final Duration BULK_TIMEOUT = Duration.ofMinutes(10);

    /** Of a snapshot of hundreds of gigabytes on a slow disk. */
    private static final Duration LONG_TIMEOUT = Duration.ofHours(12);

    private static final int ERRORS_SHOWN = 3;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI server;
    private final HttpClient http;

    /**
     * A server's answer: the status, and the body as it came.
     *
     * @param isOfApi whether it has the mark that every answer of the HTTP API has
     */
    record Answer(int status, String body, boolean isOfApi) {
        boolean isOk() {
            return status / 100 == 2;
        }

        /** The body as a tree; missing where it is no JSON. */
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException noJson) {
                return MissingNode.getInstance();
            }
        }

        /** What a problem document says, on one line. */
        String problem() {
            final JsonNode problem = json();
            final List<String> parts = new ArrayList<>();
            if (!problem.path("title").asText().isEmpty()) {
                parts.add(problem.path("title").asText());
            }
            final String detail = problem.path("detail").asText();
            if (!detail.isEmpty()) {
                parts.add(detail);
            }
            for (JsonNode error : problem.path("errors")) {
                final String reason = error.path("reason").asText();
                // The detail usually is the first of them.
                if (!detail.contains(reason) && parts.size() < 2 + ERRORS_SHOWN) {
                    parts.add(error.path("path").asText(error.path("line").asText()) + " " + reason);
                }
            }
            return status + (parts.isEmpty() ? "" : ", " + String.join(": ", parts));
        }
    }

    ServerClient(URI server) {
        this.server = server;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    URI address() {
        return server;
    }

    /** Percent-encodes a text for use between the slashes of a path or as a query's value. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Of what is held of whoever has the identity. */
    static String profilePath(String identity) {
        return "/v1/profiles/" + encode(identity);
    }

    /** @throws CommandException where there is no answer */
    Answer get(String path) {
        return await(send(request(path, CALL_TIMEOUT).GET().build()));
    }

    /** @throws CommandException where there is no answer */
    Answer delete(String path) {
        return await(send(request(path, CALL_TIMEOUT).DELETE().build()));
    }

    /**
     * Asks for something that takes long.
     *
     * @throws CommandException where there is no answer
     */
    Answer postAndWait(String path) {
        return await(send(request(path, LONG_TIMEOUT)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build()));
    }

    /** @throws CommandException where there is no answer */
    Answer postJson(String path, JsonNode body) {
        return await(send(request(path, CALL_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build()));
    }

    /**
     * Sends JSON that is answered by lines of JSON, over a long time.
     *
     * @param onLine told of each line when it comes
     * @return the answer, where it is good without its body
     * @throws CommandException where there is no answer, or it breaks off
     */
    Answer postJsonForLines(String path, JsonNode body, Consumer<JsonNode> onLine) {
        final HttpRequest request = request(path, BULK_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            final HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            final boolean isOk = response.statusCode() / 100 == 2;
            final StringBuilder problem = new StringBuilder();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (isOk) {
                        onLine.accept(JSON.readTree(line));
                    } else {
                        problem.append(line);
                    }
                }
            }
            return new Answer(
                    response.statusCode(),
                    problem.toString(),
                    response.headers().firstValue("Zandloper-Sequence").isPresent());
        } catch (IOException e) {
            throw noAnswer(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw noAnswer(e);
        }
    }

    /** Begins to send lines; {@link #await} waits for the answer. */
    CompletableFuture<Answer> postLines(String path, byte[] lines) {
        return send(request(path, BULK_TIMEOUT)
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofByteArray(lines))
                .build());
    }

    /** @throws CommandException where there is no answer */
    Answer await(CompletableFuture<Answer> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw noAnswer(e.getCause() == null ? e : e.getCause());
        }
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(server + path)).timeout(timeout);
    }

    private CompletableFuture<Answer> send(HttpRequest request) {
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                .thenApply(response -> new Answer(
                        response.statusCode(),
                        response.body(),
                        response.headers().firstValue("Zandloper-Sequence").isPresent()));
    }

    private CommandException noAnswer(Throwable cause) {
        if (cause instanceof ConnectException) {
            return new CommandException("cannot connect to " + server + "; is the server running there?");
        }
        if (cause instanceof HttpTimeoutException) {
            return new CommandException(server + " does not answer in time; look at the server's log");
        }
        if (cause instanceof IOException) {
            return new CommandException(
                    "the connection to " + server + " broke (" + cause.getMessage() + "); look at the server's log");
        }
        return new CommandException("the call to " + server + " failed (" + cause + "); look at the server's log");
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
