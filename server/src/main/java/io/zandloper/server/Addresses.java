package io.zandloper.server;

import io.zandloper.server.cli.CommandException;
import io.zandloper.server.config.ServerConfig;
import io.zandloper.server.wire.SocketFile;
import io.zandloper.server.wire.Transport;
import io.zandloper.server.wire.TransportConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where the server listens: what can be said of it before anything is opened. */
final class Addresses {
    private Addresses() {}

    /** @throws CommandException for a host that does not exist, or that strangers reach without leave */
    static InetAddress checkHost(ServerConfig config) {
        final InetAddress address;
        try {
            address = InetAddress.getByName(config.host());
        } catch (UnknownHostException e) {
            throw new CommandException("there is no host '" + config.host() + "'; check --host");
        }
        if (!address.isLoopbackAddress() && !config.insecure()) {
            throw new CommandException("--host " + config.host() + " is open to other machines and nobody is"
                    + " authenticated; listen on 127.0.0.1, or add --insecure where the network is trusted");
        }
        return address;
    }

    /**
     * Tries the ports, so that one that is taken is known before a long import and not after it.
     *
     * @throws CommandException for a port that is taken, or asked for twice
     */
    static void checkPorts(InetAddress address, ServerConfig config) {
        final Map<Integer, String> options = new LinkedHashMap<>();
        check(address, config.port(), "--port", options);
        check(address, config.httpPort(), "--http-port", options);
        check(address, config.adminPort(), "--admin-port", options);
    }

    /**
     * Tries what else the binary port needs.
     *
     * @throws CommandException for a transport that this machine does not have, or a socket nobody can listen on
     */
    static void checkTransport(TransportConfig config) {
        final Transport transport = config.transport();
        final String reason = transport == null ? null : transport.unavailability();
        if (transport != null && reason != null) {
            throw new CommandException("--transport " + transport.label() + " does not work on this machine (" + reason
                    + "); leave --transport away for what does");
        }
        if (config.socketFile() != null) {
            try {
                SocketFile.check(config.socketFile());
            } catch (IOException e) {
                throw new CommandException("cannot use --socket: " + e.getMessage());
            }
        }
    }

    private static void check(InetAddress address, int port, String option, Map<Integer, String> options) {
        if (port == 0) {
            return;
        }
        final String other = options.put(port, option);
        if (other != null) {
            throw new CommandException(other + " and " + option + " are both " + port + "; choose different ports");
        }
        try (ServerSocket socket = new ServerSocket()) {
            // As the real sockets: connections of an earlier process that are not yet forgotten do no harm.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
        } catch (IOException e) {
            throw unusable(address, port, option);
        }
    }

    /** For a port that cannot be bound. */
    static CommandException unusable(InetAddress address, int port, String option) {
        return new CommandException("cannot listen on " + show(address.getHostAddress(), port) + " (" + option
                + "); it is taken or not allowed, choose another port, or 0 for any that is free");
    }

    /** {@code host:port}, with brackets where the host has colons itself. */
    static String show(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
