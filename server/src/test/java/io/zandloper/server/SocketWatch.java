package io.zandloper.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Looks all the time at what sockets a process has, and collects those that reach beyond loopback: TCP ones connected
 * elsewhere, and any UDP one, since nothing of ours speaks it and a lookup of a name would.
 */
final class SocketWatch implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENING = "0A";
    private static final Set<String> LOOPBACK_PREFIXES =
            Set.of("0100007F:", "0000000000000000FFFF00000100007F:", "00000000000000000000000001000000:");

    private final Path process;
    private final Thread thread;
    private final Set<String> foreign = new HashSet<>();
    private final Set<String> seen = new HashSet<>();
    private volatile boolean running = true;

    SocketWatch(long pid) {
        process = PROC.resolve(Long.toString(pid));
        thread = Thread.ofPlatform().daemon().start(this::watch);
    }

    static boolean isPossible() {
        return Files.isReadable(PROC.resolve("self/net/tcp"));
    }

    private void watch() {
        while (running) {
            look();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private void look() {
        try {
            final Set<String> inodes = inodes();
            for (String table : List.of("tcp", "tcp6")) {
                rows(table, inodes).forEach(row -> {
                    synchronized (this) {
                        seen.add(row[1]);
                        final boolean isOurs = row[3].equals(LISTENING)
                                ? LOOPBACK_PREFIXES.stream().anyMatch(row[1]::startsWith)
                                : LOOPBACK_PREFIXES.stream().anyMatch(row[2]::startsWith);
                        if (!isOurs) {
                            foreign.add(table + " " + row[1] + " " + row[2] + " state " + row[3]);
                        }
                    }
                });
            }
            for (String table : List.of("udp", "udp6")) {
                rows(table, inodes).forEach(row -> {
                    synchronized (this) {
                        foreign.add(table + " " + row[1] + " " + row[2]);
                    }
                });
            }
        } catch (IOException processIsGone) {
            running = false;
        }
    }

    private List<String[]> rows(String table, Set<String> inodes) throws IOException {
        return Files.readAllLines(process.resolve("net").resolve(table), StandardCharsets.US_ASCII).stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+", -1))
                .filter(row -> inodes.contains(row[9]))
                .collect(Collectors.toList());
    }

    private Set<String> inodes() throws IOException {
        final Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                final String target = target(descriptor);
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        }
        return inodes;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** Local addresses of all sockets seen. */
    synchronized Set<String> seen() {
        return Set.copyOf(seen);
    }

    /** Sockets that reach beyond loopback. */
    synchronized Set<String> foreign() {
        return Set.copyOf(foreign);
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        thread.join();
    }
}
