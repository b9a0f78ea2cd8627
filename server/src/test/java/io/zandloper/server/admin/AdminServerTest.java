package io.zandloper.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.decisionlog.DecisionLogStatus;
import io.zandloper.server.metrics.Cutoff;
import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.OperationRecorder;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import io.zandloper.server.report.OfferReports;
import io.zandloper.server.role.Promotable;
import io.zandloper.server.role.ReplicaList;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.storage.BackFillStatus;
import io.zandloper.storage.DurabilityStatus;
import io.zandloper.storage.FailureStatus;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.column.ColumnFill;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.program.CatalogCosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminServerTest {
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{([a-z_]+=\"[^\"\\\\]*\",?)+})? (NaN|[-+]?[0-9.]+(E[-+]?[0-9]+)?)");

    private final Metrics metrics = new Metrics(InstantSource.system());
    private final HttpClient client = HttpClient.newHttpClient();
    private final HiccupMeter hiccups = HiccupMeter.start(System::nanoTime);
    private final AtomicReference<SnapshotAction> snapshots = new AtomicReference<>(() -> {
        throw new AssertionError("nobody asked for a snapshot");
    });
    private final OfferReports reports = new OfferReports(() -> 0, System::nanoTime, () -> Catalog.EMPTY, 0);
    private final AtomicReference<Promotable> promotable = new AtomicReference<>(force -> {
        throw new AssertionError("nobody asked for a promotion");
    });
    private final AtomicReference<ReplicaList> replicas = new AtomicReference<>(node -> {
        throw new AssertionError("nobody asked to forget a replica");
    });
    private volatile long lagMillis;
    private volatile boolean ready;
    private volatile String role = "primary";
    private volatile String failure;
    private AdminServer admin;

    @BeforeEach
    void start() throws IOException {
        admin = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                metrics,
                hiccups,
                this::status,
                () -> snapshots.get().take(),
                force -> promotable.get().promote(force),
                node -> replicas.get().forget(node),
                reports);
        final OperationRecorder http = metrics.newRecorder(Port.HTTP);
        for (int i = 1; i <= 1000; i++) {
            http.record(Operation.HTTP_DECIDE, i * 1000L);
        }
        http.refuse(Refusal.NOT_FOUND);
        http.cutOff(Cutoff.IDLE);
        http.connectionOpened();
        metrics.newRecorder(Port.BINARY).waited(1_000);
    }

    @AfterEach
    void stop() {
        admin.close();
        hiccups.close();
    }

    private ServerStatus status() {
        return new ServerStatus(
                new ReplicationStatus(
                        role,
                        3,
                        "3-aa",
                        "1f",
                        "d5",
                        0,
                        lagMillis,
                        null,
                        List.of(new ReplicationStatus.Replica("2e", "127.0.0.1:7401", "stream", 40, 2, 0)),
                        new ReplicationStatus.Sent(70, 80),
                        new ReplicationStatus.Acknowledging(1, 2, 3),
                        List.of("tails/1-2.journal"),
                        List.of(new ReplicationStatus.Known("2e", "127.0.0.1:7401", true, false))),
                ready,
                lagMillis < 1_000,
                Duration.ofSeconds(7),
                new StorageStatus(
                        42,
                        10,
                        12,
                        3,
                        1,
                        1_000,
                        2_000,
                        3_000,
                        0.25,
                        0.5,
                        0.75,
                        new ColumnFill(5, 6, 7_000, 3_500, 1),
                        9,
                        new BackFillStatus(BackFillStatus.State.RUNNING, 4, 5, 10, 3, 20),
                        new DurabilityStatus(
                                4_000, 40, 1_795_323_600_000_000L, 5_000, failure, 2, 1_795_323_500_000_000L),
                        new FailureStatus(3, "giving back memory failed: no")),
                () -> new CatalogCosts(7, List.of(new FieldError("segments[0].rule", "a map"))),
                new DecisionLogStatus(3, 4_321, 1_000, 5, 6, 7, 8, true, "no space"));
    }

    @Test
    void readyIsRefusedUntilTheServerIsReady() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        ready = true;
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void aPrimaryThatIsFencedIsNotReady() throws Exception {
        ready = true;
        role = "fenced";
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).contains("fenced");
        assertThat(json("/admin/status").path("role").asText()).isEqualTo("fenced");
    }

    @Test
    void aReplicaThatLagsIsNotReady() throws Exception {
        ready = true;
        lagMillis = 2_000;
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(get("/health/ready").body()).contains("lagging");
        assertThat(json("/admin/status").path("lag").path("millis").asLong()).isEqualTo(2_000);
        assertThat(get("/metrics").body())
                .contains("zandloper_replication_lag_seconds 2.0")
                .contains("zandloper_replication_sent_bytes_total{contents=\"changes\"} 70.0")
                .contains("zandloper_replication_sent_bytes_total{contents=\"snapshots\"} 80.0");
    }

    @Test
    void statusTellsRoleTermAndReplicas() throws Exception {
        final JsonNode status = json("/admin/status");
        assertThat(status.path("role").asText()).isEqualTo("primary");
        assertThat(status.path("term").asLong()).isEqualTo(3);
        assertThat(status.path("replication")
                        .path("replicas")
                        .get(0)
                        .path("sequence")
                        .asLong())
                .isEqualTo(40);
        assertThat(status.path("replication").path("tailsSetAside").get(0).asText())
                .isEqualTo("tails/1-2.journal");
        final JsonNode known = status.path("replication").path("known").get(0);
        assertThat(known.path("node").asText()).isEqualTo("2e");
        assertThat(known.path("address").asText()).isEqualTo("127.0.0.1:7401");
        assertThat(known.path("following").asBoolean()).isTrue();
        assertThat(known.path("counts").asBoolean(true)).isFalse();
    }

    @Test
    void aPromotionIsDoneOrRefusedWithTheReason() throws Exception {
        promotable.set(force -> {
            if (!force) {
                throw new Promotable.RefusedException("two cannot be asked");
            }
            return new Promotable.Promoted("9-bb", 77, true, false);
        });
        final HttpResponse<String> refused = post("/admin/promote");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("two cannot be asked");
        final HttpResponse<String> forced = post("/admin/promote?force=true");
        assertThat(forced.statusCode()).isEqualTo(200);
        assertThat(forced.body()).contains("9-bb").contains("77");
        assertThat(post("/admin/promote?sure").statusCode()).isEqualTo(400);
    }

    @Test
    void aReplicaIsForgottenOrNotWithTheReason() throws Exception {
        replicas.set(node -> {
            if (node == 0x2e || node == 0x3e) {
                throw new ReplicaList.NotForgottenException("not this one", node == 0x3e);
            }
            return node == -1 ? 3 : 0;
        });
        assertThat(post("/admin/forget-replica?node=2e").statusCode()).isEqualTo(409);
        assertThat(post("/admin/forget-replica?node=2e").body()).contains("not this one");
        assertThat(post("/admin/forget-replica?node=3e").statusCode()).isEqualTo(404);
        final HttpResponse<String> forgotten = post("/admin/forget-replica?node=ffffffffffffffff");
        assertThat(forgotten.statusCode()).isEqualTo(200);
        assertThat(forgotten.body()).contains("\"replicas\" : 3");
        assertThat(post("/admin/forget-replica").statusCode()).isEqualTo(400);
        assertThat(post("/admin/forget-replica?node=all").statusCode()).isEqualTo(400);
    }

    @Test
    void latencyShowsEveryOperationSinceTheStartAndOfTheLastTenSeconds() throws Exception {
        final JsonNode latency = json("/latency");
        assertThat(latency.path("operations").size()).isEqualTo(Operation.values().length);
        for (String interval : List.of("sinceStart", "last10s")) {
            final JsonNode decide =
                    latency.path("operations").path("http.decide").path(interval);
            assertThat(decide.path("count").asLong()).isEqualTo(1000);
            assertThat(decide.path("min").asLong()).isEqualTo(1000);
            assertThat(decide.path("p50").asLong()).isBetween(500_000L, 501_000L);
            assertThat(decide.path("p90").asLong()).isBetween(900_000L, 901_000L);
            assertThat(decide.path("p99").asLong()).isBetween(990_000L, 991_000L);
            assertThat(decide.path("p99.9").asLong()).isBetween(999_000L, 1_000_000L);
            assertThat(decide.path("p99.99").asLong()).isBetween(1_000_000L, 1_001_000L);
            assertThat(decide.path("max").asLong()).isBetween(1_000_000L, 1_001_000L);
            assertThat(latency.path("hiccups").path(interval).path("count").isIntegralNumber())
                    .isTrue();
        }
        assertThat(latency.path("operations")
                        .path("binary.ping")
                        .path("sinceStart")
                        .path("count")
                        .asLong())
                .isZero();
        assertThat(latency.path("slowest").size()).isEqualTo(100);
        assertThat(latency.path("slowest").path(0).path("operation").asText()).isEqualTo("decide");
        assertThat(latency.path("slowest").path(0).path("latency").asLong()).isEqualTo(1_000_000);
    }

    @Test
    void theHiccupHistogramHoldsEveryMillisecond() throws Exception {
        while (hiccups.sinceStart().count() == 0) {
            Thread.onSpinWait();
        }
        final JsonNode document = json("/latency").path("hiccups");
        long count = 0;
        for (JsonNode bucket : document.path("histogram")) {
            count += bucket.path("count").asLong();
        }
        assertThat(count)
                .isGreaterThanOrEqualTo(
                        document.path("sinceStart").path("count").asLong());
        assertThat(count).isPositive();
    }

    @Test
    void statusShowsRoleSequenceCountsMemoryAndFill() throws Exception {
        final JsonNode status = json("/admin/status");
        assertThat(status.path("role").asText()).isEqualTo("primary");
        assertThat(status.path("sequence").asLong()).isEqualTo(42);
        assertThat(status.path("catalogVersion").asLong()).isEqualTo(3);
        assertThat(status.path("expressions").toString()).isEqualTo("{\"count\":7,\"interpreted\":1}");
        assertThat(status.path("backFill").toString())
                .isEqualTo("{\"state\":\"running\",\"catalogVersion\":4,\"rowsDone\":5,\"rowsTotal\":10,"
                        + "\"rowsCopied\":3,\"rulesEvaluated\":20}");
        assertThat(status.path("counts").path("profiles").asLong()).isEqualTo(10);
        assertThat(status.path("fill").path("records").asDouble()).isEqualTo(0.75);
        assertThat(status.path("memory").path("heapUsedBytes").asLong()).isPositive();
        assertThat(status.path("counts").path("neededEvictions").asLong()).isEqualTo(9);
        assertThat(status.path("fill").path("columns").asDouble()).isEqualTo(0.5);
        assertThat(status.path("columns").path("members").asLong()).isEqualTo(6);
        assertThat(status.path("columns").path("frozenVersions").asLong()).isEqualTo(1);
        assertThat(status.path("journal").path("bytes").asLong()).isEqualTo(4_000);
        assertThat(status.path("snapshot").path("sequence").asLong()).isEqualTo(40);
        assertThat(status.path("snapshot").path("at").asText()).isEqualTo("2026-11-22T05:00:00Z");
        assertThat(status.path("snapshot").path("bytes").asLong()).isEqualTo(5_000);
        assertThat(status.path("snapshot").path("lastFailure").isNull()).isTrue();
        assertThat(status.at("/failures/count").asLong()).isEqualTo(3);
        assertThat(status.at("/failures/last").asText()).isEqualTo("giving back memory failed: no");
        assertThat(status.path("erasures").path("pending").asLong()).isEqualTo(2);
        assertThat(status.path("decisionLog").path("dropped").asLong()).isEqualTo(18);
        assertThat(status.path("decisionLog").path("lastFailure").asText()).isEqualTo("no space");
        assertThat(status.path("erasures").path("oldestAt").asText()).isEqualTo("2026-11-22T04:58:20Z");
        failure = "the disk is full";
        assertThat(json("/admin/status").path("snapshot").path("lastFailure").asText())
                .isEqualTo(failure);
        if (Files.exists(Path.of("/proc/self/status"))) {
            assertThat(status.path("memory").path("rssAnonBytes").asLong()).isPositive();
            assertThat(status.path("memory").path("rssFileBytes").asLong()).isPositive();
        }
    }

    @Test
    void everyLineOfTheMetricsIsPrometheusText() throws Exception {
        final HttpResponse<String> response = get("/metrics");
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        final Map<String, String> types = new HashMap<>();
        final Set<String> series = new HashSet<>();
        for (String line : response.body().split("\n", -1)) {
            if (line.startsWith("# TYPE ")) {
                final String[] words = line.split(" ", -1);
                assertThat(types.put(words[2], words[3])).as(line).isNull();
            } else if (!line.isEmpty() && !line.startsWith("# HELP ")) {
                final Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                assertThat(series.add(line.substring(0, line.lastIndexOf(' '))))
                        .as(line)
                        .isTrue();
                assertThat(types).as(line).containsKey(sample.group(1).replaceAll("_(sum|count)$", ""));
            }
        }
        assertThat(types).containsEntry("zandloper_request_duration_seconds", "summary");
        assertThat(response.body())
                .contains("zandloper_request_duration_seconds_count{operation=\"decide\",port=\"http\"} 1000\n")
                .contains("zandloper_request_duration_seconds_sum{operation=\"decide\",port=\"http\"} 0.5005\n")
                .contains("zandloper_requests_refused_total{port=\"http\",reason=\"not_found\"} 1.0\n")
                .contains("zandloper_connections_cut_off_total{port=\"http\",reason=\"idle\"} 1.0\n")
                .contains("zandloper_connections{port=\"http\"} 1.0\n")
                .contains("zandloper_binary_wait_seconds_count 1\n")
                .contains("zandloper_profiles 10.0\n")
                .contains("zandloper_storage_fill_ratio{part=\"index\"} 0.25\n")
                .contains("zandloper_storage_fill_ratio{part=\"columns\"} 0.5\n")
                .contains("zandloper_events_evicted_needed_total 9.0\n")
                .contains("zandloper_journal_bytes 4000.0\n")
                .contains("zandloper_snapshot_sequence 40.0\n")
                .contains("zandloper_snapshot_failed 0.0\n")
                .contains("zandloper_erasures_pending 2.0\n")
                .contains("zandloper_decision_log_entries_total{outcome=\"dropped_queue_full\"} 5.0\n");
    }

    @Test
    void promtoolFindsNothingToSay() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "promtool is not installed");
        final Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectErrorStream(true)
                .start();
        promtool.getOutputStream().write(get("/metrics").body().getBytes(StandardCharsets.UTF_8));
        promtool.getOutputStream().close();
        assertThat(new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(promtool.waitFor()).isZero();
    }

    @Test
    void aSnapshotIsTakenOnDemand() throws Exception {
        snapshots.set(() -> new SnapshotAction.Snapshot("snapshot-42", 42, 4711));
        final HttpResponse<String> answer = post("/admin/snapshot");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        final JsonNode document = new ObjectMapper().readTree(answer.body());
        assertThat(document.path("snapshot").asText()).isEqualTo("snapshot-42");
        assertThat(document.path("sequence").asLong()).isEqualTo(42);
        assertThat(document.path("bytes").asLong()).isEqualTo(4711);
        assertThat(document.path("tookMillis").isIntegralNumber()).isTrue();
    }

    @Test
    void whyThereIsNoSnapshotIsTold() throws Exception {
        snapshots.set(() -> {
            throw new StorageException("the disk is full");
        });
        final HttpResponse<String> answer = post("/admin/snapshot");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("no snapshot was taken: the disk is full");
    }

    @Test
    void oneSnapshotIsTakenAtATimeAndThePortAnswersMeanwhile() throws Exception {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch enough = new CountDownLatch(1);
        snapshots.set(() -> {
            begun.countDown();
            await(enough);
            return new SnapshotAction.Snapshot("one", 1, 1);
        });
        final CompletableFuture<HttpResponse<String>> first = client.sendAsync(
                HttpRequest.newBuilder(uri("/admin/snapshot"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        begun.await();
        assertThat(post("/admin/snapshot").statusCode()).isEqualTo(409);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        enough.countDown();
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(post("/admin/snapshot").statusCode()).isEqualTo(200);
    }

    @Test
    void onlyAPostOfTheSameOriginTakesASnapshot() throws Exception {
        assertThat(get("/admin/snapshot").statusCode()).isEqualTo(405);
        assertThat(get("/admin/snapshot").headers().firstValue("Allow")).hasValue("POST");
        final HttpRequest strange = HttpRequest.newBuilder(uri("/admin/snapshot"))
                .header("Origin", "http://evil.example")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(client.send(strange, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(403);
    }

    @Test
    void whatIsNotThereOrNotReadIsRefusedAsAProblem() throws Exception {
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/nowhere").headers().firstValue("Content-Type")).hasValue("application/problem+json");
        final HttpResponse<String> post = client.send(
                HttpRequest.newBuilder(uri("/metrics"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).hasValue("GET, HEAD");
        final HttpResponse<String> head = client.send(
                HttpRequest.newBuilder(uri("/health/live")).HEAD().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode json(String path) throws Exception {
        final HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        return new ObjectMapper().readTree(response.body());
    }

    private HttpResponse<String> post(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri(path))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + admin.address().getPort() + path);
    }
}
