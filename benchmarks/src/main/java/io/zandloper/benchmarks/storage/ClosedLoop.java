package io.zandloper.benchmarks.storage;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Some connections with one request on its way on each, all served by one thread: the same for every server, so that what
 * is compared are the servers. For one thread.
 */
final class ClosedLoop implements AutoCloseable {
    private static final int ANSWER_BYTES_MAX = 1 << 16;

    /** What is spoken. */
    interface Dialect {
        /** The next request, whole. */
        byte[] request(long number);

        /**
         * Bytes of the first answer in {@code received}, from its position to its limit; 0 where it has not all come.
         *
         * @throws IOException where the answer is that the request failed
         */
        int answerLength(ByteBuffer received) throws IOException;
    }

    private static final class Link {
        private final SocketChannel channel;
        private final ByteBuffer received =
                ByteBuffer.allocate(ANSWER_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);

        Link(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private final Dialect dialect;
    private final Selector selector;
    private final Link[] links;
    private long sent;
    private long answered;

    ClosedLoop(int port, int connections, Dialect dialect) throws IOException {
        this.dialect = dialect;
        this.selector = Selector.open();
        this.links = new Link[connections];
        for (int i = 0; i < connections; i++) {
            final SocketChannel channel =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            links[i] = new Link(channel);
            channel.register(selector, SelectionKey.OP_READ, links[i]);
        }
    }

    /** Answers a second, over about so long. */
    double run(Duration duration) throws IOException {
        final long start = System.nanoTime();
        final long end = start + duration.toNanos();
        final long answeredBefore = answered;
        for (final Link link : links) {
            send(link);
        }
        long now = start;
        while (now < end) {
            receive(true);
            now = System.nanoTime();
        }
        final double rate = (answered - answeredBefore) * 1e9 / (now - start);
        while (answered < sent) {
            receive(false);
        }
        return rate;
    }

    private void receive(boolean goOn) throws IOException {
        selector.select();
        for (final SelectionKey key : selector.selectedKeys()) {
            final Link link = (Link) key.attachment();
            if (link.channel.read(link.received) < 0) {
                throw new EOFException("the server closed a connection");
            }
            link.received.flip();
            final int length = dialect.answerLength(link.received);
            if (length > 0) {
                link.received.position(link.received.position() + length);
                answered++;
            }
            link.received.compact();
            if (length > 0 && goOn) {
                send(link);
            }
        }
        selector.selectedKeys().clear();
    }

    private void send(Link link) throws IOException {
        final ByteBuffer request = ByteBuffer.wrap(dialect.request(sent++));
        while (request.hasRemaining()) {
            link.channel.write(request);
        }
    }

    @Override
    public void close() throws IOException {
        for (final Link link : links) {
            link.channel.close();
        }
        selector.close();
    }
}
