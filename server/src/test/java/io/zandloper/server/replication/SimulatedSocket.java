package io.zandloper.server.replication;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.storage.SnapshotLease;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A connection of two servers: a stream of bytes each way, which arrive later, in pieces, or never. */
final class SimulatedSocket {
    /** As if a socket's buffers were full beyond it. */
    private static final int BYTES_ON_THE_WAY_MAX = 4_096;

    final End caller;
    final End accepted;

    SimulatedSocket(SimulatedLoop from, SimulatedLoop to) {
        caller = new End(from);
        accepted = new End(to);
        caller.peer = accepted;
        accepted.peer = caller;
    }

    boolean isGone() {
        return caller.isDeaf() && accepted.isDeaf();
    }

    /** Some of what is on the way is lost, from any byte on, and both sides hear of the end after the rest. */
    void cut(SplittableRandom random) {
        caller.loseSome(random);
        accepted.loseSome(random);
    }

    /** One side's. */
    static final class End implements Connection {
        final SimulatedLoop loop;
        private End peer;
        private Connection.@Nullable Receiver receiver;
        private final Bytes onTheWay = new Bytes();
        private final Bytes arrived = new Bytes();
        private Message.@Nullable Welcome welcome;
        private boolean reading = true;
        /** Nothing more comes after what is on the way. */
        private boolean ended;
        /** It has been told so, or has closed. */
        private boolean closed;

        private End(SimulatedLoop loop) {
            this.loop = loop;
        }

        void receive(Connection.@Nullable Receiver newReceiver) {
            receiver = newReceiver;
            if (newReceiver == null) {
                close();
            }
        }

        @Override
        public boolean isWritable() {
            return peer.onTheWay.length() < BYTES_ON_THE_WAY_MAX;
        }

        @Override
        public void send(Message message) {
            if (message instanceof Message.Go && welcome != null) {
                loop.server().onFollowed(welcome.standing());
            }
            put(SimulatedConnection.frame(message));
        }

        @Override
        public void sendFile(SnapshotLease lease, String name, int part, long offset, int lengthBytes, int checksum) {
            final ByteBuffer bytes = ByteBuffer.allocate(lengthBytes);
            lease.read(name, offset, bytes);
            put(SimulatedConnection.joined(
                    MessageCodec.encodeChunkHead(part, offset, checksum, lengthBytes), bytes.flip()));
        }

        @Override
        public void setReading(boolean wanted) {
            reading = wanted;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                peer.ended = true;
                loop.execute(this::tellClosed);
            }
        }

        private void put(byte[] frame) {
            if (!closed && !peer.ended) {
                peer.onTheWay.add(frame, frame.length);
            }
        }

        private void loseSome(SplittableRandom random) {
            onTheWay.keep(random.nextInt(onTheWay.length() + 1));
            ended = true;
        }

        private boolean isDeaf() {
            return closed || loop.isDead();
        }

        /** Lets some bytes arrive, and gives what is whole to the receiver; then it may be the end. */
        void deliver(SplittableRandom random) {
            final Connection.Receiver to = receiver;
            if (to == null || isDeaf()) {
                return;
            }
            final boolean wasWritable = peer.isWritable();
            final int length = onTheWay.length();
            if (reading && length > 0) {
                onTheWay.moveTo(arrived, random.nextInt(3) == 0 ? 1 + random.nextInt(length) : length);
            }
            for (byte[] frame = arrived.pollFrame(); frame != null; frame = arrived.pollFrame()) {
                final Message message = MessageCodec.decode(ByteBuffer.wrap(frame));
                if (message instanceof Message.Welcome said) {
                    welcome = said;
                }
                try {
                    to.onMessage(message);
                } catch (RuntimeException e) {
                    close(); // as the network does
                    throw e;
                }
            }
            if (!wasWritable && peer.isWritable() && !peer.isDeaf()) {
                peer.loop.execute(peer::tellWritable);
            }
            if (ended && onTheWay.length() == 0 && !closed) {
                closed = true;
                peer.ended = true;
                tellClosed();
            }
        }

        private void tellWritable() {
            if (receiver != null) {
                receiver.onWritable();
            }
        }

        private void tellClosed() {
            if (receiver != null) {
                receiver.onClosed();
            }
        }

        /** Its machine is gone. */
        void vanish(SplittableRandom random) {
            peer.loseSome(random);
        }

        SimulatedLoop peerLoop() {
            return peer.loop;
        }
    }

    /** A queue of them. */
    private static final class Bytes {
        private byte[] bytes = new byte[256];
        private int length;

        int length() {
            return length;
        }

        void add(byte[] added, int count) {
            if (bytes.length < length + count) {
                bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
            }
            System.arraycopy(added, 0, bytes, length, count);
            length += count;
        }

        void keep(int count) {
            length = count;
        }

        void moveTo(Bytes other, int count) {
            other.add(bytes, count);
            remove(count);
        }

        byte @Nullable [] pollFrame() {
            if (length < FrameDescriptor.HEADER_LENGTH_BYTES) {
                return null;
            }
            final int frameBytes =
                    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(FrameDescriptor.LENGTH_OFFSET);
            if (length < frameBytes) {
                return null;
            }
            final byte[] frame = Arrays.copyOf(bytes, frameBytes);
            remove(frameBytes);
            return frame;
        }

        private void remove(int count) {
            length -= count;
            System.arraycopy(bytes, count, bytes, 0, length);
        }
    }
}
