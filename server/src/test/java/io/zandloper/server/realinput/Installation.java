package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The launcher as a user has it, over the classes under test: a copy of the script in a folder of its own, and where it
 * looks for the server's jar, one that names this JVM's class path. So it is the real command that runs, and it does not
 * build the project inside the build that runs the test.
 */
final class Installation {
    private static final long PATIENCE_SECONDS = 180;
    private static final Pattern READY = Pattern.compile("ready binary=\\S+ http=(\\S+) admin=(\\S+) role=primary .*");

    private final Path root;
    private int commands;

    Installation(Path folder) throws IOException {
        root = Files.createDirectories(folder);
        final Path project = Path.of(System.getProperty("zandloper.root"));
        Files.copy(project.resolve("zandloper"), root.resolve("zandloper"));
        assertThat(root.resolve("zandloper").toFile().setExecutable(true)).isTrue();
        Files.createDirectories(root.resolve("deploy"));
        Files.copy(project.resolve("deploy/jvm.options"), root.resolve("deploy/jvm.options"));
        makeJar(root.resolve("server/target/zandloper-server.jar"));
    }

    /** A jar that holds nothing, but names everything on this JVM's class path. */
    private static void makeJar(Path jar) throws IOException {
        final List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            final Path path = Path.of(entry);
            if (!path.endsWith("test-classes")) {
                entries.add(path.toUri().toString());
            }
        }
        final Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", entries));
        Files.createDirectories(jar.getParent());
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }

    /** A command that has ended, with all it wrote. */
    record Finished(int exitCode, String out, String err) {
        Finished succeeded() {
            assertThat(exitCode).as("%s%s", out, err).isZero();
            return this;
        }
    }

    Finished run(String... words) throws IOException, InterruptedException {
        final Path out = root.resolve("out-" + ++commands);
        final Path err = root.resolve("err-" + commands);
        final Process process = command(words)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends", String.join(" ", words))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Returns when the server has said that it is ready. */
    Server serve(Path data, String... options) throws IOException {
        final List<String> words = new ArrayList<>(
                List.of("serve", "--data", data.toString(), "--port", "0", "--http-port", "0", "--admin-port", "0"));
        words.addAll(List.of(options));
        final Path err = root.resolve("err-" + ++commands);
        final Process process = command(words.toArray(String[]::new))
                .redirectError(err.toFile())
                .start();
        final BufferedReader out = process.inputReader(UTF_8);
        final String line = out.readLine();
        final Matcher ready = READY.matcher(String.valueOf(line));
        if (!ready.matches()) {
            process.destroyForcibly();
            throw new AssertionError("not ready: " + line + "\n" + Files.readString(err));
        }
        return new Server(process, ready.group(1), ready.group(2), err);
    }

    private ProcessBuilder command(String... words) {
        final List<String> command =
                new ArrayList<>(List.of(root.resolve("zandloper").toString()));
        command.addAll(List.of(words));
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("ZANDLOPER_BUILD", "skip");
        return builder;
    }

    /** A running server; closing it kills it, if it still runs. */
    static final class Server implements AutoCloseable {
        private final Process process;
        private final Path err;
        /** Host and port. */
        final String http;

        final String admin;

        private Server(Process process, String http, String admin, Path err) {
            this.process = process;
            this.http = http;
            this.admin = admin;
            this.err = err;
        }

        String url() {
            return "http://" + http;
        }

        /** Stops it as a supervisor does. */
        void terminate() throws IOException, InterruptedException {
            process.destroy();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("the server stops on SIGTERM")
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
