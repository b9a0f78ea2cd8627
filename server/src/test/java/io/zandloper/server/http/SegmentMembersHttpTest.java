package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.http.RunningServer.Answer;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists of a segment's members. */
final class SegmentMembersHttpTest {
    private static final String CATALOG = """
            {"segments":[{"id":"list"},{"id":"other"},{"id":"ads","purposes":[4]},
                         {"id":"senior","rule":"profile.age >= 60"}]}
            """;
    private static final String TEXT = "text/plain";

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

    private Answer send(String query, String lines) {
        return server.post("/v1/segments/list/members?" + query, lines, "Content-Type", TEXT);
    }

    private JsonNode accepted(Answer answer, int accepted, int rejected) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.json().get("accepted").intValue())
                .as(answer.toString())
                .isEqualTo(accepted);
        assertThat(answer.json().get("rejected").intValue())
                .as(answer.toString())
                .isEqualTo(rejected);
        return answer.json();
    }

    private long count(String where) {
        final Answer answer = server.get("/v1/audiences?where=" + where.replace(" ", "%20"));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json().get("count").longValue();
    }

    private List<String> members() {
        final List<String> members = new ArrayList<>();
        server.get("/v1/audiences/members?where='list'%20in%20segments")
                .text()
                .lines()
                .forEach(line -> members.add(line.substring("{\"id\":\"".length(), line.length() - 2)));
        return members;
    }

    @Test
    void addsWhoIsKnownAndWhoIsNot() {
        server.put("/v1/profiles/crm:1", "{\"attributes\":{\"a\":1},\"identities\":[\"cookie:1\"]}");
        final JsonNode answer = accepted(send("mode=add", "cookie:1\ncrm:2\n\n \r\ncrm:3\r\n"), 3, 0);
        assertThat(answer.get("sequence").longValue()).isEqualTo(server.storage.sequence());
        assertThat(members()).containsExactlyInAnyOrder("crm:1", "crm:2", "crm:3");
        assertThat(server.get("/v1/profiles/crm:1")
                        .json()
                        .get("attributes")
                        .get("a")
                        .intValue())
                .isEqualTo(1);
        // Once more changes nothing.
        final long sequence = server.storage.sequence();
        accepted(send("mode=add", "crm:1\ncrm:2\ncrm:3"), 3, 0);
        assertThat(server.storage.sequence()).isEqualTo(sequence);
    }

    @Test
    void takesEverySpellingOfALine() {
        accepted(send("mode=add", "\uFEFFcrm:1\n  crm:2\n\"crm:\\u0033\"\n{\"id\":\"crm:4\"}\nCRM:5\n"), 5, 0);
        accepted(
                server.post(
                        "/v1/segments/list/members?mode=add",
                        "\"crm:6\"\ncrm:7\n{\"id\":\"crm:8\",\"other\":1}",
                        "Content-Type",
                        RunningServer.NDJSON),
                3,
                0);
        accepted(server.post("/v1/segments/list/members?mode=add", "crm:9"), 1, 0);
        assertThat(members())
                .containsExactlyInAnyOrder(
                        "crm:1", "crm:2", "crm:3", "crm:4", "crm:5", "crm:6", "crm:7", "crm:8", "crm:9");
    }

    @Test
    void reportsLinesThatAreWrong() {
        final JsonNode answer = accepted(
                send("mode=add", "nobody\ncrm:1\n\ncrm:\n\"crm:2\n{\"id\":1}\n[\"crm:3\"]\n1\nemail_sha256:x\n"), 1, 7);
        assertThat(answer.get("errors"))
                .extracting(error -> error.get("line").intValue())
                .containsExactly(1, 4, 5, 6, 7, 8, 9);
        final byte[] notUtf8 = "crm:1\ncrm:?\n".getBytes(StandardCharsets.US_ASCII);
        notUtf8[10] = (byte) 0xFF;
        accepted(server.sendBytes("POST", "/v1/segments/list/members?mode=add", notUtf8, "Content-Type", TEXT), 1, 1);
    }

    @Test
    void removesWhoIsKnownAndIgnoresOthers() {
        accepted(send("mode=add", "crm:1\ncrm:2\n"), 2, 0);
        final long sequence = server.storage.sequence();
        accepted(send("mode=remove", "crm:2\ncrm:99\n"), 2, 0);
        assertThat(members()).containsExactly("crm:1");
        assertThat(server.storage.sequence()).isEqualTo(sequence + 1);
        assertThat(server.get("/v1/profiles/crm:99").status()).isEqualTo(404);
    }

    @Test
    void membershipsEndWhenTheySayThat() {
        final long expiry = now.get() + 5_000_000;
        accepted(send("mode=add&expires=" + Times.formatTime(expiry), "crm:1"), 1, 0);
        accepted(send("mode=add", "crm:2"), 1, 0);
        assertThat(count("'list' in segments")).isEqualTo(2);
        now.set(expiry);
        assertThat(members()).containsExactly("crm:2");
        final long later = now.get() + 5_000_000;
        accepted(send("mode=replace&expires=" + Times.formatTime(later), "crm:1\ncrm:3\n"), 2, 0);
        assertThat(members()).containsExactlyInAnyOrder("crm:1", "crm:3");
        now.set(later);
        assertThat(count("'list' in segments")).isZero();
    }

    @Test
    void replacesByOneChangeThatSurvivesARestart() {
        accepted(send("mode=add", "crm:1\ncrm:2\ncrm:3\n"), 3, 0);
        server.put("/v1/profiles/crm:4", "{\"segments\":[\"other\"]}");
        final long sequence = server.storage.sequence();
        final JsonNode answer = accepted(send("mode=replace", "crm:3\ncrm:4\ncrm:5\ncrm:5\nwrong\n"), 4, 1);
        // One created, then all members at once.
        assertThat(server.storage.sequence()).isEqualTo(sequence + 2);
        assertThat(answer.get("sequence").longValue()).isEqualTo(sequence + 2);
        assertThat(members()).containsExactlyInAnyOrder("crm:3", "crm:4", "crm:5");
        assertThat(count("'other' in segments")).isEqualTo(1);
        accepted(send("mode=replace", "crm:3\ncrm:4\ncrm:5\n"), 3, 0);
        assertThat(server.storage.sequence()).isEqualTo(sequence + 2);

        server.close();
        server = new RunningServer(folder, now::get, List.of());
        assertThat(members()).containsExactlyInAnyOrder("crm:3", "crm:4", "crm:5");
        assertThat(count("'other' in segments")).isEqualTo(1);
        accepted(send("mode=replace", ""), 0, 0);
        assertThat(count("'list' in segments")).isZero();
    }

    @Test
    void whoWasErasedIsNotCreatedAgain() {
        accepted(send("mode=add", "crm:1\ncrm:2\n"), 2, 0);
        assertThat(server.send("DELETE", "/v1/profiles/crm:1", null).status()).isEqualTo(200);
        for (final String mode : List.of("add", "replace")) {
            final JsonNode answer = accepted(send("mode=" + mode, "crm:1\ncrm:2\n"), 1, 1);
            assertThat(answer.get("errors").get(0).get("line").intValue()).isEqualTo(1);
            assertThat(members()).containsExactly("crm:2");
        }
    }

    @Test
    void refusesWhatItCannotDo() {
        final String path = "/v1/segments/list/members";
        assertThat(server.post("/v1/segments/gone/members?mode=add", "crm:1").status())
                .isEqualTo(404);
        assertThat(server.post("/v1/segments/senior/members?mode=add", "crm:1").status())
                .isEqualTo(422);
        assertThat(server.post(path, "crm:1").status()).isEqualTo(422);
        assertThat(server.post(path + "?mode=set", "crm:1").text()).contains("\"path\":\"mode\"");
        assertThat(server.post(path + "?mode=add&expires=tomorrow", "crm:1").text())
                .contains("\"path\":\"expires\"");
        assertThat(server.post(path + "?mode=remove&expires=2030-01-01T00:00:00Z", "crm:1")
                        .status())
                .isEqualTo(422);
        assertThat(server.post(path + "?mode=add", "crm:1", "Content-Type", "application/json")
                        .status())
                .isEqualTo(415);
        assertThat(server.get(path).status()).isEqualTo(405);
        assertThat(count("true")).isZero();
    }

    @Test
    void aListThatIsTooLongReplacesNothing() {
        accepted(send("mode=add", "crm:1\n"), 1, 0);
        final Answer answer = send("mode=replace", "crm:1\n".repeat(HttpLimits.MEMBERS_MAX) + "crm:2\n");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(413);
        assertThat(answer.json().get("accepted").intValue()).isEqualTo(HttpLimits.MEMBERS_MAX);
        assertThat(members()).containsExactly("crm:1");
        accepted(send("mode=replace", "\n" + "crm:2\n".repeat(HttpLimits.MEMBERS_MAX)), HttpLimits.MEMBERS_MAX, 0);
        assertThat(members()).containsExactly("crm:2");
    }
}
