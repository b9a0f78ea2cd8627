package io.zandloper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code event}, {@code erase}, {@code export} and {@code snapshot} against a server played by hand. */
final class IdentityCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private PlayedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new PlayedServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String command, String... arguments) {
        final List<String> words = new ArrayList<>(List.of(command, "--to", server.url()));
        words.addAll(List.of(arguments));
        return ZandloperCommands.run(
                (config, ready) -> {
                    throw new AssertionError("nobody asked to serve");
                },
                Map.of(),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                words.toArray(String[]::new));
    }

    @Test
    void anEventIsSentWithEverythingThatIsSaidOfIt() throws IOException {
        server.body = "{\"accepted\":1,\"duplicates\":0,\"rejected\":0,\"sequence\":7,\"errors\":[]}";
        assertThat(run(
                        "event",
                        "crm:1",
                        "--type=convert",
                        "--id=e-1",
                        "--offer=loan",
                        "--placement=hero",
                        "--product=credit",
                        "--value=1.0",
                        "--at=2026-11-01T12:00:00Z",
                        "--context=channel=web",
                        "--context=n=1"))
                .isZero();
        assertThat(server.requests).hasSize(1).allMatch(request -> request.startsWith("POST /v1/events "));
        assertThat(server.requests.get(0)).contains("\"value\":1.0");
        assertThat(JSON.readTree(server.requests.get(0).substring("POST /v1/events ".length())))
                .isEqualTo(JSON.readTree("""
                        {"profile":"crm:1","type":"convert","id":"e-1","offer":"loan","placement":"hero",
                         "at":"2026-11-01T12:00:00Z","product":"credit","value":1.0,
                         "context":{"channel":"web","n":1}}"""));
        assertThat(out.toString()).isEqualToIgnoringNewLines("recorded (sequence 7)");
    }

    @Test
    void theTypeOfAnEventMayStandAmongThePeople() {
        server.body = "{\"accepted\":0,\"duplicates\":1,\"sequence\":7}";
        assertThat(run("event", "crm:1", "click", "crm:2")).isZero();
        assertThat(server.requests)
                .containsExactly(
                        "POST /v1/events {\"profile\":\"crm:1\",\"type\":\"click\"}",
                        "POST /v1/events {\"profile\":\"crm:2\",\"type\":\"click\"}");
        assertThat(out.toString().lines())
                .containsExactly("recorded before (sequence 7)", "recorded before (sequence 7)");
    }

    @Test
    void anEventThatIsRefusedIsExitCode1() {
        server.status = 422;
        server.body =
                "{\"title\":\"Not valid\",\"detail\":\"erased lately\",\"accepted\":0,\"rejected\":1,\"errors\":[]}";
        assertThat(run("event", "crm:1", "--type", "click")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: the server refuses crm:1: 422, Not valid: erased lately");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void eraseNamesWhatIsGone() {
        server.body = "{\"erased\":[\"crm:1\",\"cookie:2\"],\"sequence\":7,\"at\":\"2026-11-22T00:00:00Z\"}";
        assertThat(run("erase", "cookie:ü 2")).isZero();
        assertThat(server.requests).containsExactly("DELETE /v1/profiles/cookie%3A%C3%BC%202 ");
        assertThat(out.toString())
                .isEqualToIgnoringNewLines("erased crm:1, cookie:2 at 2026-11-22T00:00:00Z (sequence 7)");
    }

    @Test
    void whoeverIsUnknownIsNamedAtTheEnd() {
        server.status = 404;
        assertThat(run("erase", "crm:1", "crm:2")).isEqualTo(1);
        assertThat(server.requests).hasSize(2);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: nobody has the identity crm:1, crm:2; check the spelling");
    }

    @Test
    void anotherPortIsNotTakenForOneThatKnowsNobody() {
        server.status = 404;
        server.isApi = false;
        assertThat(run("erase", "crm:1")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: " + server.url()
                        + " is not the HTTP API of a server; give --to the address that its ready line calls http,"
                        + " http://127.0.0.1:7480 by default");
    }

    @Test
    void exportShowsWhatGetDoesNot() {
        server.body = """
                {"id":"crm:1","identities":["crm:1"],"attributes":{"age":41},"segments":["vip","ads"],
                 "invisible":{"ads":"CONSENT"},"computed":[],"scores":{},"consent":{"purposes":[1],"tcf":"CPX"},
                 "events":[{"id":"e-1","type":"convert","offer":"loan","at":"2026-11-21T10:00:00Z","product":"credit",
                            "value":12,"context":{"channel":"web"}}],
                 "lastConverts":{"credit":"2026-11-21T10:00:00Z"},"eventIdHashes":["00"],
                 "version":17,"updatedAt":"2026-11-01T12:00:00Z","createdSequence":3,"sequence":18}""";
        assertThat(run("export", "crm:1")).isZero();
        assertThat(server.requests).containsExactly("GET /v1/profiles/crm%3A1/export ");
        assertThat(out.toString().lines())
                .containsExactly(
                        "crm:1",
                        "  identities  crm:1",
                        "  segments    vip, ads",
                        "  consent     purposes 1",
                        "  version     17",
                        "  updated     2026-11-01T12:00:00Z",
                        "  attributes",
                        "    age  41",
                        "  tcf         CPX",
                        "  not visible",
                        "    ads  CONSENT",
                        "  latest conversions",
                        "    credit  2026-11-21T10:00:00Z",
                        "  events",
                        "    2026-11-21T10:00:00Z  convert  id e-1  offer loan  product credit  value 12"
                                + "  channel=\"web\"");
    }

    @Test
    void jsonIsPrintedAsItCame() {
        server.body = "{\"id\": 1.0}";
        assertThat(run("export", "--json", "crm:1")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines(server.body);
    }

    @Test
    void snapshotSaysWhatWasTaken() {
        server.body = "{\"snapshot\":\"snapshot-7\",\"sequence\":7,\"bytes\":1572864,\"tookMillis\":12}";
        assertThat(run("snapshot")).isZero();
        assertThat(server.requests).containsExactly("POST /admin/snapshot ");
        assertThat(out.toString()).isEqualToIgnoringNewLines("took snapshot-7 at sequence 7, 1.5 MiB in 12 ms");
    }

    @Test
    void snapshotSaysWhyThereIsNone() {
        server.status = 503;
        server.body = "{\"title\":\"Service unavailable\",\"detail\":\"the disk is full\"}";
        assertThat(run("snapshot")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "zandloper: there is no snapshot: 503, Service unavailable: the disk is full");
    }

    @Test
    void snapshotOfAnotherPortSaysWhichPortIsMeant() {
        server.status = 404;
        assertThat(run("snapshot")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: " + server.url()
                        + " is not an admin port; give --to the address that the server's ready line calls admin,"
                        + " http://127.0.0.1:7490 by default");
    }
}
