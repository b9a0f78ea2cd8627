package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.loadtest.load.FakeServer.Answer;
import io.zandloper.loadtest.peer.EchoServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command with whatever else load can be put on. */
@Timeout(60)
final class PeersTest {
    private final StringWriter printed = new StringWriter();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"segments", "nbo", "page", "mixed", "readwrite", "writes", "batch --batch 7", "profiles"})
    void aServerWithoutWorkAnswersEveryWorkload(String workload) throws Exception {
        final JsonNode summary = run("--self-test --requests 500 --pipeline 4 --warmup 0 --workload " + workload);
        assertThat(summary.at("/answers").longValue()).isEqualTo(500);
        assertThat(summary.at("/profilesPerSecond").doubleValue())
                .isEqualTo(
                        summary.at("/perSecond").doubleValue() * (workload.startsWith("batch") ? 7 : 1), within(1.0));
    }

    @Test
    void theSelfTestOffersTwiceTheRate() throws Exception {
        // Whether it reaches that on a machine that does other things as well is another question.
        final JsonNode summary = run("--self-test --rate 500 --warmup 0 --seconds 0.5", 0, 1);
        assertThat(summary.at("/targetRate").doubleValue()).isEqualTo(1_000);
        assertThat(summary.at("/answers").longValue()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(strings = {"segments", "batch", "mixed"})
    void anEchoSendsBackEveryFrame(String workload) throws Exception {
        try (EchoServer echo = EchoServer.start(0, 1)) {
            final JsonNode summary = run("--protocol echo --requests 300 --warmup 0 --to 127.0.0.1:" + echo.port()
                    + " --workload " + workload);
            assertThat(summary.at("/answers").longValue()).isEqualTo(300);
            assertThat(summary.at("/protocol").textValue()).isEqualTo("echo");
        }
    }

    @Test
    void aSocketInTheFileSystemIsAnAddress() throws Exception {
        // Such a path has to be short, and a test's own folder may not be.
        final Path directory = Files.createTempDirectory("z");
        final Path socket = directory.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            final Thread echo = new Thread(() -> echoOnce(listener), "unix-echo");
            echo.setDaemon(true);
            echo.start();
            final JsonNode summary =
                    run("--protocol echo --requests 200 --warmup 0 --connections 1 --to unix:" + socket);
            assertThat(summary.at("/answers").longValue()).isEqualTo(200);
            echo.join();
        } finally {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(directory);
        }
    }

    private static void echoOnce(ServerSocketChannel listener) {
        final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (SocketChannel channel = listener.accept()) {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // The test sees what is missing.
            return;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTraceIsSentAsItWasRecorded(int threads) throws Exception {
        final StringBuilder trace = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            trace.append(i * 5_000)
                    .append(i % 10 == 9 ? " decide" : " segment-test")
                    .append(" crm:")
                    .append(i)
                    .append('\n');
        }
        final Path file = Files.writeString(folder.resolve("trace"), trace);
        try (FakeServer server = new FakeServer(n -> Answer.RIGHT)) {
            final JsonNode summary = run("--warmup 0 --connections 2 --trace " + file + " --threads " + threads
                    + " --to 127.0.0.1:" + server.port());
            assertThat(summary.at("/operations/segment-test/answers").longValue())
                    .isEqualTo(90);
            assertThat(summary.at("/operations/decide/answers").longValue()).isEqualTo(10);
            assertThat(summary.at("/arrivals").textValue()).isEqualTo("trace");
            // It cannot be over before the last of them was due.
            assertThat(summary.at("/elapsedSeconds").doubleValue()).isGreaterThan(0.49);
            assertThat(server.profilesAsked).hasSize(100).containsKey("crm:99");
        }
    }

    /** The same requests, the same answers: the same number. */
    @Test
    void theChecksumTellsWhetherAnswersWereTheSame() throws Exception {
        try (FakeServer server = new FakeServer(n -> Answer.RIGHT)) {
            final String line = "--warmup 0 --seconds 30 --to 127.0.0.1:" + server.port() + " --requests ";
            final String first = run(line + 300).at("/checksum").textValue();
            assertThat(run(line + "300 --pipeline 9 --connections 3")
                            .at("/checksum")
                            .textValue())
                    .isEqualTo(first);
            assertThat(run(line + 301).at("/checksum").textValue()).isNotEqualTo(first);
        }
    }

    private JsonNode run(String arguments) throws Exception {
        return run(arguments, 0);
    }

    private JsonNode run(String arguments, Integer... exitCodes) throws Exception {
        final Path out = folder.resolve("out");
        final CommandLine command = new CommandLine(new LoadCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setErr(new PrintWriter(printed, true))
                .setOut(new PrintWriter(printed, true));
        final String line = arguments + " --grace 5 --out " + out;
        assertThat(command.execute(line.split(" "))).as(printed.toString()).isIn((Object[]) exitCodes);
        return new ObjectMapper().readTree(out.resolve(ResultFiles.SUMMARY).toFile());
    }
}
