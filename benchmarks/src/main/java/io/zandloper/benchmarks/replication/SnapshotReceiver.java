package io.zandloper.benchmarks.replication;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.server.replication.Message;
import io.zandloper.server.replication.MessageCodec;
import io.zandloper.server.replication.ReplicationLimits;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/** Receives a server's snapshot as a replica does: every chunk is checked before it is kept. For one thread. */
final class SnapshotReceiver implements AutoCloseable {
    private static final int BUFFER_BYTES = 4 * 1024 * 1024;
    private static final long ACK_NANOS = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.HEARTBEAT_MILLIS);

    private final SocketChannel socket;
    private final CRC32C checksum = new CRC32C();
    /** From position to limit: what was read and not used. */
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .limit(0);

    private long ackedNanos = System.nanoTime();

    private SnapshotReceiver(SocketChannel socket) {
        this.socket = socket;
    }

    /** Receives a snapshot from a server's binary port, which takes one first where it has none. */
    static Received receive(int port, SnapshotSink sink) throws IOException {
        return receive(port, sink, () -> true);
    }

    /** The same for as long as it is wanted; what came until then. */
    static Received receive(int port, SnapshotSink sink, BooleanSupplier wanted) throws IOException {
        try (SnapshotReceiver receiver = new SnapshotReceiver(
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))) {
            return receiver.receive(sink, wanted);
        }
    }

    private Received receive(SnapshotSink sink, BooleanSupplier wanted) throws IOException {
        send(hello());
        await(Message.Welcome.class);
        send(new Message.Go());
        final Message.SyncOffer offer = await(Message.SyncOffer.class);
        final long startNanos = System.nanoTime();
        send(new Message.SyncFrom(
                new ArrayList<>(Collections.nCopies(offer.parts().size(), 0L))));
        long bytes = 0;
        while (wanted.getAsBoolean()) {
            final Message message = next();
            if (message instanceof Message.SyncEnd) {
                break;
            }
            if (message instanceof Message.SyncChunk chunk) {
                checksum.reset();
                checksum.update(chunk.bytes().duplicate());
                if ((int) checksum.getValue() != chunk.checksum()) {
                    throw new IOException("a chunk came damaged");
                }
                bytes += chunk.bytes().remaining();
                sink.write(chunk.bytes());
            }
        }
        sink.sync();
        return new Received(bytes, System.nanoTime() - startNanos);
    }

    private static Message.Hello hello() {
        return new Message.Hello(
                ReplicationLimits.VERSION,
                Message.Purpose.FOLLOW,
                new Message.Standing(1, "", true, Term.NONE, JournalEnd.EMPTY),
                0,
                ":1",
                "");
    }

    private <T extends Message> T await(Class<T> type) throws IOException {
        while (true) {
            final Message message = next();
            if (type.isInstance(message)) {
                return type.cast(message);
            }
        }
    }

    /** The next message; its bytes are those of the buffer. Says now and then that somebody is there. */
    private Message next() throws IOException {
        final long nowNanos = System.nanoTime();
        if (nowNanos - ackedNanos >= ACK_NANOS) {
            ackedNanos = nowNanos;
            send(new Message.Ack(0, 0));
        }
        while (buffer.remaining() < FrameDescriptor.HEADER_LENGTH_BYTES || buffer.remaining() < frameBytes()) {
            fill();
        }
        final int lengthBytes = frameBytes();
        final Message message = MessageCodec.decode(buffer.slice(buffer.position(), lengthBytes));
        buffer.position(buffer.position() + lengthBytes);
        if (message instanceof Message.Refused refused) {
            throw new IOException("refused: " + refused.detail());
        }
        return message;
    }

    private int frameBytes() {
        return buffer.getInt(buffer.position() + FrameDescriptor.LENGTH_OFFSET);
    }

    /** Reads behind what is there, which is moved to the front only where there is no room for another chunk. */
    private void fill() throws IOException {
        if (buffer.capacity() - buffer.limit() < 2 * ReplicationLimits.CHUNK_BYTES) {
            buffer.compact().flip();
        }
        final int from = buffer.position();
        final int end = buffer.limit();
        buffer.limit(buffer.capacity()).position(end);
        if (socket.read(buffer) < 0) {
            throw new EOFException("the source has closed the connection");
        }
        buffer.limit(buffer.position()).position(from);
    }

    private void send(Message message) throws IOException {
        final ByteBuffer frame = MessageCodec.encode(message);
        while (frame.hasRemaining()) {
            socket.write(frame);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
