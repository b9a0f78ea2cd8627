package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.Await;
import io.zandloper.server.http.RunningServer.Answer;
import io.zandloper.server.json.StrictJson;
import io.zandloper.server.metrics.Port;
import io.zandloper.server.metrics.Refusal;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counts and lists of members, each test with a server of its own: they are about everybody. */
final class AudienceHttpTest {
    private static final String CATALOG = """
            {"segments":[{"id":"vip"},{"id":"cart"},{"id":"ads","purposes":[4]},
                         {"id":"senior","rule":"profile.age >= 60"},
                         {"id":"senior-vip","rule":"'senior' in segments && 'vip' in segments"}]}
            """;
    private static final int MANY = 200_000;

    @TempDir
    private Path folder;

    private final AtomicLong now = new AtomicLong(MicrosClock.system().nowMicros());
    private RunningServer server;

    @BeforeEach
    void start() {
        server = new RunningServer(folder, now::get, List.of());
        assertThat(server.put("/v1/catalog", CATALOG).status()).isEqualTo(200);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer ask(String where) {
        return server.get("/v1/audiences?where=" + encoded(where));
    }

    private long count(String where) {
        final Answer answer = ask(where);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().get("count").longValue();
    }

    private List<String> members(String whereAndMore) {
        final Answer answer = server.get("/v1/audiences/members?where=" + whereAndMore);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/x-ndjson");
        return lines(answer.text());
    }

    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> StrictJson.parse(line.getBytes(StandardCharsets.UTF_8))
                        .get("id")
                        .textValue())
                .toList();
    }

    private long patch(String id, String json) {
        final Answer answer = server.patch("/v1/profiles/" + id, json);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().get("sequence").longValue();
    }

    @Test
    void countsAtASequence() {
        patch("crm:1", "{\"segments\":[\"vip\"],\"attributes\":{\"age\":70}}");
        patch("crm:2", "{\"segments\":[\"vip\",\"cart\"]}");
        final long sequence = patch("crm:3", "{}");
        final Answer answer = ask("'vip' in segments");
        assertThat(answer.json().get("count").longValue()).isEqualTo(2);
        assertThat(answer.json().get("sequence").longValue()).isEqualTo(sequence);
        assertThat(answer.json().get("tookMicros").longValue()).isPositive();
        assertThat(answer.header("Zandloper-Sequence")).isEqualTo(Long.toString(sequence));
        assertThat(count("true")).isEqualTo(3);
        assertThat(count("false")).isZero();
        assertThat(count("!('vip' in segments)")).isEqualTo(1);
        assertThat(count("'vip' in segments && !('cart' in segments)")).isEqualTo(1);
        assertThat(count("'senior-vip' in segments ? true : 'cart' in segments"))
                .isEqualTo(2);
        assertThat(count("size(segments) == 0")).isEqualTo(1);
        assertThat(count("segments.exists(s, s.startsWith('senior'))")).isEqualTo(1);
        assertThat(count("segments[0] == 'vip'")).isEqualTo(2);
        assertThat(server.send("HEAD", "/v1/audiences?where=true", null).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "profile.age > 60 ; profile",
                "'vip' in segments && context.a == 1 ; context",
                "'gone' in segments ; unknown segment 'gone'",
                "'a' in segments || 'b' in segments ; 'a', 'b'",
                "1 + 1 ; no condition",
                "'vip' in ; does not compile",
                "nobody ; does not compile",
            })
    void refusesWhatIsNoAudience(String where, String reason) {
        for (final String path : List.of("/v1/audiences", "/v1/audiences/members")) {
            final Answer answer = server.get(path + "?where=" + encoded(where));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
            assertThat(answer.json().get("errors").get(0).get("path").textValue())
                    .isEqualTo("where");
            assertThat(answer.text()).contains(reason);
        }
    }

    @Test
    void givesUpWhatTakesTooLongAndCountsIt() {
        server.close();
        server = new RunningServer(folder, now::get, new HttpConfig("127.0.0.1", 0, 2, List.of(), -1));
        server.bulk("{\"id\":\"crm:1\",\"segments\":[\"vip\"]}");
        for (final String path : List.of("/v1/audiences", "/v1/audiences/members")) {
            final Answer answer = server.get(path + "?where=" + encoded("segments.exists(s, s == 'vip')"));
            assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("errors").get(0).get("path").textValue())
                    .isEqualTo("where");
            assertThat(answer.text()).contains("could not be evaluated for all profiles within");
        }
        // An answer is counted once it has been handed over.
        assertThat(Await.until(() -> server.metrics.refused(Port.HTTP, Refusal.DEADLINE_EXCEEDED) == 2))
                .isTrue();
        for (int i = 0; i < 2 * HttpLimits.AUDIENCE_COUNTS_MAX; i++) {
            assertThat(ask("true").status()).as("no place is kept").isEqualTo(422);
        }
    }

    @Test
    void refusesOtherParameters() {
        assertThat(server.get("/v1/audiences").status()).isEqualTo(422);
        assertThat(server.get("/v1/audiences?where=").status()).isEqualTo(422);
        assertThat(ask("'vip' in segments" + " ".repeat(4_096 - 16)).status()).isEqualTo(422);
        assertThat(server.get("/v1/audiences/members?where=true&ns=a%20b").status())
                .isEqualTo(422);
        assertThat(server.post("/v1/audiences", "{}").status()).isEqualTo(405);
        assertThat(server.get("/v1/audiences?where=true", "Zandloper-Min-Sequence", "99999", "Prefer", "wait=0")
                        .status())
                .isEqualTo(503);
    }

    @Test
    void everyCountIsExactAtItsSequenceWhileWritesGoOn() throws InterruptedException {
        final Map<Long, Long> expected = new ConcurrentHashMap<>();
        expected.put(server.storage.sequence(), 0L);
        final AtomicBoolean writing = new AtomicBoolean(true);
        final CountDownLatch begun = new CountDownLatch(20);
        final Thread writer = new Thread(() -> {
            final Set<Integer> members = new HashSet<>();
            for (int i = 0; writing.get(); i++) {
                final int person = (i * 7_919) % 101;
                final boolean add = !members.remove(person);
                if (add) {
                    members.add(person);
                }
                final long sequence =
                        patch("crm:" + person, "{\"segments\":{\"" + (add ? "add" : "remove") + "\":[\"cart\"]}}");
                expected.put(sequence, (long) members.size());
                begun.countDown();
            }
        });
        writer.start();
        begun.await();
        final Map<Long, Long> counted = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            final JsonNode answer = ask("'cart' in segments").json();
            counted.put(answer.get("sequence").longValue(), answer.get("count").longValue());
        }
        writing.set(false);
        writer.join();
        assertThat(counted).isNotEmpty();
        counted.forEach((sequence, count) ->
                assertThat(count).as("sequence %d", sequence).isEqualTo(expected.get(sequence)));
    }

    @Test
    void consentExpiryErasureAndCatalogsCountAtOnce() {
        patch("crm:1", "{\"segments\":[\"ads\"],\"consent\":{\"purposes\":[4]}}");
        patch("crm:2", "{\"segments\":[\"ads\"],\"consent\":{\"purposes\":[1,4]}}");
        patch("crm:3", "{\"segments\":[\"ads\"]}");
        assertThat(count("'ads' in segments")).isEqualTo(2);
        patch("crm:1", "{\"consent\":{\"purposes\":[1]}}");
        assertThat(count("'ads' in segments")).isEqualTo(1);
        patch("crm:1", "{\"consent\":{\"purposes\":[4]}}");
        assertThat(count("'ads' in segments")).isEqualTo(2);

        final long expiry = now.get() + 1_000_000;
        patch("crm:4", "{\"segments\":[{\"id\":\"cart\",\"expires\":\"" + Times.formatTime(expiry) + "\"}]}");
        now.set(expiry - 1);
        assertThat(count("'cart' in segments")).isEqualTo(1);
        assertThat(members(encoded("'cart' in segments"))).containsExactly("crm:4");
        now.set(expiry);
        assertThat(count("'cart' in segments")).isZero();
        assertThat(members(encoded("'cart' in segments"))).isEmpty();
        assertThat(count("!('cart' in segments)")).isEqualTo(4);

        assertThat(server.send("DELETE", "/v1/profiles/crm:2", null).status()).isEqualTo(200);
        assertThat(count("'ads' in segments")).isEqualTo(1);
        assertThat(count("true")).isEqualTo(3);

        final String other = "{\"segments\":[{\"id\":\"new\",\"rule\":\"'ads' in segments\"},{\"id\":\"ads\"}]}";
        assertThat(server.put("/v1/catalog", other).status()).isEqualTo(200);
        assertThat(count("'new' in segments")).isEqualTo(2);
        assertThat(ask("'cart' in segments").status()).isEqualTo(422);
    }

    @Test
    void listsPrimaryIdentitiesOrThoseOfANamespace() {
        patch("crm:1", "{\"segments\":[\"vip\"],\"identities\":[\"cookie:a\",\"cookie:b\"]}");
        patch("crm:2", "{\"segments\":[\"vip\"]}");
        patch("crm:3", "{\"identities\":[\"cookie:c\"]}");
        patch("odd:%22%5C%E2%98%82%22", "{\"segments\":[\"vip\"]}");
        assertThat(members(encoded("'vip' in segments"))).containsExactlyInAnyOrder("crm:1", "crm:2", "odd:\"\\☂\"");
        assertThat(members(encoded("'vip' in segments") + "&ns=cookie"))
                .containsExactlyInAnyOrder("cookie:a", "cookie:b");
        assertThat(members("true&ns=Cookie")).containsExactlyInAnyOrder("cookie:a", "cookie:b", "cookie:c");
        assertThat(members("true&ns=cook")).isEmpty();
        assertThat(members("false")).isEmpty();
        final Answer head = server.send("HEAD", "/v1/audiences/members?where=true", null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        // The connection is in step afterwards.
        assertThat(count("true")).isEqualTo(4);
    }

    /** Past HTTP, which is not what this is about. */
    private void fill(int people) throws InterruptedException {
        final AtomicLong settled = new AtomicLong();
        final ChangeListener listener = new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                settled.incrementAndGet();
            }

            @Override
            public void onFailure(StorageException cause) {
                throw new AssertionError(cause);
            }
        };
        for (int i = 0; i < people; i++) {
            final var change = MemberChanges.upsert(
                    new Identity("customer", "number-" + i),
                    new SegmentsPatch(false, i % 2 == 0 ? Map.of("vip", Times.NEVER) : Map.of(), List.of()));
            while (!server.storage.submit(change, listener)) {
                LockSupport.parkNanos(10_000);
            }
        }
        while (settled.get() < people) {
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void aLongListIsCompleteAndSlowReceiversAreBounded() throws Exception {
        fill(MANY);
        assertThat(count("'vip' in segments")).isEqualTo(MANY / 2);
        final Set<String> members = new HashSet<>(members(encoded("'vip' in segments")));
        assertThat(members).hasSize(MANY / 2).contains("customer:number-0", "customer:number-" + (MANY - 2));

        // Nobody of these reads more than the head.
        final List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < HttpLimits.AUDIENCE_LISTS_MAX; i++) {
            slow.add(openList("/v1/audiences/members?where=true"));
        }
        final Answer beyond = server.get("/v1/audiences/members?where=true");
        assertThat(beyond.status()).isEqualTo(429);
        assertThat(beyond.header("Retry-After")).isNotNull();
        assertThat(count("true")).isEqualTo(MANY);

        // Who is erased while a list is under way is not on it any more, and the rest is.
        assertThat(server.send("DELETE", "/v1/profiles/customer:number-" + (MANY - 1), null)
                        .status())
                .isEqualTo(200);
        final String rest = readChunked(slow.get(0).getInputStream());
        assertThat(new TreeSet<>(lines(rest)))
                .hasSize(MANY - 1)
                .contains("customer:number-" + (MANY - 2))
                .doesNotContain("customer:number-" + (MANY - 1));
        for (final Socket socket : slow) {
            socket.close();
        }
        assertThat(Await.until(
                        () -> server.get("/v1/audiences/members?where=false").status() == 200))
                .as("places are free again")
                .isTrue();
    }

    private Socket openList(String path) throws IOException {
        final Socket socket = new Socket();
        socket.setReceiveBufferSize(8 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(2));
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        final StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200").containsIgnoringCase("transfer-encoding: chunked");
        return socket;
    }

    private static String readChunked(InputStream in) throws IOException {
        final StringBuilder text = new StringBuilder();
        while (true) {
            final StringBuilder size = new StringBuilder();
            while (size.indexOf("\r\n") < 0) {
                size.append((char) in.read());
            }
            final int length = Integer.parseInt(size.toString().trim(), 16);
            final byte[] chunk = in.readNBytes(length);
            assertThat(chunk).hasSize(length);
            assertThat(in.readNBytes(2)).containsExactly('\r', '\n');
            if (length == 0) {
                return text.toString();
            }
            text.append(new String(chunk, StandardCharsets.UTF_8));
        }
    }

    @Test
    void anOlderClientGetsAListThatEndsWithTheConnection() throws IOException {
        patch("crm:1", "{}");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write("GET /v1/audiences/members?where=true HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            final String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).endsWith("\r\n\r\n{\"id\":\"crm:1\"}\n");
            assertThat(answer).doesNotContainIgnoringCase("chunked");
        }
    }
}
