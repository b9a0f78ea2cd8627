package io.zandloper.server.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A server that writes down what it is asked and answers what the test says. */
final class PlayedServer implements AutoCloseable {
    /** Method, target and body. */
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    volatile int status = 200;
    volatile String body = "{}";
    /** Whether answers look like those of the HTTP API. */
    volatile boolean isApi = true;

    private final HttpServer server;

    PlayedServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            final String received = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + received);
            final boolean isCatalog = exchange.getRequestURI().getPath().equals("/v1/catalog");
            final byte[] answer = (isCatalog ? "{\"placements\":[{\"id\":\"hero\"},{\"id\":\"side\"}]}" : body)
                    .getBytes(StandardCharsets.UTF_8);
            if (isApi) {
                exchange.getResponseHeaders().set("Zandloper-Sequence", "1");
            }
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
