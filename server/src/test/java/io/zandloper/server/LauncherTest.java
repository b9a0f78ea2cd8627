package io.zandloper.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.cli.ZandloperCommands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher script in a world of its own: a project that is only a skeleton, a `mvn` that makes empty jars and counts
 * its calls, JDKs that print what they are given. Nothing of the machine is in sight but a few tools.
 */
@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {
    private static final List<String> TOOLS = List.of(
            "bash",
            "basename",
            "cat",
            "dirname",
            "env",
            "find",
            "head",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sleep",
            "touch");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private record Result(int exitCode, String out, String err) {}

    @TempDir
    Path world;

    private Path project;
    private Path tools;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void makeWorld() throws IOException {
        world = world.toRealPath();
        project = Files.createDirectories(world.resolve("my project"));
        tools = Files.createDirectories(world.resolve("tools"));
        for (String tool : TOOLS) {
            Files.createSymbolicLink(tools.resolve(tool), find(tool));
        }
        String script = Files.readString(Path.of(System.getProperty("zandloper.root"), "zandloper"));
        // The usual folders of JDKs are the machine's; here they are in the world, and empty.
        write(project.resolve("zandloper"), script.replaceAll(" /(usr|opt|Library)/", " '" + world + "'/$1/"));
        write(project.resolve("deploy/jvm.options"), "");
        write(project.resolve("pom.xml"), "");
        for (String module : List.of("protocol", "storage", "server", "loadtest", "benchmarks")) {
            write(project.resolve(module + "/pom.xml"), "");
            write(project.resolve(module + "/src/main/java/Some.java"), "");
        }
        write(tools.resolve("mvn"), """
                #!/usr/bin/env bash
                echo built >>builds
                for module in server loadtest benchmarks; do
                    mkdir -p $module/target/lib
                    : >$module/target/zandloper-$module.jar
                done
                """);
        environment.put("PATH", tools.toString());
        environment.put("HOME", world.resolve("home").toString());
        environment.put("JAVA_HOME", jdk("jdk-25", "25.0.3").toString());
    }

    @Test
    void noCommandIsWrongUsage() {
        Result result = launch();
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("Usage: ./zandloper COMMAND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "--help", "-h"})
    void helpListsTheCommandsAndBuildsNothing(String word) {
        Result result = launch(word);
        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("\n  demo ", "\n  serve ", "\n  load ");
        assertThat(builds()).isZero();
    }

    @Test
    void everyCommandOfTheServerIsListedAndStarted() {
        final StringWriter named = new StringWriter();
        ZandloperCommands.run(
                (config, ready) -> {
                    throw new AssertionError("nobody asked to serve");
                },
                Map.of(),
                new PrintWriter(Writer.nullWriter()),
                new PrintWriter(named, true));
        final String list = named.toString();
        final String usage = launch("help").out();
        for (String command : list.substring(list.lastIndexOf(':') + 1).strip().split(", ", -1)) {
            assertThat(usage).contains("\n  " + command + " ");
            assertThat(launch(command).out()).contains("io.zandloper.server.ServerMain\n" + command);
        }
    }

    @Test
    void anUnknownCommandIsWrongUsageAndBuildsNothing() {
        Result result = launch("conquer");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("zandloper: unknown command 'conquer'; ./zandloper help lists them\n");
        assertThat(builds()).isZero();
    }

    @Test
    void everyCommandThatHelpListsHasAMainClass() {
        List<String> commands = launch("help")
                .out()
                .lines()
                .filter(line -> line.matches(" {2}[a-z]+ {2,}\\S.*"))
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
        assertThat(commands).contains("demo", "serve", "bench");
        for (String command : commands) {
            assertThat(launch(command).exitCode()).as(command).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "serve,    server,     io.zandloper.server.ServerMain",
        "import,   server,     io.zandloper.server.ServerMain",
        "demo,     loadtest,   io.zandloper.loadtest.LoadtestMain",
        "generate, loadtest,   io.zandloper.loadtest.LoadtestMain",
        "load,     loadtest,   io.zandloper.loadtest.LoadtestMain",
        "bench,    benchmarks, io.zandloper.benchmarks.BenchmarksMain"
    })
    void aCommandGoesToItsMainClassWithAllArguments(String command, String module, String main) {
        Path target = project.resolve(module + "/target");
        Result result = launch(command, "--id", "a b", "", "*");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out().lines())
                .containsExactly(
                        "jdk-25",
                        "@" + project + "/deploy/jvm.options",
                        "-Dzandloper.root=" + project,
                        "-cp",
                        target + "/zandloper-" + module + ".jar:" + target + "/lib/*",
                        main,
                        command,
                        "--id",
                        "a b",
                        "",
                        "*");
    }

    @Test
    void helpOfACommandIsItsMainClasssBusiness() {
        assertThat(launch("help", "load").out()).endsWith("LoadtestMain\nload\n--help\n");
    }

    @Test
    void furtherJvmOptionsAreWordsAfterOurs() {
        environment.put("ZANDLOPER_JAVA_OPTS", "-Xmx1g  -Da=*");
        assertThat(launch("serve").out()).contains("/deploy/jvm.options\n-Xmx1g\n-Da=*\n-Dzandloper.root=");
    }

    @Test
    void noJdkIsOneSentence() throws IOException {
        environment.remove("JAVA_HOME");
        jdk("usr/lib/jvm/java-21", "21.0.4");
        Result result = launch("serve");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("zandloper: no JDK 25 or newer found: install one, or set JAVA_HOME to it\n");
    }

    @Test
    void aJreIsNoJdk() throws IOException {
        Path jre = jdk("jre-25", "25.0.3");
        Files.delete(jre.resolve("bin/javac"));
        environment.put("JAVA_HOME", jre.toString());
        assertThat(launch("serve").exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "usr/lib/jvm/temurin-25",
                "opt/java-25",
                "opt/java/25",
                "home/.sdkman/candidates/java/25",
                "home/.jdks/25",
                "Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home"
            })
    void aJdkIsFoundInTheUsualFolders(String folder) throws IOException {
        environment.put("JAVA_HOME", jdk("jdk-17", "17.0.15").toString());
        jdk(folder, "25.0.3");
        assertThat(launch("serve").out()).startsWith(world.resolve(folder).getFileName() + "\n");
    }

    @Test
    void ofTheUsualFoldersTheClosestVersionIsTaken() throws IOException {
        environment.remove("JAVA_HOME");
        jdk("opt/jdk-27", "27");
        jdk("opt/jdk-26", "26-ea");
        jdk("usr/lib/jvm/java-31", "31.0.1+8");
        assertThat(launch("serve").out()).startsWith("jdk-26\n");
    }

    @Test
    void aTooOldJavaHomeGivesWayToTheJavaOnThePath() throws IOException {
        environment.put("JAVA_HOME", jdk("jdk-17", "17.0.15").toString());
        Files.createSymbolicLink(
                tools.resolve("java"), jdk("elsewhere/jdk-26", "26").resolve("bin/java"));
        jdk("usr/lib/jvm/java-25", "25.0.3");
        assertThat(launch("serve").out()).startsWith("jdk-26\n");
    }

    @Test
    void itWorksThroughALinkFromAnotherFolder() throws IOException {
        Path bin = Files.createDirectories(world.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("first"), Path.of("../my project/zandloper"));
        Path second = Files.createSymbolicLink(world.resolve("second"), bin.resolve("first"));
        Result result = start(world, second, "serve").await();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("-Dzandloper.root=" + project + "\n");
    }

    @Test
    void itBuildsOnFirstUseAndThenOnlyWhenSourcesAreNewer() throws IOException {
        assertThat(launch("serve").err()).isEqualTo("building zandloper (first use, about a minute) ...\n");
        assertThat(launch("serve").err()).isEmpty();
        assertThat(builds()).isEqualTo(1);

        makeNewer(project.resolve("storage/src/main/java/Some.java"));
        assertThat(launch("serve").err()).isEqualTo("building zandloper (sources have changed) ...\n");
        assertThat(builds()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "server/pom.xml", "protocol/src/main", "loadtest/src/main/java/Some.java"})
    void whatMakesItBuildAgain(String path) throws IOException {
        launch("serve");
        makeNewer(project.resolve(path));
        launch("serve");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void aMissingJarMakesItBuildAgain() throws IOException {
        launch("serve");
        Files.delete(project.resolve("loadtest/target/zandloper-loadtest.jar"));
        launch("serve");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void itDoesNotBuildWhenToldSo() {
        environment.put("ZANDLOPER_BUILD", "skip");
        launch("serve");
        assertThat(builds()).isZero();
    }

    @Test
    void anArchiveOfClassesIsUsedByTheServerAlone() throws IOException {
        launch("serve");
        Path archive = project.resolve("target/launcher/server.jsa");
        write(archive, "");
        environment.put("ZANDLOPER_JAVA_OPTS", "-Xmx1g");
        assertThat(launch("serve").out())
                .contains("/jvm.options\n-XX:SharedArchiveFile=" + archive
                        + "\n-Xlog:cds*=off\n-Xlog:aot*=off\n-Xmx1g\n");
        assertThat(launch("load").out()).doesNotContain("server.jsa");
    }

    @Test
    void aBuildMakesTheArchiveAnewAndDoesWithoutWhereThatFails() throws IOException {
        launch("serve");
        Path archive = project.resolve("target/launcher/server.jsa");
        write(archive, "of the classes before");
        makeNewer(project.resolve("storage/src/main/java/Some.java"));
        Result result = launch("serve");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).doesNotContain("server.jsa");
        assertThat(project.resolve("target/launcher/build.log"))
                .content()
                .contains("-XX:ArchiveClassesAtExit=" + archive + ".new\n", "io.zandloper.server.RehearsalMain\n");
        assertThat(archive).doesNotExist();
    }

    @Test
    void aFailedBuildNamesItsLogAndIsTriedAgain() throws IOException {
        write(tools.resolve("mvn"), """
                #!/usr/bin/env bash
                echo broken
                exit 1
                """);
        for (int i = 0; i < 2; i++) {
            Result result = launch("serve");
            Path log = project.resolve("target/launcher/build.log");
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines())
                    .containsExactly(
                            "building zandloper (first use, about a minute) ...",
                            "zandloper: the build failed; its output is in " + log);
            assertThat(log).hasContent("broken\n");
        }
    }

    @Test
    void noMavenIsOneSentence() throws IOException {
        Files.delete(tools.resolve("mvn"));
        Result result = launch("serve");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("zandloper: building needs Maven").hasLineCount(1);
    }

    @ParameterizedTest(name = "flock there: {0}")
    @ValueSource(booleans = {true, false})
    void ofManyAtOnceOneBuilds(boolean withFlock) throws IOException {
        if (withFlock && !Files.exists(Path.of("/usr/bin/flock"))) {
            return;
        }
        if (withFlock) {
            Files.createSymbolicLink(tools.resolve("flock"), Path.of("/usr/bin/flock"));
        }
        write(
                tools.resolve("mvn"),
                Files.readString(tools.resolve("mvn")).replace("for module", "sleep 1\nfor module"));
        List<Started> started = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            started.add(start(project, project.resolve("zandloper"), "serve"));
        }
        for (Started one : started) {
            Result result = one.await();
            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(result.out()).startsWith("jdk-25\n");
        }
        assertThat(builds()).isEqualTo(1);
    }

    private Result launch(String... arguments) {
        return start(project, project.resolve("zandloper"), arguments).await();
    }

    private record Started(Process process, Path out, Path err) {
        Result await() {
            try {
                if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("still running after " + PATIENCE + ": " + Files.readString(err));
                }
                return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Started start(Path directory, Path script, String... arguments) {
        try {
            Path out = Files.createTempFile(world, "out", "");
            Path err = Files.createTempFile(world, "err", "");
            ProcessBuilder builder = new ProcessBuilder(
                            Stream.concat(Stream.of(script.toString()), Stream.of(arguments))
                                    .toList())
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            return new Started(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long builds() {
        try {
            Path builds = project.resolve("builds");
            return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JDK as the launcher sees one; its `java` prints the folder's name and its arguments, one a line. */
    private Path jdk(String folder, String version) throws IOException {
        Path home = world.resolve(folder);
        write(home.resolve("release"), "IMPLEMENTOR=\"us\"\nJAVA_VERSION=\"" + version + "\"\n");
        write(home.resolve("bin/javac"), "");
        write(home.resolve("bin/java"), """
                #!/usr/bin/env bash
                printf '%s\\n' "$(basename "$(dirname "$(dirname "$0")")")" "$@"
                """);
        return home;
    }

    private static void makeNewer(Path path) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String tool) {
        return Stream.of("/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin")
                .map(folder -> Path.of(folder, tool))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }
}
