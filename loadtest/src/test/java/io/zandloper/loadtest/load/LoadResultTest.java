package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.loadtest.load.LoadResult.OperationResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LoadResultTest {
    @ParameterizedTest(name = "{0} answered of 1,000 due, the last after {1} s: missed={2}")
    @CsvSource({
        "1000, 10, false",
        "1000, 10.09, false",
        "991, 10, false",
        "989, 10, true",
        "1000, 10.2, true",
        "0, 10, true"
    })
    void theRateIsMissedWhenLessThanNinetyNineInAHundredAreAnsweredInTime(
            int answered, double seconds, boolean missed) {
        assertThat(result(LoadPlan.Mode.OPEN, answered, seconds).isRateMissed()).isEqualTo(missed);
        assertThat(result(LoadPlan.Mode.CLOSED, answered, seconds).isRateMissed())
                .isFalse();
    }

    private static LoadResult result(LoadPlan.Mode mode, int answered, double seconds) {
        final Histogram latencies = new Histogram(1, Recordings.LATENCY_MAX_NANOS, 3);
        if (answered > 0) {
            latencies.recordValueWithCount(1_000, answered);
        }
        final LoadPlan pages = LoadPlan.pages("localhost", 1, 1, 1, Duration.ZERO, Duration.ofSeconds(10));
        final LoadPlan plan = new LoadPlan(
                pages.target(),
                new LoadPlan.Loop(mode, LoadPlan.Arrivals.EVEN, LoadPlan.Waiting.BLOCK, 100, 1, 1, 1),
                pages.asking(),
                pages.extent(),
                pages.seed());
        return new LoadResult(
                plan,
                List.of(new OperationResult("segment-test", latencies, 0, 1)),
                new Histogram(3),
                Map.of(),
                1_000,
                10,
                seconds,
                0);
    }
}
