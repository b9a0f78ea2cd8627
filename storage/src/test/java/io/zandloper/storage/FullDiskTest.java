package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system that is full; where this machine lets us mount one. The simulated one is in the simulation. */
class FullDiskTest {
    private static final long SECONDS_MAX = 180;
    private static final String MEGABYTES = "160";

    @TempDir
    Path folder;

    @Test
    void changesAreRefusedReadsGoOnAndSpaceBringsEverythingBack() throws Exception {
        final Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(mounts(disk), "no small file system can be mounted here");
        final List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("zandloper.root"), "deploy", "jvm.options"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FullDiskScenario.class.getName(),
                disk.toString()));
        assertThat(run(disk, java)).isEqualTo("done\n");
    }

    private boolean mounts(Path disk) throws IOException, InterruptedException {
        try {
            return run(disk, List.of("echo", "yes")).equals("yes\n");
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    /** What a command prints on a disk of its own; with what went wrong, where something did. */
    private String run(Path disk, List<String> command) throws IOException, InterruptedException {
        final List<String> words = new ArrayList<>(List.of(
                "unshare",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + MEGABYTES + "m tmpfs '" + disk + "' && exec \"$@\"",
                "sh"));
        words.addAll(command);
        final Path output = folder.resolve("output");
        final Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        final String printed = Files.readString(output, StandardCharsets.UTF_8);
        return process.exitValue() == 0 ? lastLine(printed) : "exit " + process.exitValue() + "\n" + printed;
    }

    /** The JVM may have something to say about its options before. */
    private static String lastLine(String printed) {
        final List<String> lines = printed.lines().toList();
        return lines.get(lines.size() - 1) + "\n";
    }
}
