package io.zandloper.benchmarks.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the tests of this package with jcstress, in processes of their own, as it wants it, where it is asked to:
 *
 * <pre>
 *   mvn -pl benchmarks -am test -Dtest=StressTest -Dsurefire.failIfNoSpecifiedTests=false -Dzandloper.stress=short
 * </pre>
 *
 * {@code short} takes a minute; {@code quick}, {@code default} and {@code tough} are jcstress's own modes, with all its
 * ways of compiling the actors.
 */
final class StressTest {
    private static final String MODE = System.getProperty("zandloper.stress", "off");
    private static final long MINUTES_MAX = 60;

    @TempDir
    private Path folder;

    @Test
    @EnabledIfSystemProperty(named = "zandloper.stress", matches = "\\w+")
    void noReaderSeesWhatNeverWas() throws Exception {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-t",
                "io.zandloper.benchmarks.stress",
                "-r",
                folder.toString(),
                // Tries at a time: fewer than the shared tables have rows.
                "-strideSize",
                "64",
                "-strideCount",
                "32"));
        command.addAll(
                MODE.equals("short")
                        ? List.of("-f", "1", "-iters", "1", "-time", "400", "-sc", "false", "-jvmArgs", "-Xmx256m")
                        : List.of("-m", MODE));
        final Path output = folder.resolve("output.txt");
        final Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(MINUTES_MAX, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        final String said = Files.readString(output, StandardCharsets.UTF_8);
        System.out.println(said);
        assertThat(process.exitValue()).isZero();
        assertThat(said).contains("Failed tests: No matches.").contains("Error tests: No matches.");
        assertThat(said).containsPattern("Results: (\\d+) planned; \\1 passed, 0 failed, 0 soft errs, 0 hard errs");
    }
}
