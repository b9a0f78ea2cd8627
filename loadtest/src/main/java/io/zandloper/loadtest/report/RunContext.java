package io.zandloper.loadtest.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a measured number is worth nothing without: the commit and the machine.
 *
 * @param commit of the sources, with {@code +changes} where they were changed since; {@code unknown} without git
 * @param machine processor, cores, memory, operating system, Java; no names of hosts or people
 */
public record RunContext(String commit, String machine) {
    private static final int GIT_SECONDS = 10;
    /** Recording a result does not make the next one's sources different. */
    private static final String RESULTS_EXCLUDED = ":!benchmarks/results";

    private static final String UNKNOWN = "unknown";

    /** The property by which the launcher says where the project lies. */
    public static final String ROOT_PROPERTY = "zandloper.root";

    public static RunContext current() {
        final Path root = root();
        final String head = git(root, "rev-parse", "--short=12", "HEAD");
        final String changes = git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", RESULTS_EXCLUDED);
        return new RunContext(
                head.isEmpty() ? UNKNOWN : head + (changes.isEmpty() ? "" : "+changes"), describeMachine());
    }

    /** Where the project lies: as the launcher says, else where we were started. */
    public static Path root() {
        return Path.of(System.getProperty(ROOT_PROPERTY, "."));
    }

    private static String git(Path folder, String... arguments) {
        try {
            final List<String> command = new ArrayList<>(List.of("git"));
            command.addAll(List.of(arguments));
            final Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream in = process.getInputStream()) {
                final String text = new String(in.readAllBytes(), UTF_8).strip();
                return process.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? text : "";
            }
        } catch (IOException e) {
            // No git, or no folder: the commit is unknown, and that is said.
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String describeMachine() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s, %s %s, Java %s",
                fieldOf("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version());
    }

    private static String memory() {
        final String kibibytes = fieldOf("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kibibytes.isEmpty() ? UNKNOWN : Long.parseLong(kibibytes) / (1 << 20) + " GiB";
    }

    /** From a file of {@code name : value} lines. */
    private static String fieldOf(String file, String name) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            // Not Linux.
            return UNKNOWN;
        }
    }
}
