package io.zandloper.loadtest.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What a demo must not leave behind: a folder and a server. Both go when this is closed, and when the process is told
 * to end (Ctrl-C).
 */
final class Workplace implements AutoCloseable {
    private final Path folder;
    private final Thread atExit = new Thread(this::cleanUpAtExit, "demo-clean-up");
    private @Nullable ServerProcess server;
    private boolean closed;

    private Workplace(Path folder) {
        this.folder = folder;
    }

    static Workplace create() throws IOException {
        final Workplace workplace = new Workplace(Files.createTempDirectory("zandloper-demo-"));
        Runtime.getRuntime().addShutdownHook(workplace.atExit);
        return workplace;
    }

    Path folder() {
        return folder;
    }

    /** Starts the server of this demo, of which there is one, and returns when it is ready. */
    ServerProcess start(Path catalog) throws IOException, InterruptedException {
        final ServerProcess started;
        synchronized (this) {
            if (closed) {
                throw new IOException("the demo is being stopped");
            }
            started = ServerProcess.spawn(folder, catalog);
            server = started;
        }
        started.awaitReady();
        return started;
    }

    @Override
    public void close() throws IOException {
        cleanUp();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook will find nothing left to do.
            return;
        }
    }

    private synchronized void cleanUp() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (server != null) {
            server.close();
        }
        deleteFolder();
    }

    private void cleanUpAtExit() {
        try {
            cleanUp();
        } catch (IOException e) {
            // Nobody reads this any more but the person who pressed Ctrl-C.
            System.err.println("demo: " + folder + " could not be removed: " + e.getMessage());
        }
    }

    private void deleteFolder() throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
