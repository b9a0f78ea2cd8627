package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.zandloper.loadtest.load.FakeServer.Answer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(60)
final class LoadCommandTest {
    private static final double BYTES_PER_REQUEST_MAX = 1;

    private final StringWriter printed = new StringWriter();

    @TempDir
    private Path out;

    @Test
    void theClosedLoopAsksForEveryProfileAndNoOther() throws Exception {
        try (FakeServer server = new FakeServer(n -> Answer.RIGHT)) {
            final JsonNode summary =
                    run(server, "--profiles 12 --workload page --seconds 1 --warmup 0.2 --connections 3");
            assertThat(server.problems()).isEmpty();
            assertThat(new TreeSet<>(server.profilesAsked.keySet()))
                    .containsExactlyInAnyOrder(
                            "crm:1", "crm:2", "crm:3", "crm:4", "crm:5", "crm:6", "crm:7", "crm:8", "crm:9", "crm:10",
                            "crm:11", "crm:12");
            assertThat(server.tests.get()).isBetween(server.decisions.get() * 9 - 9, server.decisions.get() * 9 + 9);
            assertThat(summary.at("/errors").longValue()).isZero();
            assertThat(summary.at("/mode").textValue()).isEqualTo("closed");
            assertThat(summary.at("/operations/segment-test/answers").longValue())
                    .isPositive();
            assertThat(summary.at("/operations/decide/latencyNanos/p99.99").longValue())
                    .isGreaterThanOrEqualTo(
                            summary.at("/operations/decide/latencyNanos/p50").longValue());
            assertThat(printed.toString())
                    .contains("warming up")
                    .contains("segment-test")
                    .contains("p99.99");
        }
    }

