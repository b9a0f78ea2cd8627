package io.zandloper.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.benchmarks.jmh.PlainDecideJmh;
import io.zandloper.benchmarks.jmh.SegmentTestJmh;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

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

    @Test
    void jmhRunsAll() throws Exception {
        final Options options = new OptionsBuilder()
                .include(SegmentTestJmh.class.getName())
                .include(PlainDecideJmh.class.getName())
                .param("profiles", "200")
                .param("offers", "20")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(20))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        final Collection<RunResult> results = new Runner(options).run();
        assertThat(results).hasSize(3);
        assertThat(results)
                .allSatisfy(r -> assertThat(r.getPrimaryResult().getScore()).isPositive());
    }
}
