package io.zandloper.server.replication;

import io.zandloper.protocol.FrameDescriptor;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A link between two servers on this machine that can be cut, and change what the source sends, which passes it frame by
 * frame. Thread-safe.
 */
final class FaultyLink implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final ServerSocket listener;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesUntilCut = new AtomicLong(NEVER);
    private volatile Consumer<ByteBuffer> onFrame = frame -> {};
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
        breakAll();
    }

    private void breakAll() {
        sockets.forEach(FaultyLink::closeQuietly);
    }

    void heal() {
        cut = false;
    }

    /** Breaks the connections once the source has sent so much more, and lets others through. */
    void cutAfter(long bytes) {
        bytesUntilCut.set(bytes);
    }

    /**
     * What is to be done with each frame of the source from here on.
     *
     * @param change may write into the frame, which is little-endian; on the link's thread
     */
    void onFrame(Consumer<ByteBuffer> change) {
        onFrame = change;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                connect(listener.accept());
            } catch (IOException closed) {
                // There is nobody to tell: the loop ends, or the follower sees its connection break.
            }
        }
    }

    private void connect(Socket from) {
        try {
            final Socket to = new Socket(InetAddress.getLoopbackAddress(), targetPort);
            sockets.add(from);
            sockets.add(to);
            if (cut) {
                breakAll(); // it may be healed just now
            }
            Thread.ofPlatform().daemon().start(() -> passOn(from, to));
            Thread.ofPlatform().daemon().start(() -> passFrames(to, from));
        } catch (IOException noSource) {
            closeQuietly(from);
        }
    }

    private void passOn(Socket follower, Socket source) {
        try (follower;
                source) {
            follower.getInputStream().transferTo(source.getOutputStream());
        } catch (IOException broken) {
            // Both sides are closed, as a link does that breaks.
        } finally {
            sockets.remove(follower);
            sockets.remove(source);
        }
    }

    private void passFrames(Socket source, Socket follower) {
        try (source;
                follower) {
            final DataInputStream in = new DataInputStream(new BufferedInputStream(source.getInputStream()));
            final OutputStream out = follower.getOutputStream();
            while (true) {
                final int lengthBytes = Integer.reverseBytes(in.readInt());
                final byte[] bytes = new byte[lengthBytes];
                final ByteBuffer frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                frame.putInt(FrameDescriptor.LENGTH_OFFSET, lengthBytes);
                in.readFully(bytes, Integer.BYTES, lengthBytes - Integer.BYTES);
                onFrame.accept(frame);
                if (bytesUntilCut.get() != NEVER && bytesUntilCut.addAndGet(-lengthBytes) < 0) {
                    bytesUntilCut.set(NEVER);
                    out.write(bytes, 0, lengthBytes / 2);
                    return;
                }
                out.write(bytes);
            }
        } catch (IOException broken) {
            // Likewise.
        } finally {
            sockets.remove(source);
            sockets.remove(follower);
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
