package io.zandloper.server.replication;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.storage.SnapshotLease;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A connection of a source and a follower without a network: frames wait here until they are delivered, or never are. */
final class SimulatedConnection {
    /** As if a socket's buffers were full beyond it. */
    private static final int FRAMES_MAX = 8;

    private final Deque<byte[]> toFollower = new ArrayDeque<>();
    private final Deque<byte[]> toSource = new ArrayDeque<>();
    private @Nullable SourceSession source;
    private @Nullable FollowerSession follower;
    private boolean reading = true;
    private boolean sourceClosed;
    private boolean followerClosed;
    private boolean cut;
    private int flipChunk = -1;
    private int chunks;

    final SourceSession.Outbound ofSource = new SourceSession.Outbound() {
        @Override
        public boolean isWritable() {
            return toFollower.size() < FRAMES_MAX;
        }

        @Override
        public void send(Message message) {
            toFollower.add(frame(message));
        }

        @Override
        public void sendFile(SnapshotLease lease, String name, int part, long offset, int lengthBytes, int checksum) {
            final ByteBuffer head = MessageCodec.encodeChunkHead(part, offset, checksum, lengthBytes);
            final ByteBuffer bytes = ByteBuffer.allocate(lengthBytes);
            lease.read(name, offset, bytes);
            if (chunks++ == flipChunk) {
                bytes.put(0, (byte) ~bytes.get(0));
            }
            toFollower.add(joined(head, bytes.flip()));
        }

        @Override
        public void close() {
            sourceClosed = true;
        }
    };

    final FollowerSession.Outbound ofFollower = new FollowerSession.Outbound() {
        @Override
        public void send(Message message) {
            toSource.add(frame(message));
        }

        @Override
        public void setReading(boolean wanted) {
            reading = wanted;
        }

        @Override
        public void close() {
            followerClosed = true;
        }
    };

    void connect(SourceSession newSource, FollowerSession newFollower) {
        source = newSource;
        follower = newFollower;
    }

    /** Damages the first byte of one of the chunks, by its number. */
    void flipChunk(int number) {
        flipChunk = number;
    }

    /** Delivers one frame, or tells one side that the other is gone; false where there is nothing to do. */
    boolean step(Random random, long nowNanos) {
        if (cut || source == null || follower == null) {
            return false;
        }
        final boolean first = random.nextBoolean();
        return deliver(first, nowNanos) || deliver(!first, nowNanos);
    }

    private boolean deliver(boolean follow, long nowNanos) {
        final SourceSession from = source;
        final FollowerSession to = follower;
        if (from == null || to == null) {
            return false;
        }
        if (follow) {
            final byte[] frame = reading ? toFollower.poll() : null;
            if (frame != null) {
                to.onMessage(MessageCodec.decode(ByteBuffer.wrap(frame)), nowNanos);
                return true;
            }
            if (sourceClosed && toFollower.isEmpty()) {
                cut();
                return true;
            }
            return false;
        }
        final byte[] frame = toSource.poll();
        if (frame != null) {
            from.onMessage(MessageCodec.decode(ByteBuffer.wrap(frame)), nowNanos);
            return true;
        }
        if (followerClosed) {
            cut();
            return true;
        }
        return false;
    }

    /** What is under way is lost, and both sides hear that the connection is gone. */
    void cut() {
        if (!cut) {
            cut = true;
            if (source != null) {
                source.onClosed();
            }
            if (follower != null) {
                follower.onClosed();
            }
        }
    }

    boolean isCut() {
        return cut;
    }

    static byte[] frame(Message message) {
        final ByteBuffer head = MessageCodec.encode(message);
        if (message instanceof Message.Entries entries) {
            return joined(head, entries.bytes().duplicate());
        }
        return joined(head, ByteBuffer.allocate(0));
    }

    static byte[] joined(ByteBuffer head, ByteBuffer bytes) {
        final ByteBuffer all = ByteBuffer.allocate(head.remaining() + bytes.remaining())
                .put(head)
                .put(bytes)
                .flip();
        final byte[] frame = new byte[all.remaining()];
        all.get(frame);
        if (frame.length < FrameDescriptor.HEADER_LENGTH_BYTES) {
            throw new AssertionError("a frame without a header");
        }
        return frame;
    }
}
