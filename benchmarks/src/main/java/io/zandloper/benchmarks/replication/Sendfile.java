package io.zandloper.benchmarks.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The files of a folder one after the other by bare {@code sendfile} over loopback, in this process. Stateless. */
final class Sendfile {
    private static final int BUFFER_BYTES = 1024 * 1024;

    private Sendfile() {}

    static Received receive(Path folder, SnapshotSink sink) throws IOException {
        final List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        try (ServerSocketChannel listener =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel socket = SocketChannel.open(listener.getLocalAddress())) {
            final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
            final long startNanos = System.nanoTime();
            final CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(listener, files));
            long bytes = 0;
            while (socket.read(buffer.clear()) >= 0) {
                bytes += buffer.flip().remaining();
                sink.write(buffer);
            }
            sink.sync();
            sent.join();
            return new Received(bytes, System.nanoTime() - startNanos);
        }
    }

    private static void send(ServerSocketChannel listener, List<Path> files) {
        try (SocketChannel socket = listener.accept()) {
            for (final Path path : files) {
                try (FileChannel file = FileChannel.open(path)) {
                    final long lengthBytes = file.size();
                    for (long sent = 0; sent < lengthBytes; ) {
                        sent += file.transferTo(sent, lengthBytes - sent, socket);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
