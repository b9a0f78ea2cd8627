package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped example on any machine: its catalog is served, rows are imported and bad ones named. */
final class BankExampleTest {
    private static final String ROWS = """
            "customerID";"age";"job";"housing";"euribor3m";"nr.employed"
            "A-1";61;"retired";"no";4.857;5191
            "A-2";35;"student";"yes"
            "";44;"management";"yes";1.25;5099.1
            "A-4";24;"technician";"yes";;9007199254740993
            "A-5";24;"technician";"yes";1;2;3
            """;

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void servesTheExampleAndNamesBadRowsByFileAndLine() throws Exception {
        final Path catalog = Path.of(System.getProperty("zandloper.root"), "deploy/examples/bank/catalog.json");
        final Path rows = Files.writeString(folder.resolve("people.csv"), ROWS);
        final Installation zandloper = new Installation(folder.resolve("zandloper"));
        try (Installation.Server server = zandloper.serve(folder.resolve("data"), "--catalog", catalog.toString());
                PipelinedHttp http = new PipelinedHttp(server.http)) {
            final Installation.Finished imported = zandloper.run(
                    "import", "--to", server.url(), "--delimiter", ";", "--id", "customer:{customerID}", "" + rows);

            assertThat(imported.exitCode()).as("%s", imported).isEqualTo(1);
            assertThat(imported.out())
                    .contains("accepted 2, rejected 3")
                    .contains("people.csv:3: the row has 4 columns, the header has 6")
                    .contains("people.csv:4: the column of the id is blank")
                    .contains("people.csv:6: the row has 7 columns, the header has 6");
            assertThat(imported.err().strip().lines().reduce((first, last) -> last))
                    .hasValueSatisfying(line -> assertThat(line).contains("3 lines were refused"));

            assertProfile(http, "customer:A-1", """
                    {"customerID":"A-1","age":61,"job":"retired","housing":"no","euribor3m":4.857,"nr.employed":5191}""", "senior");
            assertProfile(http, "customer:A-4", """
                    {"customerID":"A-4","age":24,"job":"technician","housing":"yes","nr.employed":9007199254740993}""", "has-mortgage", "starter");
            for (String refused : new String[] {"customer:A-2", "customer:A-5"}) {
                assertThat(http.get("/v1/profiles/" + refused).status()).isEqualTo(404);
            }
            server.terminate();
        }
    }

    private static void assertProfile(PipelinedHttp http, String identity, String attributes, String... computed)
            throws Exception {
        final ObjectMapper json = new ObjectMapper();
        final PipelinedHttp.Answer answer = http.get("/v1/profiles/" + identity);
        assertThat(answer.status()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
        final JsonNode profile = json.readTree(answer.body());
        assertThat(profile.get("attributes")).isEqualTo(json.readTree(attributes));
        assertThat(profile.get("computed")).extracting(JsonNode::textValue).containsExactlyInAnyOrder(computed);
    }
}
