package io.zandloper.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LoadtestMainTest {
    private record Run(int exitCode, String errors) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "generate",
                "generate --out x --segments 5000",
                "generate --out x --profiles many",
                "generate --out x surplus",
                "demo --profiles 1",
                "demo --seconds 0",
                "load --rate 0",
                "no-such-command"
            })
    void wrongUsageIsOneLineAndTwo(String line) {
        final Run run = run(line.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errors().lines()).hasSize(1);
    }

    @Test
    void whatFailsIsOneLineAndOne(@TempDir Path folder) throws Exception {
        final Path file = Files.writeString(folder.resolve("file"), "");
        final Run run = run("generate", "--profiles", "1", "--out", file.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errors().lines()).containsExactly("generate: is there already, and no folder: " + file);
    }

    @Test
    void aDemoWithoutALauncherSaysSo() {
        final String root = System.getProperty("zandloper.root");
        System.setProperty("zandloper.root", "nowhere");
        try {
            final Run run = run("demo", "--profiles", "500", "--seconds", "1");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.errors().lines())
                    .containsExactly("demo: the launcher is missing: start this with ./zandloper");
        } finally {
            System.setProperty("zandloper.root", root);
        }
    }

    private static Run run(String... arguments) {
        final PrintStream before = System.err;
        final ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            final int exitCode = LoadtestMain.run(arguments);
            return new Run(exitCode, errors.toString(StandardCharsets.UTF_8));
        } finally {
            System.setErr(before);
        }
    }
}
