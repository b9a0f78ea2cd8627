package io.zandloper.protocol.client;

import org.jspecify.annotations.Nullable;

/**
 * Where a server listens.
 *
 * @param path of a Unix domain socket on this machine; null for TCP
 * @param host empty for a Unix domain socket
 */
record ServerAddress(@Nullable String path, String host, int port) {
    static final String UNIX_PREFIX = "unix:";
    private static final int PORT_MAX = 65535;

    static ServerAddress tcp(String host, int port) {
        if (host.isBlank() || port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException("no address of a server, address=" + host + ":" + port);
        }
        return new ServerAddress(null, host, port);
    }

    /** @param text {@code host:port}, {@code [IPv6 address]:port} or {@code unix:/path} */
    static ServerAddress parse(String text) {
        if (text.startsWith(UNIX_PREFIX)) {
            final String path = text.substring(UNIX_PREFIX.length());
            if (path.isBlank()) {
                throw new IllegalArgumentException("a Unix domain socket without a path, address=" + text);
            }
            return new ServerAddress(path, "", 0);
        }
        final int colon = text.lastIndexOf(':');
        final String host = colon < 0 ? "" : text.substring(0, colon);
        final boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (colon < 0 || (!bracketed && host.contains(":"))) {
            throw new IllegalArgumentException(
                    "an address is host:port, [IPv6 address]:port or unix:/path, address=" + text);
        }
        try {
            return tcp(
                    bracketed ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException noPort) {
            throw new IllegalArgumentException("a port that is no number, address=" + text, noPort);
        }
    }

    @Override
    public String toString() {
        if (path != null) {
            return UNIX_PREFIX + path;
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
