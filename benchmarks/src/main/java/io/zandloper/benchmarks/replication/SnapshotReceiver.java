package io.zandloper.benchmarks.replication;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.server.replication.Message;
import io.zandloper.server.replication.MessageCodec;
import io.zandloper.server.replication.ReplicationLimits;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Term;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/**
 * Receives a snapshot as a replica does, up to the last byte of it on its own disk, and the same bytes as a bare {@code
 * sendfile} brings them. What comes is checked in the one case and written in both.
 */
final class SnapshotReceiver {
    private static final int BUFFER_BYTES = 1024 * 1024;

    /** Bytes of files that came, and the time from the request to the last of them. */
    record Received(long bytes, long nanos) {
        double megabytesPerSecond() {
            return bytes * 1e3 / nanos;
        }
    }

    private SnapshotReceiver() {}

    /** From a server's binary port. */
    static Received fromServer(int port, Path into) throws IOException {
        return fromServer(port, into, () -> true);
    }

    /** The same for as long as it is wanted. */
    static Received fromServer(int port, Path into, BooleanSupplier wanted) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(2 * BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.limit(0);
        try (SocketChannel socket = SocketChannel.open(loopback(port));
                FileChannel file = created(into)) {
            send(socket, hello());
            await(Message.Welcome.class, socket, buffer);
            send(socket, new Message.Go());
            final Message.SyncOffer offer = await(Message.SyncOffer.class, socket, buffer);
            final long startNanos = System.nanoTime();
            send(
                    socket,
                    new Message.SyncFrom(
                            new ArrayList<>(Collections.nCopies(offer.parts().size(), 0L))));
            final CRC32C checksum = new CRC32C();
            long bytes = 0;
            while (true) {
                final Message message = next(socket, buffer);
                if (message instanceof Message.SyncEnd || !wanted.getAsBoolean()) {
                    return new Received(bytes, System.nanoTime() - startNanos);
                }
                if (message instanceof Message.SyncChunk chunk) {
                    checksum.reset();
                    checksum.update(chunk.bytes().duplicate());
                    if ((int) checksum.getValue() != chunk.checksum()) {
                        throw new IOException("a chunk came damaged");
                    }
                    bytes += chunk.bytes().remaining();
                    file.write(chunk.bytes());
                }
            }
        }
    }

    /** The files of a folder, by {@code sendfile} over loopback. */
    static Received bySendfile(Path folder, Path into) throws IOException {
        final List<Path> files;
        try (var all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback(0))) {
            final CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendFiles(listener, files));
            final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            try (SocketChannel socket = SocketChannel.open(listener.getLocalAddress());
                    FileChannel file = created(into)) {
                final long startNanos = System.nanoTime();
                long bytes = 0;
                while (socket.read(buffer.clear()) >= 0) {
                    bytes += buffer.flip().remaining();
                    file.write(buffer);
                }
                sent.join();
                return new Received(bytes, System.nanoTime() - startNanos);
            }
        }
    }

    private static void sendFiles(ServerSocketChannel listener, List<Path> files) {
        try (SocketChannel socket = listener.accept()) {
            for (final Path path : files) {
                try (FileChannel file = FileChannel.open(path)) {
                    for (long sent = 0; sent < file.size(); ) {
                        sent += file.transferTo(sent, file.size() - sent, socket);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private static <T extends Message> T await(Class<T> type, SocketChannel socket, ByteBuffer buffer)
            throws IOException {
        while (true) {
            final Message message = next(socket, buffer);
            if (type.isInstance(message)) {
                return type.cast(message);
            }
            if (message instanceof Message.Refused refused) {
                throw new IOException("refused: " + refused.detail());
            }
        }
    }

    /** The buffer is full of what was read and not used, from position to limit. */
    private static Message next(SocketChannel socket, ByteBuffer buffer) throws IOException {
        while (buffer.remaining() < FrameDescriptor.HEADER_LENGTH_BYTES
                || buffer.remaining() < buffer.getInt(buffer.position())) {
            buffer.compact();
            if (socket.read(buffer) < 0) {
                throw new EOFException("the source has closed the connection");
            }
            buffer.flip();
        }
        final int length = buffer.getInt(buffer.position());
        final Message message = MessageCodec.decode(buffer.slice(buffer.position(), length));
        buffer.position(buffer.position() + length);
        return message;
    }

    private static void send(SocketChannel socket, Message message) throws IOException {
        final ByteBuffer frame = MessageCodec.encode(message);
        while (frame.hasRemaining()) {
            socket.write(frame);
        }
    }

    private static FileChannel created(Path file) throws IOException {
        return FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
