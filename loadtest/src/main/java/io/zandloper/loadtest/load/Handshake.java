package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Dialect;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/** Opens a connection and says hello, so that a wrong address is noticed before the load and not by it. */
final class Handshake {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int ANSWER_BYTES_MAX = 1 << 16;

    private Handshake() {}

    /**
     * A channel that does not block, on which hello has been answered.
     *
     * @throws IOException with a sentence that names the address
     */
    static SocketChannel connect(Endpoint endpoint, Dialect dialect) throws IOException {
        final SocketChannel channel = endpoint.open();
        try {
            // A channel can go to another selector once this one is closed.
            try (Selector selector = Selector.open()) {
                channel.configureBlocking(false);
                final SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
                if (!channel.connect(endpoint.socketAddress())) {
                    await(selector, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS));
                    channel.finishConnect();
                }
                hello(channel, key, dialect);
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot talk to " + endpoint + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof EOFException ? "the connection was closed at once" : String.valueOf(e.getMessage());
    }

    private static void await(Selector selector, long untilNanos) throws IOException {
        final long leftMillis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
        if (leftMillis <= 0 || selector.select(leftMillis) == 0) {
            throw new IOException("no answer within " + TIMEOUT_MILLIS / 1_000 + " s");
        }
        selector.selectedKeys().clear();
    }

    private static void hello(SocketChannel channel, SelectionKey key, Dialect dialect) throws IOException {
        final ByteBuffer hello = ByteBuffer.wrap(dialect.hello());
        if (!hello.hasRemaining()) {
            return;
        }
        final long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        key.interestOps(SelectionKey.OP_WRITE);
        while (hello.hasRemaining()) {
            await(key.selector(), untilNanos);
            channel.write(hello);
        }
        key.interestOps(SelectionKey.OP_READ);
        final ByteBuffer in = ByteBuffer.allocate(ANSWER_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
        int lengthBytes = 0;
        while (lengthBytes == 0) {
            await(key.selector(), untilNanos);
            if (channel.read(in) < 0) {
                throw new EOFException();
            }
            lengthBytes = dialect.checkHello(in);
        }
        if (lengthBytes < in.position()) {
            throw new IOException("the server sent more than the answer to hello");
        }
    }
}
