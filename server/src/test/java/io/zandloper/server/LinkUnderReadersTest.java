package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.Decision;
import io.zandloper.protocol.client.DecisionQuery;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.StoredProfile;
import io.zandloper.protocol.client.ZandloperClient;
import io.zandloper.server.config.ConcludedConfig;
import io.zandloper.server.config.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Visitors become known customers while others read them over both protocols: at no moment does an identity lead to
 * nobody, to both, or back.
 */
@Timeout(120)
final class LinkUnderReadersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAIRS = 150;
    private static final int READERS = 4;
    private static final String CATALOG = """
            {"segments":[{"id":"customer"},{"id":"visitor"}],"offers":[{"id":"loan"}],"placements":[{"id":"hero"}],
             "policies":{"identityPriority":["crm","cookie"]}}""";
    private static final Pattern READY =
            Pattern.compile("ready binary=127\\.0\\.0\\.1:(\\d+) http=127\\.0\\.0\\.1:(\\d+) .*");

    @TempDir
    private Path folder;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicBoolean done = new AtomicBoolean();
    private final CountDownLatch looking = new CountDownLatch(READERS);
    private Server server;
    private ZandloperClient client;
    private String url;

    @BeforeEach
    void start() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG, StandardCharsets.UTF_8);
        final Map<Setting, List<String>> settings = new EnumMap<>(Setting.class);
        settings.put(Setting.DATA, List.of(folder.resolve("data").toString()));
        settings.put(Setting.CATALOG, List.of(catalog.toString()));
        settings.put(Setting.DURABILITY, List.of("os"));
        settings.put(Setting.PORT, List.of("0"));
        settings.put(Setting.HTTP_PORT, List.of("0"));
        settings.put(Setting.ADMIN_PORT, List.of("0"));
        server = Server.start(ConcludedConfig.of(settings, Map.of()).config(), new StopSignal());
        final Matcher ready = READY.matcher(server.readyLine());
        assertThat(ready.matches()).as(server.readyLine()).isTrue();
        client = ZandloperClient.builder("127.0.0.1", Integer.parseInt(ready.group(1)))
                .deadline(Duration.ofSeconds(60))
                .connect();
        url = "http://127.0.0.1:" + ready.group(2);
    }

    @AfterEach
    void stop() {
        client.close();
        http.close();
        server.close();
    }

    @Test
    void noReaderEverFindsNeitherOrBoth() throws Exception {
        final BlockingClient blocking = client.blocking();
        for (int pair = 0; pair < PAIRS; pair++) {
            blocking.upsert(ProfileChange.merge("cookie:" + pair)
                    .attribute("device", "phone")
                    .addSegment("visitor"));
            blocking.upsert(
                    ProfileChange.merge("crm:" + pair).attribute("age", 41L).addSegment("customer"));
        }
        final ExecutorService threads = Executors.newCachedThreadPool();
        try {
            final List<Future<?>> readers = new ArrayList<>();
            readers.add(threads.submit(until(this::readOverBinary)));
            readers.add(threads.submit(until(this::testOverBinary)));
            readers.add(threads.submit(until(this::decideOverBinary)));
            readers.add(threads.submit(until(this::readOverHttp)));
            assertThat(looking.await(60, TimeUnit.SECONDS)).isTrue();
            for (int pair = 0; pair < PAIRS; pair++) {
                link(pair);
            }
            done.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
        } finally {
            done.set(true);
            threads.shutdown();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        for (int pair = 0; pair < PAIRS; pair++) {
            final StoredProfile one = blocking.profile("cookie:" + pair).orElseThrow();
            assertThat(one.identities()).containsExactly("crm:" + pair, "cookie:" + pair);
            assertThat(one.attributes()).isEqualTo(Map.of("age", 41L, "device", "phone"));
            assertThat(blocking.segments("crm:" + pair).segments()).containsExactly("customer", "visitor");
        }
    }

    /** One look at an identity. */
    private interface Look {
        /** Whether it leads to both persons as one. */
        boolean at(String identity) throws Exception;
    }

    /** Looks at all identities again and again, from before the first link until after the last. */
    private Callable<Boolean> until(Look look) {
        return () -> {
            final Map<String, Boolean> linked = new HashMap<>();
            boolean last = false;
            while (!last) {
                last = done.get();
                for (int pair = 0; pair < PAIRS; pair++) {
                    for (String identity : List.of("cookie:" + pair, "crm:" + pair)) {
                        final boolean isLinked = look.at(identity);
                        assertThat(isLinked || !linked.getOrDefault(identity, false))
                                .as("%s stays linked", identity)
                                .isTrue();
                        linked.put(identity, isLinked);
                    }
                }
                looking.countDown();
            }
            assertThat(linked.values()).doesNotContain(false);
            return true;
        };
    }

    private boolean readOverBinary(String identity) {
        final StoredProfile profile =
                client.blocking().profile(identity).orElseThrow(() -> new AssertionError("nobody is " + identity));
        assertThat(profile.identities()).contains(identity);
        final boolean linked = profile.identities().size() == 2;
        assertThat(profile.attributes()).hasSize(linked ? 2 : 1);
        return linked;
    }

    private boolean testOverBinary(String identity) {
        final var test = client.blocking().testSegments(identity, List.of("customer", "visitor"));
        assertThat(test.isKnown()).as(identity).isTrue();
        final boolean own = test.isMember(identity.startsWith("crm") ? 0 : 1);
        assertThat(own).as(identity).isTrue();
        return test.isMember(identity.startsWith("crm") ? 1 : 0);
    }

    private boolean decideOverBinary(String identity) {
        final Decision decision =
                client.blocking().decide(DecisionQuery.forProfile(identity).placement("hero"));
        assertThat(decision.reason()).as(identity).isEqualTo(Decision.Reason.TARGETING_MATCH);
        // Only the cookie's name tells: the customer's is the survivor's.
        return identity.startsWith("crm")
                ? client.blocking().profile(identity).orElseThrow().identities().size() == 2
                : !identity.equals(decision.profile());
    }

    private boolean readOverHttp(String identity) throws IOException, InterruptedException {
        final HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(url + "/v1/profiles/" + identity + "/export"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(identity).isEqualTo(200);
        final JsonNode document = JSON.readTree(answer.body());
        final boolean linked = document.path("identities").size() == 2;
        assertThat(document.path("attributes").size()).isEqualTo(linked ? 2 : 1);
        assertThat(document.path("segments").size()).isEqualTo(linked ? 2 : 1);
        return linked;
    }

    private void link(int pair) throws IOException, InterruptedException {
        final HttpResponse<String> linked = http.send(
                HttpRequest.newBuilder(URI.create(url + "/v1/identities/link"))
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"a\":\"cookie:" + pair + "\",\"b\":\"crm:" + pair + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(linked.statusCode()).as(linked.body()).isEqualTo(200);
        assertThat(JSON.readTree(linked.body()).path("profile").asText()).isEqualTo("crm:" + pair);
    }
}
