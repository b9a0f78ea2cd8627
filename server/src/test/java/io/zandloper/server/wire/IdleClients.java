package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Many connections that do nothing, of a process of their own: a process may have so many files open, and the server's is
 * to have them for itself. Each asks once when all is new, and once again when all are there.
 */
final class IdleClients {
    private static final String UNIX = "unix:";

    private IdleClients() {}

    /** @param target a port of this machine, or {@code unix:} and a path */
    static void inAnotherProcess(String target, int count) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        IdleClients.class.getName(),
                        target,
                        Integer.toString(count))
                .redirectErrorStream(true)
                .start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** @param arguments the target, and how many */
    public static void main(String[] arguments) throws IOException {
        final SocketAddress address = arguments[0].startsWith(UNIX)
                ? UnixDomainSocketAddress.of(arguments[0].substring(UNIX.length()))
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        final List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            channels.add(SocketChannel.open(address));
            ping(channels.get(i));
        }
        for (final SocketChannel channel : channels) {
            ping(channel);
        }
        for (final SocketChannel channel : channels) {
            channel.close();
        }
    }

    private static void ping(SocketChannel channel) throws IOException {
        final byte[] ping = RawClient.ping(1);
        channel.write(ByteBuffer.wrap(ping));
        final ByteBuffer answer = ByteBuffer.allocate(ping.length);
        while (answer.hasRemaining()) {
            if (channel.read(answer) < 0) {
                throw new IOException("the server has ended the connection");
            }
        }
    }
}
