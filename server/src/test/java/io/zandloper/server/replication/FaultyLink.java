package io.zandloper.server.replication;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A link between two servers on this machine that can be cut, and flip a bit of what the source sends. Thread-safe. */
final class FaultyLink implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesUntilFlip = new AtomicLong(NEVER);
    private final AtomicLong bytesUntilCut = new AtomicLong(NEVER);
    private final AtomicLong bytesFromSource = new AtomicLong();
    private volatile boolean cut;

    /** @param targetPort the source's binary port */
    FaultyLink(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /** What a follower is given to follow. */
    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Breaks all connections and lets none through. */
    void cut() {
        cut = true;
        sockets.forEach(FaultyLink::closeQuietly);
    }

    void heal() {
        cut = false;
    }

    /** Breaks the connections once the source has sent so much more, and lets others through. */
    void cutAfter(long bytes) {
        bytesUntilCut.set(bytes);
    }

    /** Flips one bit once the source has sent so much more. */
    void flipAfter(long bytes) {
        bytesUntilFlip.set(bytes);
    }

    /** Sent by the source, all connections together. */
    long bytesFromSource() {
        return bytesFromSource.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                final Socket from = listener.accept();
                if (cut) {
                    closeQuietly(from);
                    continue;
                }
                final Socket to = new Socket(InetAddress.getLoopbackAddress(), targetPort);
                sockets.add(from);
                sockets.add(to);
                Thread.ofPlatform().daemon().start(() -> pump(from, to, false));
                Thread.ofPlatform().daemon().start(() -> pump(to, from, true));
            } catch (IOException gone) {
                // The source is not there, or the link is closed: the follower sees its connection break.
            }
        }
    }

    private void pump(Socket from, Socket to, boolean bySource) {
        final byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            final InputStream in = from.getInputStream();
            final OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (bySource) {
                    bytesFromSource.addAndGet(read);
                    disturb(buffer, read);
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException broken) {
            // Both sides are closed, as a link does that breaks.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void disturb(byte[] bytes, int length) throws IOException {
        if (bytesUntilFlip.get() != NEVER && bytesUntilFlip.addAndGet(-length) < 0) {
            bytesUntilFlip.set(NEVER);
            bytes[length / 2] ^= 0x10;
        }
        if (bytesUntilCut.get() != NEVER && bytesUntilCut.addAndGet(-length) < 0) {
            bytesUntilCut.set(NEVER);
            throw new IOException("cut");
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It was broken already.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