    /** 200 ms in which nothing is answered: each request due meanwhile has waited, and must say so. */
    @ParameterizedTest
    @ValueSource(strings = {"even", "poisson"})
    void aStallShowsInTheOpenLoopAsLongAsItLasted(String arrivals) throws Exception {
        try (FakeServer server = new FakeServer(n -> n == 500 ? Answer.STALL : Answer.RIGHT)) {
            final JsonNode summary = run(
                    server, "--rate 1000 --warmup 0 --seconds 2 --connections 1 --pipeline 4 --arrivals " + arrivals);
            // 10 % of the requests were due in those 200 ms, evenly: one in a hundred waited at least 180 ms.
            assertThat(summary.at("/operations/segment-test/latencyNanos/p99").longValue())
                    .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(150));
            assertThat(summary.at("/operations/segment-test/latencyNanos/p50").longValue())
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(150)); // low, but on a busy machine not very
            assertThat(summary.at("/answers").longValue()).isBetween(1_950L, 2_050L);
        }
    }

    /** What the open loop is for: the closed one asks nothing while the server stalls, and so hides it. */
    @Test
    void theSameStallHidesInTheClosedLoop() throws Exception {
        try (FakeServer server = new FakeServer(n -> n == 500 ? Answer.STALL : Answer.RIGHT)) {
            final JsonNode summary = run(server, "--warmup 0 --seconds 2 --connections 1");
            assertThat(summary.at("/operations/segment-test/latencyNanos/p99").longValue())
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(150));
            assertThat(summary.at("/operations/segment-test/latencyNanos/max").longValue())
                    .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    @Test
    void aRateThatIsNotReachedIsMarked() throws Exception {
        try (FakeServer server = new FakeServer(n -> n % 20 == 0 ? Answer.STALL : Answer.RIGHT)) {
            final JsonNode summary = run(server, "--rate 1000 --warmup 0 --seconds 1 --connections 1", 1);
            assertThat(summary.at("/rateMissed").booleanValue()).isTrue();
            assertThat(summary.at("/perSecond").doubleValue()).isLessThan(500);
            assertThat(printed.toString()).contains("RATE MISSED").contains("of 1,000/s due");
            // What was due and came to nothing within the grace is an error, not a gap.
            assertThat(summary.at("/answers").longValue()
                            + summary.at("/errors").longValue())
                    .isEqualTo(1_000);
        }
    }

    @Test
    void answersMayComeInAnyOrder() throws Exception {
        try (FakeServer server = new FakeServer(n -> n % 3 == 0 ? Answer.RIGHT : Answer.AFTER_THE_NEXT)) {
            final JsonNode summary =
                    run(server, "--warmup 0 --seconds 1 --pipeline 30 --connections 1 --requests 3000");
            assertThat(summary.at("/errors").longValue()).isZero();
            assertThat(summary.at("/answers").longValue()).isEqualTo(3_000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_PROFILE, PROFILE_UNKNOWN",
        "WRONG_TYPE, MALFORMED",
        "TOO_FEW_RESULTS, MALFORMED",
        "WRONG_CORRELATION, STRAY",
        "NEVER, UNANSWERED",
        "CLOSE, LOST",
        "NO_FRAME, LOST"
    })
    void whatIsNotTheRightAnswerIsCountedByItsName(Answer answer, String error) throws Exception {
        try (FakeServer server = new FakeServer(n -> n == 50 ? answer : Answer.RIGHT)) {
            final JsonNode summary =
                    run(server, "--warmup 0 --seconds 0.3 --pipeline 2 --connections 2 --workload page", 1);
            final List<String> names = new ArrayList<>();
            summary.at("/errorsByName").fieldNames().forEachRemaining(names::add);
            assertThat(names).anySatisfy(name -> assertThat(name).startsWith(error));
            assertThat(summary.at("/refusals/answers").longValue()).isEqualTo(answer == Answer.UNKNOWN_PROFILE ? 1 : 0);
            assertThat(summary.at("/answers").longValue()).isGreaterThan(40);
        }
    }

    @Test
    void theHistogramLogCanBeReadAndAddsUp() throws Exception {
        try (FakeServer server = new FakeServer(n -> Answer.RIGHT)) {
            final JsonNode summary = run(server, "--rate 2000 --warmup 0.5 --seconds 2.5 --workload page --wait block");
            final Histogram tests = new Histogram(1, Recordings.LATENCY_MAX_NANOS, 3);
            final Histogram decisions = new Histogram(1, Recordings.LATENCY_MAX_NANOS, 3);
            int intervals = 0;
            try (HistogramLogReader log = new HistogramLogReader(
                    out.resolve(ResultFiles.HISTOGRAM_LOG).toFile())) {
                for (EncodableHistogram next = log.nextIntervalHistogram();
                        next != null;
                        next = log.nextIntervalHistogram()) {
                    assertThat(next.getTag()).isIn("segment-test", "decide");
                    ("decide".equals(next.getTag()) ? decisions : tests).add((Histogram) next);
                    intervals++;
                }
            }
            assertThat(intervals).isBetween(6, 10);
            assertThat(tests.getTotalCount())
                    .isEqualTo(summary.at("/operations/segment-test/answers").longValue());
            assertThat(decisions.getValueAtPercentile(99))
                    .isEqualTo(summary.at("/operations/decide/latencyNanos/p99").longValue());
            assertThat(summary.at("/answers").longValue()).isEqualTo(5_000);
            assertThat(summary.at("/command").textValue()).startsWith("./zandloper load --to 127.0.0.1:");
            assertThat(summary.at("/machine").textValue()).contains("Java 25");
            assertThat(summary.hasNonNull("commit")).isTrue();
        }
    }

    @Test
    void severalThreadsShareTheRate() throws Exception {
        try (FakeServer server = new FakeServer(n -> Answer.RIGHT)) {
            final JsonNode summary = run(
                    server,
                    "--rate 900 --warmup 0 --seconds 1 --threads 3 --connections 4 --keys zipf --profiles 1000");
            assertThat(summary.at("/answers").longValue()).isEqualTo(900);
            assertThat(summary.at("/keys").textValue()).isEqualTo("zipf:0.99");
            final long most = server.profilesAsked.values().stream()
                    .mapToLong(c -> c.get())
                    .max()
                    .orElse(0);
            assertThat(most).isGreaterThan(60);
        }
    }

    /** Measured over a second in the middle; the rest of a selector or two is not per request. */
    @ParameterizedTest
    @ValueSource(strings = {"--rate 20000 --wait spin", "--wait block --pipeline 8"})
    void theSendingThreadAllocatesNothingPerRequest(String arguments) throws Exception {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (FakeServer server = new FakeServer(n -> Answer.RIGHT)) {
            final CompletableFuture<JsonNode> run = CompletableFuture.supplyAsync(() -> {
                try {
                    return run(server, arguments + " --workload page --warmup 2 --seconds 2 --connections 2");
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            });
            final AtomicLong requests = server.tests;
            awaitRequests(requests, 15_000, run);
            final long sender = senderId(threads);
            final long requestsBefore = requests.get();
            final long bytesBefore = threads.getThreadAllocatedBytes(sender);
            awaitRequests(requests, requestsBefore + 15_000, run);
            final long bytes = threads.getThreadAllocatedBytes(sender) - bytesBefore;
            assertThat((double) bytes / (requests.get() - requestsBefore)).isLessThan(BYTES_PER_REQUEST_MAX);
            run.get();
        }
    }

    private static void awaitRequests(AtomicLong requests, long count, CompletableFuture<JsonNode> run) {
        while (requests.get() < count && !run.isDone()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(run).isNotDone();
    }

    private static long senderId(ThreadMXBean threads) {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().equals("load-0"))
                .findFirst()
                .orElseThrow()
                .getThreadId();
    }

    @Test
    void nobodyThereIsOneSentence() throws Exception {
        final int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        final CommandLine command = command();
        final Exception[] failure = {null};
        command.setExecutionExceptionHandler((e, c, p) -> {
            failure[0] = e;
            return 1;
        });
        assertThat(command.execute("--to", "127.0.0.1:" + port)).isEqualTo(1);
        assertThat(failure[0]).hasMessage("cannot talk to 127.0.0.1:" + port + ": Connection refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--to nowhere",
                "--to h:70000",
                "--mode open",
                "--mode closed --rate 5",
                "--rate 0",
                "--mode sideways",
                "--connections 0",
                "--threads 9 --connections 8",
                "--pipeline 5000",
                "--keys zipf:x",
                "--keys zipf:-1",
                "--id customer",
                "--seconds 0",
                "--seconds NaN",
                "--warmup -1",
                "--requests 0",
                "--profiles 0",
                "--workload all",
                "--unheard-of 1"
            })
    void wrongUsageIsRefused(String arguments) {
        assertThat(command().setErr(new PrintWriter(printed)).execute(arguments.split(" ")))
                .isEqualTo(2);
        assertThat(printed.toString()).isNotBlank();
    }

    private JsonNode run(FakeServer server, String arguments) throws Exception {
        return run(server, arguments, 0);
    }

    private JsonNode run(FakeServer server, String arguments, int exitCode) throws Exception {
        final String line = "--to 127.0.0.1:" + server.port() + " --grace 1 --out " + out + " " + arguments;
        assertThat(command().execute(line.split(" "))).as(printed.toString()).isEqualTo(exitCode);
        return new ObjectMapper().readTree(out.resolve(ResultFiles.SUMMARY).toFile());
    }

    private CommandLine command() {
        return new CommandLine(new LoadCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(printed, true));
    }
}
