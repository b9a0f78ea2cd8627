package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.loadtest.load.LoadResult.OperationResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RampTest {
    private static final Duration LATENCY_MAX = Duration.ofMillis(10);

    private final List<Ramp.Step> steps = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(doubles = {100, 1_000, 1_024, 54_321, 1_000_000})
    void findsTheHighestRateThatIsAnsweredToASixteenth(double capacity) throws Exception {
        final double found =
                ramp(plan -> result(plan, Math.min(capacity, plan.loop().ratePerSecond()), 1, 0));
        // A rate of which 99 in a hundred are answered counts as reached.
        final double reached = capacity / 0.99;
        assertThat(found).isBetween(capacity * 15 / 16 - 1, reached);
        assertThat(steps.get(0).ratePerSecond()).isEqualTo(100);
        assertThat(steps).filteredOn(step -> step.ratePerSecond() <= capacity).allMatch(Ramp.Step::sustained);
        assertThat(steps).filteredOn(step -> step.ratePerSecond() > reached).noneMatch(Ramp.Step::sustained);
    }

    @Test
    void aRateIsMissedWhereAnswersAreLateOrWrong() throws Exception {
        assertThat(ramp(plan ->
                        result(plan, plan.loop().ratePerSecond(), plan.loop().ratePerSecond() > 900 ? 11 : 9, 0)))
                .isBetween(800.0, 900.0);
        assertThat(ramp(plan ->
                        result(plan, plan.loop().ratePerSecond(), 1, plan.loop().ratePerSecond() > 900 ? 1 : 0)))
                .isBetween(800.0, 900.0);
    }

    @Test
    void whereTheFirstRateIsMissedThereIsNone() throws Exception {
        assertThat(ramp(plan -> result(plan, 1, 1, 0))).isZero();
        assertThat(steps).hasSize(1);
    }

    private double ramp(Ramp.Runner runner) throws Exception {
        steps.clear();
        final LoadPlan pages = LoadPlan.pages("localhost", 1, 1, 1, Duration.ZERO, Duration.ofSeconds(1));
        return new Ramp(pages.with(LoadPlan.Loop.open(100, 1, 1)), LATENCY_MAX, runner, steps::add).run();
    }

    private static LoadResult result(LoadPlan plan, double perSecond, long latencyMillis, long errors) {
        final Histogram latencies = new Histogram(1, Recordings.LATENCY_MAX_NANOS, Recordings.DIGITS);
        latencies.recordValueWithCount(latencyMillis * 1_000_000, Math.round(perSecond));
        return new LoadResult(
                plan,
                List.of(new OperationResult("segment-test", latencies, errors, 1)),
                new Histogram(3),
                errors == 0 ? Map.of() : Map.of("LOST", errors),
                Math.round(plan.loop().ratePerSecond()),
                1,
                1,
                0);
    }
}
