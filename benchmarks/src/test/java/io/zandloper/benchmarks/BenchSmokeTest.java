package io.zandloper.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        "storage --profiles 2000 --goals layout, layout, 14",
        "storage --profiles 2000 --goals records, records, 5",
        "decide --profiles 20, P6, 28"
    })
    void givesTheRowsOfTheContract(String line, String goals, int rows) throws Exception {
        final Path file = folder.resolve("rows.json");
        final List<String> arguments = new ArrayList<>(List.of("bench"));
        arguments.addAll(List.of(line.replace('+', ',').split(" ")));
        arguments.addAll(List.of("--size", "smoke", "--json", file.toString()));
        assertThat(BenchmarksMain.run(arguments.toArray(new String[0]))).isZero();
        final JsonNode array = new ObjectMapper().readTree(file.toFile());
        assertThat(array).hasSize(rows);
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
            // Nothing allocated is the best there is.
            assertThat(row.get("ours").doubleValue())
                    .isGreaterThanOrEqualTo(row.get("unit").asText().equals("bytes") ? 0 : Double.MIN_VALUE);
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
                "bench wire",
                "bench storage --size huge",
                "bench storage --goals P99",
                "bench storage --profiles 0"
            })
    void refusesWhatIsNotThere(String line) {
        assertThat(BenchmarksMain.run(line.split(" "))).isEqualTo(2);
    }
}
