package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalMainTest {
    @TempDir
    Path folder;

    @Test
    void itLivesTwiceAndEndsByItself() throws Exception {
        final Path project = Path.of(System.getProperty("zandloper.root"));
        final Path log = folder.resolve("log");
        final Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + project.resolve("deploy/jvm.options"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RehearsalMain.class.getName(),
                        folder.resolve("data").toString(),
                        project.resolve("deploy/examples/bank/catalog.json").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
