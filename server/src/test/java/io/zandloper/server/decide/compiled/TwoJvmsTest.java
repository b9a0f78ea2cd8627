package io.zandloper.server.decide.compiled;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes that have nothing in common but the inputs say the same, byte for byte: with other collectors, other
 * identity hashes (and so other orders of what is sorted by them), optimised and not.
 */
final class TwoJvmsTest {
    private static final long SEED = Long.getLong("zandloper.decide.seed", 20_261_122);
    private static final int CASES = 2_000;
    private static final long DEADLINE_SECONDS = 300;

    @TempDir
    private Path folder;

    @Test
    void decideTheSameBytes() throws Exception {
        System.out.println("TwoJvmsTest: zandloper.decide.seed=" + SEED);
        final Path one = folder.resolve("one");
        final Path other = folder.resolve("other");
        final List<Process> running = new ArrayList<>();
        try {
            running.add(start(one, List.of("-XX:+UseSerialGC", "-XX:hashCode=0", "-XX:TieredStopAtLevel=1")));
            running.add(start(other, List.of("-XX:+UseParallelGC", "-XX:hashCode=3", "-XX:-UseCompressedOops")));
            for (Process process : running) {
                assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
            for (Process process : running) {
                assertThat(process.exitValue())
                        .as("%s", Files.readString(folder.resolve("errors")))
                        .isZero();
            }
        } finally {
            running.forEach(Process::destroyForcibly);
        }
        assertThat(Files.readAllLines(one)).hasSize(CASES);
        assertThat(Files.mismatch(one, other)).isEqualTo(-1);
    }

    private Process start(Path file, List<String> options) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("zandloper.root"), "deploy", "jvm.options"),
                "-XX:-UseZGC",
                "-XX:+UnlockExperimentalVMOptions"));
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                RandomDecisions.class.getName(),
                Long.toString(SEED),
                Integer.toString(CASES),
                file.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("errors").toFile()))
                .start();
    }
}
