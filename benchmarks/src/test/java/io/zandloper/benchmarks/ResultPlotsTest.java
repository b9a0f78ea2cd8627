package io.zandloper.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultPlotsTest {
    @TempDir
    private Path folder;

    @Test
    void aPlotIsKeptWithWhatItWasMadeOf() throws IOException {
        final Histogram latencies = new Histogram(1, 1_000_000_000, 3);
        latencies.recordValueWithCount(20_000, 1_000);
        final Path results = folder.resolve("wire");
        ResultPlots.write(
                results, Map.of("Tail, open loop", Map.of("Redis, GET", latencies)), "commit 123, ./zandloper bench");
        try (Stream<Path> files = Files.list(results)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("tail-open-loop.svg", "tail-open-loop-redis-get.hlog");
        }
        assertThat(Files.readString(results.resolve("tail-open-loop.svg"))).contains("Redis, GET", "Tail, open loop");
        assertThat(Files.readString(results.resolve("tail-open-loop-redis-get.hlog")))
                .startsWith("#[Redis, GET; latencies in nanoseconds; commit 123, ./zandloper bench]");
    }

    @Test
    void nothingMeasuredIsNothingKept() throws IOException {
        ResultPlots.write(folder.resolve("wire"), Map.of(), "");
        assertThat(folder.resolve("wire")).doesNotExist();
    }
}
