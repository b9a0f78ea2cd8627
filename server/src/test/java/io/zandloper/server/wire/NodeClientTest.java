package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client in another language, written from the protocol's document and schemas alone, against a server's process. */
@Timeout(240)
final class NodeClientTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("zandloper.root", ".."), "protocol", "src", "test", "node");

    @TempDir
    private Path folder;

    @Test
    void aClientInAnotherLanguageGetsTheSameAnswers() throws Exception {
        assumeTrue(canRunNode(), "there is no node 18 or newer on the path");
        assumeTrue(
                Files.isDirectory(FOLDER.resolve("node_modules/flatbuffers")),
                "npm ci has not been run in protocol/src/test/node");
        try (ServerProcess server = ServerProcess.serve(
                folder.resolve("data"),
                "--catalog",
                FOLDER.resolve("catalog.json").toString())) {
            final Path output = folder.resolve("node.txt");
            final ProcessBuilder node = new ProcessBuilder("node", "--test", "client.test.mjs")
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            node.environment().put("ZANDLOPER_ADDRESS", "127.0.0.1:" + server.binaryPort());
            final Process process = node.start();
            try {
                assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended").isTrue();
                assertThat(process.exitValue()).as(Files.readString(output)).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static boolean canRunNode() throws InterruptedException {
        try {
            final Process process = new ProcessBuilder(
                            "node", "-e", "process.exit(Number(process.versions.node.split('.')[0]) >= 18 ? 0 : 1)")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException noNode) {
            return false;
        }
    }
}
