package io.zandloper.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.config.ConcludedConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands against a server played by hand: what they ask for, what they print, how they end. */
final class ZandloperCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<ConcludedConfig> served = new ArrayList<>();
    private PlayedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new PlayedServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... arguments) {
        return ZandloperCommands.run(
                (config, ready) -> served.add(config),
                Map.of(),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                arguments);
    }

    private String[] to(String command, String... arguments) {
        final List<String> all = new ArrayList<>(List.of(command, "--to", server.url() + "/"));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serve                              | zandloper: --data is missing; name the folder",
                "serve --data d --prot 1            | zandloper: Unknown options: '--prot', '1'; ./zandloper serve --help",
                "serve --data d --port x            | zandloper: --port must be a port from 0 to 65535, not 'x'",
                "serve --data d --port 1 --port 2   | zandloper: option '--port' (N) should be specified only once",
                "serve --data                       | zandloper: Missing required parameter for option '--data'",
                "serve --data d --durability=disk   | zandloper: --durability must be fsync or os, not 'disk'",
                "serve --data d --replica-of h      | zandloper: --replica-of must be host and port of a primary",
                "frobnicate                         | zandloper: Unmatched argument at index 0: 'frobnicate'",
                "get                                | zandloper: Missing required parameter: 'ID'",
                "get --to nowhere crm:1             | zandloper: Invalid value for option '--to'",
                "get --to http://h/path crm:1       | zandloper: Invalid value for option '--to'",
                "erase                              | zandloper: Missing required parameter: 'ID'",
                "restore s                          | zandloper: Missing required option: '--data=DIR'",
                "verify                             | zandloper: Missing required parameter: 'DIR'",
                "event crm:1                        | zandloper: --type is missing; say what happened",
                "event convert                      | zandloper: no ID is named; say to whom it happened",
                "event crm:1 --type x --value much  | zandloper: --value is a number, not 'much'",
                "import                             | zandloper: Missing required parameter: 'FILE'",
                "import f.csv                       | zandloper: --id is missing; say what identifies a row of f.csv",
                "import --id customer f.csv         | zandloper: --id 'customer' makes no identity",
                "import --id c:{row} --delimiter ab f.csv | zandloper: --delimiter is one ASCII character",
                "import f.xml                       | zandloper: cannot tell what f.xml holds",
                "import --events --id c:{row} f.csv | zandloper: events come from .jsonl or .ndjson files",
            })
    void wrongUsageIsOneLineAndExitCode2(String commandLine, String message) {
        assertThat(run(commandLine.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).startsWith(message).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
        assertThat(served).isEmpty();
    }

    @Test
    void serveIsGivenItsSettings() {
        assertThat(run("serve", "--data", "d", "--import", "a.jsonl", "--import=b.jsonl", "--insecure"))
                .isZero();
        assertThat(served).hasSize(1);
        assertThat(served.get(0).config().imports()).containsExactly(Path.of("a.jsonl"), Path.of("b.jsonl"));
        assertThat(served.get(0).config().insecure()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "serve",
        "import",
        "get",
        "segments",
        "decide",
        "event",
        "erase",
        "export",
        "snapshot",
        "verify",
        "restore"
    })
    void helpNamesTheOptions(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("Usage: zandloper " + command).contains("--help");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aServerThatIsNotThereIsOneSentence() {
        final String address = server.url();
        server.close();
        assertThat(run("get", "--to", address, "crm:1")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "zandloper: cannot connect to " + address + "; is the server running there?");
    }

    @Test
    void getShowsAProfileForPeople() {
        server.body = """
                {"id":"crm:10042","identities":["crm:10042","cookie:9f2"],
                 "attributes":{"age":41,"note":"a\\nb"},"scores":{"loan":0.031},
                 "segments":["high",{"id":"cart","expires":"2026-12-01T00:00:00Z"}],"computed":["senior"],
                 "consent":{"purposes":[1,3]},"version":17,"updatedAt":"2026-11-01T12:00:00Z"}""";
        assertThat(run(to("get", "crm:100 42/ü"))).isZero();
        assertThat(server.requests).containsExactly("GET /v1/profiles/crm%3A100%2042%2F%C3%BC ");
        assertThat(out.toString().lines())
                .containsExactly(
                        "crm:10042",
                        "  identities  crm:10042, cookie:9f2",
                        "  segments    high, cart until 2026-12-01T00:00:00Z",
                        "  computed    senior",
                        "  consent     purposes 1, 3",
                        "  version     17",
                        "  updated     2026-11-01T12:00:00Z",
                        "  scores",
                        "    loan  0.031",
                        "  attributes",
                        "    age   41",
                        "    note  \"a\\nb\"");
    }

    @Test
    void anUnknownProfileIsExitCode1() {
        server.status = 404;
        assertThat(run(to("get", "crm:1"))).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: nobody has the identity crm:1; check the spelling");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatTheServerRefusesIsToldWithItsProblem() {
        server.status = 422;
        server.body = "{\"title\":\"Not valid\",\"detail\":\"profile: no ':'\",\"errors\":[]}";
        assertThat(run(to("segments", "crm"))).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: the server refuses crm: 422, Not valid: profile: no ':'");
    }

    @Test
    void jsonIsPrintedAsItCame() {
        server.body = "{\"profile\": \"crm:1\",\"test\":{\"a\":true}}";
        assertThat(run(to("segments", "--json", "--test", "a,b", "crm:1"))).isZero();
        assertThat(server.requests).containsExactly("GET /v1/profiles/crm%3A1/segments?test=a%2Cb ");
        assertThat(out.toString()).isEqualToIgnoringNewLines(server.body);
    }

    @Test
    void decideSendsPlacementsAndContextByTheirTypes() throws IOException {
        server.body = """
                {"decisionId":"x","profile":null,"reason":"DEFAULT","placements":[{"id":"hero","offers":[
                  {"id":"loan","rank":1,"priority":3.72,"propensity":0.031,"value":120.0,"contextWeight":1.0,"lever":1.0,"fallback":false},
                  {"id":"news","rank":2,"fallback":true}]}],
                 "explain":[{"id":"hero","offers":[{"id":"card","status":"REJECTED","reasons":[{"code":"CAPPED","detail":"3 of 3"}]}]}],
                 "catalogVersion":12,"sequence":90210,"tookNanos":1900}""";
        assertThat(run(to(
                        "decide",
                        "--placement=hero:2",
                        "--placement=a:b",
                        "--context=age=41",
                        "--context=vip=true",
                        "--context=zip=\"01\"",
                        "--context=channel=web=x",
                        "--explain",
                        "--exclude=a,b",
                        "--at=2026-11-01T12:00:00Z",
                        "crm:1")))
                .isZero();
        final JsonNode sent = JSON.readTree(server.requests.get(0).substring("POST /v1/decisions ".length()));
        assertThat(sent).isEqualTo(JSON.readTree("""
                        {"placements":[{"id":"hero","count":2},{"id":"a:b"}],
                         "context":{"age":41,"vip":true,"zip":"01","channel":"web=x"},
                         "explain":true,"at":"2026-11-01T12:00:00Z","exclude":["a","b"],"profile":"crm:1"}"""));
        assertThat(out.toString().lines())
                .containsExactly(
                        "nobody known: DEFAULT (catalog 12, sequence 90210, 1.9 µs)",
                        "  hero",
                        "    1. loan  priority 3.72 = propensity 0.031 × value 120.0 × context 1.0 × lever 1.0",
                        "    2. news  (fallback)",
                        "  why, hero",
                        "    REJECTED  card  CAPPED (3 of 3)");
    }

    @Test
    void decideWithoutPlacementsAsksForAllOfTheCatalog() {
        server.body = "{\"profile\":null,\"placements\":[]}";
        assertThat(run(to("decide"))).isZero();
        assertThat(server.requests.get(1)).contains("\"placements\":[{\"id\":\"hero\"},{\"id\":\"side\"}]");
        assertThat(server.requests.get(1)).doesNotContain("profile");
    }

    @Test
    void importSendsPiecesAndNamesRefusedLinesByTheirFile() throws IOException {
        final Path file = folder.resolve("p.csv");
        Files.writeString(
                file,
                "n\n"
                        + IntStream.rangeClosed(1, 5_000)
                                .mapToObj(i -> i == 3 ? "1,2" : "" + i)
                                .collect(Collectors.joining("\n")),
                StandardCharsets.UTF_8);
        server.body = "{\"accepted\":2,\"rejected\":1,\"sequence\":7,\"errors\":[{\"line\":3,\"reason\":\"bad\"}]}";
        assertThat(run(to("import", "--id", "c:{row}", file.toString()))).isEqualTo(1);
        assertThat(server.requests).hasSize(2);
        assertThat(server.requests.get(0))
                .startsWith("POST /v1/bulk {\"id\":\"c:1\",\"attributes\":{\"n\":1}}\n{\"id\":\"c:2\"");
        assertThat(server.requests.get(1)).startsWith("POST /v1/bulk {\"id\":\"c:4002\"");
        assertThat(out.toString().lines())
                .containsExactly(
                        file + ":4: the row has 2 columns, the header has 1",
                        file + ":5: bad",
                        file + ":4005: bad",
                        "accepted 4, rejected 3, sequence 7");
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "zandloper: 3 lines were refused; correct what is listed and import it again");
    }

    @Test
    void importOfCompressedEventsGoesToEvents() throws IOException {
        final Path file = folder.resolve("e.ndjson.gz");
        final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write("{\"a\":1}\n".getBytes(StandardCharsets.UTF_8));
        }
        Files.write(file, compressed.toByteArray());
        server.body = "{\"accepted\":0,\"duplicates\":1,\"rejected\":0,\"sequence\":7,\"errors\":[]}";
        assertThat(run(to("import", "--events", file.toString()))).isZero();
        assertThat(server.requests).containsExactly("POST /v1/events {\"a\":1}\n");
        assertThat(out.toString()).isEqualToIgnoringNewLines("accepted 0, duplicates 1, rejected 0, sequence 7");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void importStopsWhereAPieceIsRefusedAsAWhole() throws IOException {
        final Path file = Files.writeString(folder.resolve("p.jsonl"), "{}\n\n{}\n", StandardCharsets.UTF_8);
        server.status = 503;
        server.body = "{\"title\":\"Not ready\",\"accepted\":1,\"rejected\":0,\"sequence\":3,\"errors\":[]}";
        assertThat(run(to("import", file.toString()))).isEqualTo(1);
        assertThat(out.toString()).isEqualToIgnoringNewLines("accepted 1, rejected 0, sequence 3");
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "zandloper: the server refuses lines 1 to 3 of " + file + ": 503, Not ready");
    }

    @Test
    void importOfAFileThatIsNotThereIsExitCode1() {
        final Path file = folder.resolve("none.jsonl");
        assertThat(run(to("import", file.toString()))).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("zandloper: there is no file " + file + "; check the path");
    }

    private static final String REPORT = """
            {"report":{"profiles":1000,"stored":2000,"seed":7,"at":"2026-11-15T12:00:00Z","catalogVersion":3,"sequence":9,
             "tookMillis":1500,"withNothing":{"current":20,"candidate":10},"different":250,
             "placements":[{"id":"hero","withNothing":{"current":20,"candidate":10},"different":250,"offers":[
              {"id":"card","returned":{"current":300,"candidate":400},"fallback":{"current":0,"candidate":0},
               "gained":120,"lost":20,"reasons":[{"code":"ELIGIBILITY","profiles":550},{"code":"OUTRANKED","profiles":50}]},
              {"id":"loan","returned":{"current":0,"candidate":590},"fallback":{"current":0,"candidate":0},
               "gained":590,"lost":0,"reasons":[{"code":"CAPPED","profiles":410}]}]}]}}""".replace("\n", "");

    @Test
    void simulateSendsTheCatalogAsItIsAndShowsTheReport() throws IOException {
        final Path catalog = folder.resolve("new.json");
        Files.writeString(catalog, "\uFEFF{\"offers\": [{\"id\":\"card\",\"value\":1.50}]}\n");
        server.body = "{\"progress\":{\"done\":0,\"of\":1000}}\n" + REPORT + "\n";
        assertThat(run(to(
                        "simulate",
                        "--catalog",
                        catalog.toString(),
                        "--sample",
                        "1000",
                        "--seed",
                        "7",
                        "--placement",
                        "hero:2",
                        "--context",
                        "channel=web",
                        "--at",
                        "2026-11-15T12:00:00Z")))
                .isZero();
        assertThat(server.requests)
                .containsExactly("POST /v1/simulations {\"catalog\":{\"offers\": [{\"id\":\"card\",\"value\":1.50}]},"
                        + "\"placements\":[{\"id\":\"hero\",\"count\":2}],\"context\":{\"channel\":\"web\"},"
                        + "\"at\":\"2026-11-15T12:00:00Z\",\"sample\":1000,\"seed\":7}");
        assertThat(out.toString().lines().toList())
                .containsExactly(
                        "1,000 of 2,000 profiles at 2026-11-15T12:00:00Z, beside catalog 3 (1.5 s)",
                        "250 would see something else (25.0 %); 10 would get nothing, now 20",
                        "",
                        "hero: 10 would get nothing, now 20",
                        "  offer                now         new              gained        lost  not returned by the new one",
                        "  loan                   0         590  59.0 %         590           0  CAPPED 41.0 %",
                        "  card                 300         400  40.0 %         120          20  ELIGIBILITY 55.0 %, OUTRANKED 5.0 %");
    }

    @Test
    void simulatePrintsTheReportForPrograms() throws IOException {
        final Path catalog = folder.resolve("new.json");
        Files.writeString(catalog, "{}");
        server.body = REPORT + "\n";
        assertThat(run(to("simulate", "--catalog", catalog.toString(), "--json")))
                .isZero();
        assertThat(JSON.readTree(out.toString()))
                .isEqualTo(JSON.readTree(REPORT).get("report"));
    }

    @Test
    void simulateSaysWhyThereIsNoReport() throws IOException {
        final Path catalog = folder.resolve("new.json");
        Files.writeString(catalog, "{}");
        server.body = "{\"progress\":{\"done\":0,\"of\":1000}}\n{\"stopped\":\"the server is stopping\"}\n";
        assertThat(run(to("simulate", "--catalog", catalog.toString()))).isEqualTo(1);
        assertThat(err.toString()).contains("the simulation ended early, the server is stopping");
        server.body = "{\"progress\":{\"done\":0,\"of\":1000}}\n";
        assertThat(run(to("simulate", "--catalog", catalog.toString()))).isEqualTo(1);
        assertThat(err.toString()).contains("the simulation ended early; try again");
        server.status = 422;
        server.body = "{\"title\":\"Unprocessable Entity\",\"detail\":\"catalog.offers[0].value: negative\"}";
        assertThat(run(to("simulate", "--catalog", catalog.toString()))).isEqualTo(1);
        assertThat(err.toString())
                .contains("there is no simulation: 422, Unprocessable Entity: new.json: offers[0].value: negative");
        Files.writeString(catalog, "{\"offers\":[}");
        assertThat(run(to("simulate", "--catalog", catalog.toString()))).isEqualTo(1);
        assertThat(err.toString())
                .contains("new.json is not usable: not JSON: ")
                .doesNotContain("Source");
        assertThat(run(to("simulate", "--catalog", folder.resolve("none.json").toString())))
                .isEqualTo(1);
        assertThat(err.toString()).contains("there is no catalog");
    }
}
