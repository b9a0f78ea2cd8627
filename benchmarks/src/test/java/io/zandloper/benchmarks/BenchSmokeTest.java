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
    @CsvSource({"storage,2000,P1,3", "decide,20,P6,1"})
    void givesTheRowsOfTheContract(String name, int profiles, String goal, int rows) throws Exception {
        final Path file = folder.resolve("rows.json");
        assertThat(BenchmarksMain.run(
                        "bench", name, "--size", "smoke", "--profiles", "" + profiles, "--json", file.toString()))
                .isZero();
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
            assertThat(row.get("goal").textValue()).isEqualTo(goal);
            assertThat(row.get("ours").doubleValue()).isPositive();
            assertThat(row.get("theirs").doubleValue()).isPositive();
            assertThat(row.get("ratio").doubleValue())
                    .isBetween(
                            row.get("ratioMin").doubleValue(),
                            row.get("ratioMax").doubleValue());
            assertThat(row.get("runs").intValue()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench", "bench wire", "bench storage --size huge", "bench storage --profiles 0"})
    void refusesWhatIsNotThere(String line) {
        assertThat(BenchmarksMain.run(line.split(" "))).isEqualTo(2);
    }
}
