package io.zandloper.loadtest.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Whom processes are connected to, from Linux's /proc. */
final class Sockets {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    /** Number, local address, remote address, state, queues, timer, retransmissions, user, timeout, inode. */
    private static final Pattern ROW =
            Pattern.compile("^\\s*\\d+: \\S+ (?<remote>\\S+)(?:\\s+\\S+){6}\\s+(?<inode>\\d+)");

    private static final List<String> TABLES = List.of("tcp", "tcp6", "udp", "udp6");

    private Sockets() {}

    static boolean canBeSeen() {
        return Files.isReadable(Path.of("/proc/self/net/tcp"));
    }

    /** Remote addresses, as the kernel writes them, that are neither this machine nor nobody yet. */
    static Set<String> remotesBeyondLoopback(List<ProcessHandle> processes) {
        final Set<String> remotes = new HashSet<>();
        for (final ProcessHandle process : processes) {
            addRemotes(Path.of("/proc/" + process.pid()), remotes);
        }
        return remotes;
    }

    /** Adds nothing where the process has ended meanwhile. */
    private static void addRemotes(Path process, Set<String> into) {
        try {
            addRemotesOf(process, into);
        } catch (IOException | UncheckedIOException e) {
            // It has ended, and with it what it was connected to.
            return;
        }
    }

    private static void addRemotesOf(Path process, Set<String> into) throws IOException {
        final Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            for (final Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    final Matcher socket =
                            SOCKET.matcher(Files.readSymbolicLink(descriptor).toString());
                    if (socket.matches()) {
                        inodes.add(socket.group(1));
                    }
                }
            }
        }
        for (final String table : TABLES) {
            for (final String line : Files.readAllLines(process.resolve("net").resolve(table))) {
                final Matcher row = ROW.matcher(line);
                if (row.find() && inodes.contains(row.group("inode")) && !isLocal(row.group("remote"))) {
                    into.add(table + " " + row.group("remote"));
                }
            }
        }
    }

    /** {@code ADDRESS:PORT} in hex, each group of four bytes little-endian. */
    private static boolean isLocal(String remote) {
        final String address = remote.substring(0, remote.indexOf(':'));
        final boolean nobody = address.matches("0+");
        final boolean loopback4 = address.length() == 8 && address.endsWith("7F");
        final boolean loopback6 = address.equals("00000000000000000000000001000000");
        final boolean mapped4 =
                address.length() == 32 && address.startsWith("0000000000000000FFFF0000") && address.endsWith("7F");
        return nobody || loopback4 || loopback6 || mapped4;
    }
}
