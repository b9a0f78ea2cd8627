package io.zandloper.loadtest.load;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.ProtocolLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One connection of a worker: what is to be sent, what has come, and what is in flight. Belongs to its worker's thread.
 * Allocates only when an answer is longer than any before.
 */
final class Connection implements AutoCloseable {
    private static final int OUT_BYTES = 1 << 17;
    private static final int IN_BYTES = 1 << 16;
    /** The upper bits of a correlation id name the connection, so that an answer cannot reach the wrong one unseen. */
    private static final int CONNECTION_SHIFT = 40;

    private static final long FREE = -1;

    /** Told about each answer, on the worker's thread. */
    interface AnswerHandler {
        /**
         * @param slot what {@link #operation} and {@link #dueNanos} know the request by, only until this returns; −1
         *     where the answer belongs to no request in flight
         * @param frame little-endian; the answer lies at {@code offset}, {@code lengthBytes} long, header included
         */
        void onAnswer(Connection connection, int slot, ByteBuffer frame, int offset, int lengthBytes);
    }

    private final SocketChannel channel;
    private final long idBase;
    private final int pipeline;
    private final int slotMask;
    private final long[] correlationIds;
    private final long[] dueNanos;
    private final Operation[] operations;
    private final ByteBuffer out = ByteBuffer.allocateDirect(OUT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long nextRequest;
    private int inFlight;
    private boolean open = true;

    /**
     * @param channel connected and not blocking; closed with this
     * @param number of this connection within the run
     * @param pipeline requests in flight at most
     */
    Connection(SocketChannel channel, int number, int pipeline) {
        this.channel = channel;
        this.idBase = (long) number << CONNECTION_SHIFT;
        this.pipeline = pipeline;
        final int slots = Integer.highestOneBit(Math.max(2, 2 * pipeline) - 1) * 2;
        this.slotMask = slots - 1;
        this.correlationIds = new long[slots];
        Arrays.fill(correlationIds, FREE);
        this.dueNanos = new long[slots];
        this.operations = new Operation[slots];
        Arrays.fill(operations, Operation.SEGMENT_TEST);
    }

    /** Whether another request may be put now: answers to the last ones are not too far behind, and there is room. */
    boolean canTake(int lengthBytes) {
        return open
                && inFlight < pipeline
                && correlationIds[(int) nextRequest & slotMask] == FREE
                && out.remaining() >= lengthBytes;
    }

    /** Only after {@link #canTake}; goes out with the next {@link #flush}. */
    void put(RequestTemplate template, Operation operation, long rowNumber, long requestDueNanos) {
        final int slot = (int) nextRequest & slotMask;
        final long correlationId = idBase | nextRequest;
        template.put(out, correlationId, rowNumber);
        correlationIds[slot] = correlationId;
        dueNanos[slot] = requestDueNanos;
        operations[slot] = operation;
        nextRequest++;
        inFlight++;
    }

    /** Hands to the operating system what it takes: false where something is left. */
    boolean flush() throws IOException {
        if (out.position() == 0) {
            return true;
        }
        out.flip();
        channel.write(out);
        out.compact();
        return out.position() == 0;
    }

    /** Reads what is there and tells about each whole answer: how many; −1 where the server has closed. */
    int receive(AnswerHandler handler) throws IOException {
        int answers = 0;
        while (true) {
            final int read = channel.read(in);
            if (read < 0) {
                return -1;
            }
            if (read == 0) {
                return answers;
            }
            final boolean wasFull = !in.hasRemaining();
            answers += takeAnswers(handler);
            if (!wasFull) {
                return answers;
            }
        }
    }

    private int takeAnswers(AnswerHandler handler) throws IOException {
        final int end = in.position();
        int answers = 0;
        int offset = 0;
        int wanted = 0;
        while (end - offset >= FrameDescriptor.HEADER_LENGTH_BYTES) {
            final int lengthBytes = in.getInt(offset + FrameDescriptor.LENGTH_OFFSET);
            if (lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES
                    || lengthBytes > ProtocolLimits.RESPONSE_FRAME_BYTES_MAX) {
                throw new IOException("the server sent something that is no frame: length=" + lengthBytes);
            }
            if (end - offset < lengthBytes) {
                wanted = lengthBytes;
                break;
            }
            answer(handler, offset, lengthBytes);
            answers++;
            offset += lengthBytes;
        }
        keepFrom(offset, end, wanted);
        return answers;
    }

    private void answer(AnswerHandler handler, int offset, int lengthBytes) {
        final long correlationId = in.getLong(offset + FrameDescriptor.CORRELATION_ID_OFFSET);
        final int slot = (int) correlationId & slotMask;
        if (correlationId < 0 || correlationIds[slot] != correlationId) {
            handler.onAnswer(this, -1, in, offset, lengthBytes);
            return;
        }
        handler.onAnswer(this, slot, in, offset, lengthBytes);
        correlationIds[slot] = FREE;
        inFlight--;
    }

    private void keepFrom(int offset, int end, int wantedBytes) {
        in.limit(end).position(offset);
        if (wantedBytes > in.capacity()) {
            final ByteBuffer larger = ByteBuffer.allocateDirect(Integer.highestOneBit(wantedBytes) * 2)
                    .order(ByteOrder.LITTLE_ENDIAN);
            larger.put(in);
            in = larger;
        } else {
            in.compact();
        }
    }

    Operation operation(int slot) {
        return operations[slot];
    }

    long dueNanos(int slot) {
        return dueNanos[slot];
    }

    int inFlight() {
        return inFlight;
    }

    boolean isOpen() {
        return open;
    }

    /** Gives up: what is in flight is told as a failure. */
    void abandon(Recordings recordings, Recordings.Failure failure) {
        for (int slot = 0; slot <= slotMask; slot++) {
            if (correlationIds[slot] != FREE) {
                correlationIds[slot] = FREE;
                recordings.onFailure(operations[slot], failure);
            }
        }
        close();
    }

    @Override
    public void close() {
        open = false;
        inFlight = 0;
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left to save: the connection is given up, and what was in flight has been counted.
            open = false;
        }
    }
}
