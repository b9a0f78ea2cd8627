package io.zandloper.loadtest.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.loadtest.LoadtestMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A demo as a process of its own, with a folder for temporary files of its own. */
final class DemoProcess implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("zandloper.root"));

    private final Process process;
    private final Path output;
    private final Path temporary;

    DemoProcess(Path folder, String... arguments) throws IOException {
        output = folder.resolve("output");
        temporary = Files.createDirectory(folder.resolve("tmp"));
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + ROOT.resolve("deploy/jvm.options"),
                "-Djava.io.tmpdir=" + temporary,
                "-Dzandloper.root=" + ROOT,
                "-cp",
                System.getProperty("java.class.path"),
                LoadtestMain.class.getName(),
                "demo"));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** Whether the server has been packaged, as {@code mvn verify} does before this module's tests. */
    static boolean canRun() {
        return Files.exists(ROOT.resolve("server/target/zandloper-server.jar"))
                && Files.isDirectory(ROOT.resolve("server/target/lib"));
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** The demo and what it has started. */
    List<ProcessHandle> family() {
        final List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        return family;
    }

    boolean isRunning() {
        return process.isAlive();
    }

    int exitCode(long withinSeconds) throws InterruptedException {
        if (!process.waitFor(withinSeconds, TimeUnit.SECONDS)) {
            throw new AssertionError("the demo still runs");
        }
        return process.exitValue();
    }

    String output() throws IOException {
        return Files.readString(output, UTF_8);
    }

    /** What it has left in its folder for temporary files, JVM's own files aside. */
    List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("zandloper"))
                    .toList();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
