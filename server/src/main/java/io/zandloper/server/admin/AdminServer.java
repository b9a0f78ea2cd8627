package io.zandloper.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the admin port. Thread-safe; holds nothing but its sockets and threads. */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 2;
    private static final int WAITING_REQUESTS_MAX = 64;
    private static final String JSON = "application/json";

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, Supplier<Answer>> pages = new LinkedHashMap<>();
    private final HttpServer server;
    private final ExecutorService threads;

    private record Answer(int status, String contentType, byte[] body) {}

    private AdminServer(HttpServer server, Metrics metrics, HiccupMeter hiccups, Supplier<ServerStatus> status) {
        final LatencyPage latency = new LatencyPage(metrics, hiccups);
        final PrometheusPage prometheus = new PrometheusPage(metrics, hiccups, status);
        pages.put("/health/live", () -> answer(200, Map.of("status", "live")));
        pages.put("/health/ready", () -> ready(status.get()));
        pages.put("/metrics", () -> new Answer(200, PrometheusPage.CONTENT_TYPE, prometheus.render()));
        pages.put("/latency", () -> answer(200, latency.render()));
        pages.put("/admin/status", () -> answer(200, StatusPage.render(status.get(), ProcessMemory.read())));
        this.server = server;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_REQUESTS_MAX),
                Thread.ofPlatform().name("zandloper-admin-", 0).daemon().factory());
    }

    /**
     * Binds the port and starts to answer.
     *
     * @throws IOException where the port cannot be bound
     */
    public static AdminServer start(
            InetSocketAddress address, Metrics metrics, HiccupMeter hiccups, Supplier<ServerStatus> status)
            throws IOException {
        final AdminServer admin = new AdminServer(HttpServer.create(address, 0), metrics, hiccups, status);
        admin.server.setExecutor(admin.threads);
        admin.server.createContext("/", admin::handle);
        admin.server.start();
        return admin;
    }

    /** Where it listens: with port 0 asked for, the one that was free. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            final Answer answer = answer(exchange);
            final boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            exchange.sendResponseHeaders(answer.status(), isHead ? -1 : answer.body().length);
            if (!isHead) {
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer.body());
                }
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        final Supplier<Answer> page = pages.get(exchange.getRequestURI().getPath());
        if (page == null) {
            return problem(404, "Not found", "the admin port has " + String.join(", ", pages.keySet()));
        }
        final String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return problem(405, "Method not allowed", "this page is only read");
        }
        try {
            return page.get();
        } catch (RuntimeException e) {
            LOG.error("The admin page {} failed.", exchange.getRequestURI().getPath(), e);
            return problem(500, "Internal error", "the server's log tells more");
        }
    }

    private Answer ready(ServerStatus status) {
        return status.ready() ? answer(200, Map.of("status", "ready")) : answer(503, Map.of("status", "starting"));
    }

    private Answer problem(int status, String title, String detail) {
        final Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("title", title);
        problem.put("status", status);
        problem.put("detail", detail);
        return new Answer(status, "application/problem+json", bytes(problem));
    }

    private Answer answer(int status, Map<String, ?> document) {
        return new Answer(status, JSON, bytes(document));
    }

    private byte[] bytes(Map<String, ?> document) {
        try {
            return (json.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of numbers and strings are always JSON", e);
        }
    }

    /** Closes the port and waits for the answers that are under way. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
