package io.zandloper.server.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix domain socket. A server that was killed leaves it lying, and nobody can listen on it again before it
 * is removed; that of a server that lives must not be.
 */
public final class SocketFile {
    /** What the JDK takes, so that a client in Java can connect; Linux has room for one more. */
    static final int PATH_BYTES_MAX = 106;
    /** Who may write to it may connect: the server's user and group. */
    private static final String PERMISSIONS = "rw-rw----";

    private static final int MODE_TYPE_MASK = 0170000;
    private static final int MODE_TYPE_SOCKET = 0140000;

    private final Path file;
    /** Which file it was when it was new, so that another server's is not removed. */
    private final @Nullable Object key;

    private SocketFile(Path file, @Nullable Object key) {
        this.file = file;
        this.key = key;
    }

    /**
     * Looks whether a server can listen on the file.
     *
     * @throws IOException where it cannot: a sentence that says why
     */
    public static void check(Path file) throws IOException {
        final int lengthBytes = file.toString().getBytes(StandardCharsets.UTF_8).length;
        if (lengthBytes > PATH_BYTES_MAX) {
            throw new IOException("the path of a socket has at most " + PATH_BYTES_MAX + " bytes, and " + file + " has "
                    + lengthBytes + "; choose a shorter one");
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            checkLeftover(file);
            return;
        }
        final Path parent = file.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IOException("the folder of the socket " + file + " does not exist; create it");
        }
    }

    private static void checkLeftover(Path file) throws IOException {
        final int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & MODE_TYPE_MASK) != MODE_TYPE_SOCKET) {
            throw new IOException(file + " is no socket and stays; choose another path");
        }
        if (isListenedOn(file)) {
            throw new IOException("another server listens on " + file + "; choose another path, or stop it");
        }
    }

    private static boolean isListenedOn(Path file) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // So that one whose queue of connections is full does not make us wait.
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(file));
            return true;
        } catch (ConnectException refused) {
            return false;
        } catch (NoSuchFileException goneMeanwhile) {
            return false;
        } catch (IOException unknown) {
            // It may be another user's, or its queue of connections full.
            throw new IOException("it cannot be told whether another server listens on " + file + " ("
                    + unknown.getMessage() + "); choose another path, or remove it");
        }
    }

    /** Makes room for a socket: removes what a dead server has left, or says why not, as {@link #check}. */
    static void makeRoom(Path file) throws IOException {
        check(file);
        Files.deleteIfExists(file);
    }

    /** Takes charge of a file that has just been listened on. */
    static SocketFile listenedOn(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(PERMISSIONS));
        return new SocketFile(file, key(file));
    }

    /** Removes it, unless it is another one by now. */
    void remove() throws IOException {
        try {
            if (key != null && key.equals(key(file))) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException gone) {
            // Some transports remove it themselves.
            return;
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }
}
