package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.loadtest.demo.ServerProcess;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.loadtest.report.RunContext;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/** The generator against a real server, as a user has them: each workload, a trace, the search for saturation. */
@Timeout(120)
final class LoadSystemTest {
    private static final int PROFILES = 500;
    private static final Duration START_MAX = Duration.ofSeconds(90);

    @TempDir
    private static Path folder;

    private static ServerProcess server;

    @TempDir
    private Path out;

    private final StringWriter printed = new StringWriter();
    private final List<Exception> failures = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        final Path target = RunContext.root().resolve("server/target");
        assumeTrue(
                Files.exists(target.resolve("zandloper-server.jar")) && Files.isDirectory(target.resolve("lib")),
                "the server has not been packaged");
        new DataSet(PROFILES, 40, 16, 1).writeTo(folder, rows -> {});
        server = ServerProcess.spawn(
                folder.resolve("server.log"),
                List.of(
                        "--data", folder.resolve("data").toString(),
                        "--catalog", folder.resolve(DataSet.CATALOG_FILE).toString(),
                        "--import", folder.resolve(DataSet.PROFILES_FILE).toString()));
        server.awaitReady(START_MAX);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachWorkloadIsAnswered(Workload workload) throws IOException {
        final JsonNode summary = summaryOf("--connections 2 --pipeline 4 --requests 2000 --warmup 0 --seconds 30"
                + " --workload " + workload.name().toLowerCase(Locale.ROOT));
        assertThat(summary.at("/answers").longValue()).isEqualTo(2_000);
        assertThat(summary.at("/errors").longValue()).isZero();
        assertThat(summary.at("/operations")).hasSize(workload.operations().size());
        assertThat(summary.at("/operations"))
                .allSatisfy(operation ->
                        assertThat(operation.at("/answers").longValue()).isPositive());
    }

    @Test
    void aTraceIsReplayedAtItsTimes() throws IOException {
        final StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            final String operation =
                    List.of("segment-test", "profile", "decide", "upsert").get(i % 4);
            lines.append(i * 1_000)
                    .append(' ')
                    .append(operation)
                    .append(" crm:")
                    .append(1 + i % PROFILES)
                    .append('\n');
        }
        final Path trace = folder.resolve("trace.txt");
        Files.writeString(trace, lines);
        final JsonNode summary = summaryOf("--warmup 0 --trace " + trace);
        assertThat(summary.at("/answers").longValue()).isEqualTo(400);
        assertThat(summary.at("/errors").longValue()).isZero();
        assertThat(summary.at("/operations")).hasSize(4);
        assertThat(summary.at("/elapsedSeconds").doubleValue()).isGreaterThanOrEqualTo(0.399);
    }

    /** What it finds is the machine's business: on a busy one even the first rate may be missed, and that is said. */
    @Test
    void aRampEndsWithARateOrSaysThatThereIsNone() {
        final int exitCode = run("--ramp --rate 2000 --ramp-p99 50 --warmup 0 --seconds 0.2 --grace 1");
        assertThat(printed.toString()).contains("looking for saturation: open loop", "answered/s");
        assertThat(printed.toString().lines().filter(line -> line.matches(" +[0-9,]+ +[0-9,]+ .*")))
                .isNotEmpty();
        if (exitCode == 0) {
            assertThat(printed.toString()).containsPattern("saturation: [0-9,]+ requests a second");
        } else {
            assertThat(failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure).hasMessageStartingWith("the first rate was missed"));
        }
    }

    private JsonNode summaryOf(String arguments) throws IOException {
        assertThat(run(arguments + " --out " + out))
                .as(printed + " " + failures)
                .isZero();
        return new ObjectMapper().readTree(out.resolve(ResultFiles.SUMMARY).toFile());
    }

    private int run(String arguments) {
        final String line = "--to " + server.host("binary") + ":" + server.port("binary") + " --profiles " + PROFILES
                + " " + arguments;
        return new CommandLine(new LoadCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(printed, true))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    failures.add(failure);
                    return 1;
                })
                .execute(line.split(" "));
    }
}
