package io.zandloper.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every JMH benchmark once, in this process, in its smallest size. */
final class JmhSmokeTest {
    @Test
    void jmhRunsAll() throws Exception {
        final Options options = new OptionsBuilder()
                .include(SegmentTestJmh.class.getName())
                .include(PlainDecideJmh.class.getName())
                .include(ProgramJmh.class.getName())
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
        assertThat(results).hasSize(8);
        assertThat(results)
                .allSatisfy(r -> assertThat(r.getPrimaryResult().getScore()).isPositive());
    }
}
