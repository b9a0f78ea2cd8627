package io.zandloper.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.loadtest.report.RunContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every benchmark in its smallest size, so that none is found broken when it is needed. */
final class BenchSmokeTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "storage --profiles 2000 --goals P1+P2, P1 P2, 7",
        "storage --profiles 2000 --goals P8, P8, 7",
        "storage --profiles 2000 --goals growth, growth, 2",
        "storage --profiles 2000 --goals snapshot, snapshot, 2",
        "storage --profiles 2000 --goals catalog, catalog, 3",
        "storage --profiles 2000 --goals layout, layout, 14",
        "storage --profiles 2000 --goals records, records, 5",
        "decide --profiles 20, P6, 28"
    })
    void givesTheRowsOfTheContract(String line, String goals, int rows) throws Exception {
        final JsonNode array = run(line);
        assertThat(array).hasSize(rows);
        assertRows(array, goals);
    }

    /** Processes of their own: the server's has to be packaged, as {@code mvn verify} does before this module's tests. */
    @ParameterizedTest
    @CsvSource({
        "wire --profiles 2000, P3 P4 P5 P7 overload transport lookahead generator",
        "peers --profiles 2000, peers",
        "replication --profiles 2000, P11"
    })
    void measuresProcessesOfItsOwn(String line, String goals) throws Exception {
        needTheServer();
        final JsonNode array = run(line);
        assertThat(array).isNotEmpty();
        assertRows(array, goals);
    }

    private static void needTheServer() {
        final Path server = RunContext.root().resolve("server/target");
        assumeTrue(
                Files.exists(server.resolve("zandloper-server.jar")) && Files.isDirectory(server.resolve("lib")),
                "the server is not packaged");
    }

    @Test
    void tellsOfAServerWhereItsTimeWent() throws Exception {
        needTheServer();
        run("wire --profiles 2000 --goals P3 --jfr " + folder);
        final Path picture = folder.resolve("P3.svg");
        final Path recording = folder.resolve("P3.jfr");
        assertThat(BenchmarksMain.run("bench", "profile", recording.toString(), "--flame", picture.toString()))
                .isZero();
        assertThat(picture).content().startsWith("<svg ").contains("io.zandloper.server.wire.");
    }

    private JsonNode run(String line) throws IOException {
        final Path file = folder.resolve("rows.json");
        final List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(line.replace('+', ',').split(" ")));
        arguments.addAll(List.of("--size", "smoke", "--json", file.toString()));
        assertThat(BenchmarksMain.run(arguments.toArray(new String[0]))).isZero();
        return new ObjectMapper().readTree(file.toFile());
    }

    private static void assertRows(JsonNode array, String goals) {
        for (final JsonNode row : array) {
            final List<String> names = new ArrayList<>();
            row.fieldNames().forEachRemaining(names::add);
            assertThat(names)
                    .containsExactly(
                            "goal",
                            "what",
                            "ours",
                            "against",
                            "theirs",
                            "ratio",
                            "ratioMin",
                            "ratioMax",
                            "unit",
                            "runs");
            assertThat(goals.split(" ")).contains(row.get("goal").textValue());
            // Nothing allocated is the best there is, and of a short overload nobody may notice anything.
            assertThat(row.get("ours").doubleValue())
                    .isGreaterThanOrEqualTo(
                            Set.of("bytes", "pauses", "%")
                                            .contains(row.get("unit").asText())
                                    ? 0
                                    : Double.MIN_VALUE);
            assertThat(row.get("theirs").doubleValue()).isPositive();
            assertThat(row.get("ratio").doubleValue())
                    .isBetween(
                            row.get("ratioMin").doubleValue(),
                            row.get("ratioMax").doubleValue());
            assertThat(row.get("runs").intValue()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bench",
                "bench telegraph",
                "bench storage --size huge",
                "bench storage --goals P99",
                "bench storage --profiles 0"
            })
    void refusesWhatIsNotThere(String line) {
        assertThat(BenchmarksMain.run(line.split(" "))).isEqualTo(2);
    }
}
