package io.zandloper.loadtest.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the load goes: a TCP port, or a socket in the file system.
 *
 * @param host empty for a socket in the file system
 * @param port 0 for a socket in the file system
 * @param path null for a TCP port
 */
public record Endpoint(String host, int port, @Nullable Path path) {
    private static final String UNIX = "unix:";
    private static final int PORT_MAX = (1 << 16) - 1;
    /** Unique local addresses of IPv6: fc00::/7. */
    private static final int UNIQUE_LOCAL = 0xFC;

    /** A TCP port. */
    public static Endpoint tcp(String host, int port) {
        return new Endpoint(host, port, null);
    }

    /** A socket in the file system of this machine. */
    public static Endpoint unix(Path path) {
        return new Endpoint("", 0, path);
    }

    /**
     * Reads {@code HOST:PORT} or {@code unix:/path}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Endpoint parse(String text) {
        if (text.startsWith(UNIX) && text.length() > UNIX.length()) {
            return unix(Path.of(text.substring(UNIX.length())));
        }
        final int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException("must be HOST:PORT or unix:/PATH: --to=" + text);
        }
        final int port = Integer.parseInt(text.substring(colon + 1));
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException("must have a port from 1 to " + PORT_MAX + ": --to=" + text);
        }
        return tcp(text.substring(0, colon), port);
    }

    /**
     * Whether it is on this machine or in a private network: elsewhere is somebody who has not asked for load.
     *
     * @throws IOException where the host is not known
     */
    boolean isNear() throws IOException {
        if (path != null) {
            return true;
        }
        final InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("cannot talk to " + this + ": unknown host");
        }
        final InetAddress to = address.getAddress();
        return to.isLoopbackAddress()
                || to.isAnyLocalAddress()
                || to.isSiteLocalAddress()
                || to.isLinkLocalAddress()
                || (to.getAddress().length > 4 && (to.getAddress()[0] & 0xFE) == UNIQUE_LOCAL);
    }

    /** Not connected, and blocking. */
    SocketChannel open() throws IOException {
        if (path != null) {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        }
        final SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    SocketAddress socketAddress() throws IOException {
        final Path file = path;
        if (file != null) {
            return UnixDomainSocketAddress.of(file);
        }
        final InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("unknown host");
        }
        return address;
    }

    @Override
    public String toString() {
        return path == null ? host + ":" + port : UNIX + path;
    }
}
