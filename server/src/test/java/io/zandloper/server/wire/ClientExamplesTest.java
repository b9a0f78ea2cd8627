package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.client.Batch;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.CallTimeoutException;
import io.zandloper.protocol.client.ConnectionLostException;
import io.zandloper.protocol.client.Decision;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.protocol.client.ReadPreference;
import io.zandloper.protocol.client.RequestRejectedException;
import io.zandloper.protocol.client.SegmentList;
import io.zandloper.protocol.client.SegmentTest;
import io.zandloper.protocol.client.SegmentTestGatherer;
import io.zandloper.protocol.client.TooManyCallsException;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples in the client's Javadoc and in the README, against a server. What lies between {@code // example: name} and
 * {@code // end} is, put together by name, what stands there, apart from white space and addresses.
 */
@Timeout(60)
final class ClientExamplesTest {
    private static final Path ROOT = Path.of(System.getProperty("zandloper.root", ".."));
    private static final Path CLIENT =
            ROOT.resolve(Path.of("protocol", "src", "main", "java", "io", "zandloper", "protocol", "client"));
    private static final Path THIS = ROOT.resolve(
            Path.of("server", "src", "test", "java", "io", "zandloper", "server", "wire", "ClientExamplesTest.java"));
    private static final Pattern EXAMPLE = Pattern.compile("// example: ([a-z-]+)\\n(.*?)// end\\n", Pattern.DOTALL);
    private static final Pattern IN_JAVADOC = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);
    private static final Pattern IN_README = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    /** A loaded machine may need longer than an example. */
    private static final Duration LONG = Duration.ofSeconds(20);

    private static final String CATALOG = """
            {"segments":[{"id":"high-value"},{"id":"cart"},{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","placements":["web-hero"],"eligibility":"'senior' in segments",
                        "propensity":0.1,"value":10.0}],
             "placements":[{"id":"web-hero"}]}
            """;

    @TempDir
    private Path folder;

    private final List<String> heard = new ArrayList<>();
    private RunningBinaryServer server;
    private String address;

    @BeforeEach
    void start() {
        server = new RunningBinaryServer(folder);
        server.replaceCatalog(CATALOG);
        address = "127.0.0.1:" + server.port();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void greet(String identity) {
        heard.add(identity);
    }

    private void report(List<RequestRejectedException.FieldError> errors) {
        errors.forEach(error -> heard.add(error.path()));
    }

    private void retryLater(String id) {
        heard.add(id);
    }

    @Test
    void whatIsPrintedIsWhatIsTested() throws IOException {
        final Map<String, StringBuilder> examples = new LinkedHashMap<>();
        final Matcher matcher = EXAMPLE.matcher(Files.readString(THIS));
        while (matcher.find()) {
            examples.computeIfAbsent(matcher.group(1), name -> new StringBuilder())
                    .append(matcher.group(2));
        }
        final TreeSet<String> tested = new TreeSet<>();
        examples.values().forEach(example -> tested.add(normal(example.toString())));

        final TreeSet<String> printed = new TreeSet<>();
        for (final String file : List.of("package-info", "ZandloperClient", "Batch", "SegmentTestGatherer")) {
            final Matcher javadoc = IN_JAVADOC.matcher(Files.readString(CLIENT.resolve(file + ".java")));
            while (javadoc.find()) {
                printed.add(normal(javadoc.group(1).replaceAll("(?m)^ \\* ?", "")));
            }
        }
        assertThat(printed).isEqualTo(tested);

        final Matcher readme = IN_README.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(readme.find()).as("an example in the README").isTrue();
        assertThat(tested).contains(normal(readme.group(1)));
    }

    @Test
    void theReadmeNamesTheLibraryAsItIsBuilt() throws IOException {
        final Matcher parent = Pattern.compile("<parent>(.*?)</parent>", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve(Path.of("protocol", "pom.xml"))));
        assertThat(parent.find()).isTrue();
        final String library = parent.group(1).replace("zandloper-parent", "zandloper-protocol");
        assertThat(normal(Files.readString(ROOT.resolve("README.md"))))
                .contains("<dependency>" + normal(library) + "</dependency>");
    }

    private static String normal(String code) {
        return code.replaceAll("(\"[^\"]*:7400\",\\s*)*\"[^\"]*:7400\"", "address")
                .replaceAll("\\s+", "");
    }

    @Test
    void begin() {
        // example: begin
        try (ZandloperClient client = ZandloperClient.builder(address)
                // end
                .deadline(LONG)
                // example: begin
                .connect()) {
            BlockingClient blocking = client.blocking();
            blocking.upsert(
                    ProfileChange.merge("crm:10042").attribute("age", 61L).addSegment("high-value"));

            SegmentTest test = blocking.testSegments("crm:10042", List.of("high-value", "senior"));
            Decision decision =
                    blocking.decide(DecisionQuery.forProfile("crm:10042").placement("web-hero", 3));
            // end
            assertThat(test.isMember("high-value")).isTrue();
            assertThat(test.isMember("senior")).isTrue();
            assertThat(decision.placements().get(0).offers()).hasSize(1);
            // example: begin
        }
        // end
    }

    @Test
    void futures() {
        // example: futures
        try (ZandloperClient client = ZandloperClient.builder(address)
                // end
                .deadline(LONG)
                // example: futures
                .connect()) {
            UpsertResult written = client.upsert(ProfileChange.merge("crm:10042")
                            .attribute("age", 41L)
                            .addSegment("high-value"))
                    .join();

            ZandloperClient quick = client.withDeadline(Duration.ofMillis(20)).withMinSequence(written.sequence());
            // end
            quick = quick.withDeadline(LONG);
            // example: futures
            SegmentTest test = quick.testSegments("crm:10042", List.of("high-value", "senior"))
                    .join();
            boolean valuable = test.isMember("high-value");

            Decision decision = quick.decide(DecisionQuery.forProfile("crm:10042")
                            .placement("web-hero", 3)
                            .context("channel", "web"))
                    .join();
            // end
            assertThat(valuable).isTrue();
            assertThat(decision.profile()).isEqualTo("crm:10042");
            // example: futures
        }
        // end
    }

    @Test
    void replicas() {
        // example: replicas
        try (ZandloperClient client = ZandloperClient.builder(address)
                .readPreference(ReadPreference.REPLICA)
                // end
                .deadline(LONG)
                // example: replicas
                .connect()) {
            UpsertResult written = client.upsert(
                            ProfileChange.merge("crm:10042").addSegment("cart"))
                    .join();
            SegmentList own = client.withMinSequence(written.sequence())
                    .segments("crm:10042")
                    .join();
            // end
            assertThat(own.segments()).containsExactly("cart");
            // example: replicas
        }
        // end
    }

    @Test
    void failures() {
        try (ZandloperClient client = server.connect()) {
            final BlockingClient blocking = client.blocking();
            // example: failures
            try {
                blocking.record(
                        ProfileEvent.of("crm:10042", "convert").id("order-77").offer("loan"));
            } catch (RequestRejectedException refused) {
                switch (refused.kind()) {
                    case CALLER -> report(refused.errors());
                    default -> retryLater("order-77");
                }
            } catch (ConnectionLostException | CallTimeoutException unknown) {
                // It may have been done. An event with an id counts once, however often it is sent.
                retryLater("order-77");
            } catch (TooManyCallsException busy) {
                retryLater("order-77");
            }
            // end
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void batches() {
        try (ZandloperClient client = server.connect()) {
            client.upsert(ProfileChange.merge("crm:10042").addSegment("high-value"))
                    .join();
            // example: batch
            Batch<SegmentTest> batch = client.testSegments(List.of("crm:10042", "crm:10043"), List.of("high-value"))
                    .join();
            for (int i = 0; i < batch.size(); i++) {
                if (batch.isAnswered(i) && batch.get(i).isMember("high-value")) {
                    greet(batch.identity(i));
                }
            }
            // end
            assertThat(heard).containsExactly("crm:10042");
            // example: gatherer
            SegmentTestGatherer gatherer = client.gatherer(List.of("high-value", "senior"));
            CompletableFuture<SegmentTest> test = gatherer.test("crm:10042");
            // end
            assertThat(test.join().isMember("high-value")).isTrue();
        }
    }
}
