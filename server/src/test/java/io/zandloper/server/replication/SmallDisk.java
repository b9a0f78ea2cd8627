package io.zandloper.server.replication;

import io.zandloper.server.ServerProcess;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small file system of its own that can be filled, in a mount namespace where only processes see it that are begun there. A
 * process that waits for the end of its input holds it, so it goes with the test, however that ends.
 */
final class SmallDisk implements AutoCloseable {
    private static final String MEGABYTES = "64";
    private static final String MOUNTED = "mounted";
    private static final byte[] PIECE = new byte[4 * 1024];
    private static final long END_SECONDS_MAX = 10;

    private final Process holder;
    private final Path folder;

    private SmallDisk(Process holder, Path folder) {
        this.holder = holder;
        this.folder = folder;
    }

    /** One in place of an empty folder; null where that is not allowed here. */
    static @Nullable SmallDisk mount(Path folder) throws IOException {
        final Process holder;
        try {
            holder = new ProcessBuilder(
                            "unshare",
                            "--map-root-user",
                            "--mount",
                            "sh",
                            "-c",
                            "mount -t tmpfs -o size=" + MEGABYTES + "m tmpfs '" + folder + "' && echo " + MOUNTED
                                    + " && exec cat")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException noSuchProgram) {
            return null;
        }
        final BufferedReader output =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        if (MOUNTED.equals(output.readLine())) {
            return new SmallDisk(holder, folder);
        }
        holder.destroyForcibly();
        return null;
    }

    /** For processes that see it. */
    ServerProcess.Place place() {
        return new ServerProcess.Place(
                List.of(
                        "nsenter",
                        "--target",
                        Long.toString(holder.pid()),
                        "--user",
                        "--mount",
                        "--preserve-credentials",
                        "--wd=" + Path.of("").toAbsolutePath()),
                "127.0.0.1");
    }

    /** Takes every byte there is. */
    void fill() {
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (true) {
                ballast.write(PIECE);
            }
        } catch (IOException full) {
            // As it should be.
        }
    }

    /** Takes all but so many bytes. */
    void fillBut(long usableBytes) throws IOException {
        final File seenFromHere = ballast().toFile().getParentFile();
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (seenFromHere.getUsableSpace() > usableBytes) {
                ballast.write(PIECE);
            }
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(ballast());
    }

    /** As it is seen from here. */
    private Path ballast() {
        return Path.of("/proc", Long.toString(holder.pid()), "root", folder.toString(), "ballast");
    }

    @Override
    public void close() throws Exception {
        holder.getOutputStream().close();
        if (!holder.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            holder.destroyForcibly();
        }
    }
}
