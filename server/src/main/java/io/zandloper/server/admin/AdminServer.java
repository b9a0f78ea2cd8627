package io.zandloper.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.report.OfferReports;
import io.zandloper.server.role.Promotable;
import io.zandloper.server.role.ReplicaList;
import io.zandloper.storage.StorageException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
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
    private final Map<String, Function<String, Answer>> actions = new LinkedHashMap<>();
    private final SnapshotAction snapshots;
    private final Promotable promotable;
    private final ReplicaList replicas;
    private final AtomicBoolean snapshotting = new AtomicBoolean();
    private final HttpServer server;
    private final ExecutorService threads;

    private record Answer(int status, String contentType, byte[] body) {}

    private AdminServer(
            HttpServer server,
            Metrics metrics,
            HiccupMeter hiccups,
            Supplier<ServerStatus> status,
            SnapshotAction snapshots,
            Promotable promotable,
            ReplicaList replicas,
            OfferReports reports) {
        final LatencyPage latency = new LatencyPage(metrics, hiccups);
        final PrometheusPage prometheus = new PrometheusPage(metrics, hiccups, status, new OfferMetrics(reports));
        pages.put("/health/live", () -> answer(200, Map.of("status", "live")));
        pages.put("/health/ready", () -> ready(status.get()));
        pages.put("/metrics", () -> new Answer(200, PrometheusPage.CONTENT_TYPE, prometheus.render()));
        pages.put("/latency", () -> answer(200, latency.render()));
        pages.put("/admin/status", () -> answer(200, StatusPage.render(status.get(), ProcessMemory.read())));
        actions.put("/admin/snapshot", query -> takeSnapshot());
        actions.put("/admin/promote", this::promote);
        actions.put("/admin/forget-replica", this::forgetReplica);
        this.server = server;
        this.snapshots = snapshots;
        this.promotable = promotable;
        this.replicas = replicas;
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
            InetSocketAddress address,
            Metrics metrics,
            HiccupMeter hiccups,
            Supplier<ServerStatus> status,
            SnapshotAction snapshots,
            Promotable promotable,
            ReplicaList replicas,
            OfferReports reports)
            throws IOException {
        final AdminServer admin = new AdminServer(
                HttpServer.create(address, 0), metrics, hiccups, status, snapshots, promotable, replicas, reports);
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
        final String path = exchange.getRequestURI().getPath();
        final Supplier<Answer> page = pages.get(path);
        final Function<String, Answer> action = actions.get(path);
        final String method = exchange.getRequestMethod();
        if (page == null && action == null) {
            return problem(
                    404,
                    "Not found",
                    "the admin port has " + String.join(", ", pages.keySet()) + " and, to POST to, "
                            + String.join(", ", actions.keySet()));
        }
        if (page != null && !method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return problem(405, "Method not allowed", "this page is only read");
        }
        if (action != null && !method.equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return problem(405, "Method not allowed", "this does something, and so is a POST");
        }
        if (action != null && isOfAnotherOrigin(exchange)) {
            return problem(403, "Forbidden", "pages of other origins may not do this");
        }
        try {
            final String query =
                    Objects.requireNonNullElse(exchange.getRequestURI().getQuery(), "");
            return page != null ? page.get() : Objects.requireNonNull(action).apply(query);
        } catch (RuntimeException e) {
            LOG.error("The admin page {} failed.", path, e);
            return problem(500, "Internal error", "the server's log tells more");
        }
    }

    /** A browser names the page that asks; whatever somebody has open in one must not act here. */
    private static boolean isOfAnotherOrigin(HttpExchange exchange) {
        final String origin = exchange.getRequestHeaders().getFirst("Origin");
        return origin != null
                && !origin.equals("http://" + exchange.getRequestHeaders().getFirst("Host"));
    }

    /** One at a time, so that it never takes both threads. */
    private Answer takeSnapshot() {
        if (!snapshotting.compareAndSet(false, true)) {
            return problem(409, "Conflict", "a snapshot is being taken; wait for it");
        }
        final long startNanos = System.nanoTime();
        try {
            final SnapshotAction.Snapshot taken = snapshots.take();
            final Map<String, Object> document = new LinkedHashMap<>();
            document.put("snapshot", taken.name());
            document.put("sequence", taken.sequence());
            document.put("bytes", taken.lengthBytes());
            document.put("tookMillis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            return answer(200, document);
        } catch (StorageException e) {
            LOG.warn("No snapshot was taken: {}.", e.getMessage());
            return problem(503, "Service unavailable", "no snapshot was taken: " + e.getMessage());
        } finally {
            snapshotting.set(false);
        }
    }

    /** @param query {@code force=true} also where an acknowledged write could be lost */
    private Answer promote(String query) {
        if (!query.isEmpty() && !query.equals("force=true") && !query.equals("force=false")) {
            return problem(400, "Bad request", "the query is force=true or force=false, or there is none");
        }
        try {
            final Promotable.Promoted promoted = promotable.promote(query.equals("force=true"));
            final Map<String, Object> document = new LinkedHashMap<>();
            document.put("role", "primary");
            document.put("term", promoted.term());
            document.put("sequence", promoted.sequence());
            document.put("changed", promoted.changed());
            document.put("handedOver", promoted.handedOver());
            return answer(200, document);
        } catch (Promotable.RefusedException e) {
            LOG.warn("A promotion was refused: {}.", e.getMessage());
            return problem(409, "Conflict", String.valueOf(e.getMessage()));
        }
    }

    /** @param query {@code node=} and the node as the status shows it */
    private Answer forgetReplica(String query) {
        if (!query.matches("node=[0-9a-f]{1,16}")) {
            return problem(400, "Bad request", "the query is node= and the replica's node in hexadecimal digits");
        }
        final String node = query.substring("node=".length());
        try {
            final Map<String, Object> document = new LinkedHashMap<>();
            document.put("node", node);
            document.put("replicas", replicas.forget(Long.parseUnsignedLong(node, 16)));
            return answer(200, document);
        } catch (ReplicaList.NotForgottenException e) {
            LOG.warn("A replica was not forgotten: {}.", e.getMessage());
            return e.isUnknown()
                    ? problem(404, "Not found", String.valueOf(e.getMessage()))
                    : problem(409, "Conflict", String.valueOf(e.getMessage()));
        }
    }

    private Answer ready(ServerStatus status) {
        if (!status.ready()) {
            return answer(503, Map.of("status", "starting"));
        }
        if (status.replication().isFenced()) {
            return answer(503, Map.of("status", "fenced"));
        }
        return status.withinLag() ? answer(200, Map.of("status", "ready")) : answer(503, Map.of("status", "lagging"));
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
