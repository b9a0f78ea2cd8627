package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Dialect;
import io.zandloper.loadtest.dialect.Identities;
import io.zandloper.loadtest.dialect.Operation;
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
         * @param slot what {@link #operation}, {@link #first} and {@link #dueNanos} know the request by, only until this
         *     returns; −1 where the answer belongs to no request in flight
         * @param in little-endian; the answer lies at {@code offset}, {@code lengthBytes} long
         */
        void onAnswer(Connection connection, int slot, ByteBuffer in, int offset, int lengthBytes);
    }

    private final SocketChannel channel;
    private final Dialect dialect;
    private final long idBase;
    private final int pipeline;
    private final int slotMask;
    private final long[] correlationIds;
    private final long[] dueNanos;
    private final Operation[] operations;
    private final int[] firsts;
    private final ByteBuffer out;
    private ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long nextRequest;
    /** Of the requests that are answered in order, the number of the oldest that is not. */
    private long nextAnswer;

    private int inFlight;
    private boolean open = true;

    /**
     * @param channel connected and not blocking; closed with this
     * @param number of this connection within the run
     * @param dialect may be shared with other connections of the thread
     * @param pipeline requests in flight at most
     * @param requestBytesMax what no request is longer than
     */
    Connection(SocketChannel channel, Dialect dialect, int number, int pipeline, int requestBytesMax) {
        this.channel = channel;
        this.dialect = dialect;
        this.idBase = (long) number << CONNECTION_SHIFT;
        this.pipeline = pipeline;
        final int slots = Integer.highestOneBit(Math.max(2, 2 * pipeline) - 1) * 2;
        this.slotMask = slots - 1;
        this.correlationIds = new long[slots];
        Arrays.fill(correlationIds, FREE);
        this.dueNanos = new long[slots];
        this.operations = new Operation[slots];
        Arrays.fill(operations, Operation.SEGMENT_TEST);
        this.firsts = new int[slots];
        this.out = ByteBuffer.allocateDirect(Math.max(OUT_BYTES, 2 * requestBytesMax))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether another request may be put now: answers to the last ones are not too far behind, and there is room. */
    boolean canTake(int lengthBytes) {
        return open
                && inFlight < pipeline
                && correlationIds[(int) nextRequest & slotMask] == FREE
                && out.remaining() >= lengthBytes;
    }

    /**
     * Only after {@link #canTake}; goes out with the next {@link #flush}.
     *
     * @param first index of the first identity that is asked about
     */
    void put(Operation operation, Identities identities, int first, long requestDueNanos) {
        final int slot = (int) nextRequest & slotMask;
        final long correlationId = idBase | nextRequest;
        dialect.put(out, operation, correlationId, identities, first);
        correlationIds[slot] = correlationId;
        dueNanos[slot] = requestDueNanos;
        operations[slot] = operation;
        firsts[slot] = first;
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
        while (offset < end) {
            final int lengthBytes = dialect.answerLengthBytes(in, offset, end, operations[(int) nextAnswer & slotMask]);
            if (lengthBytes == 0) {
                break;
            }
            answer(handler, offset, lengthBytes);
            answers++;
            offset += lengthBytes;
        }
        keepFrom(offset, end);
        return answers;
    }

    private void answer(AnswerHandler handler, int offset, int lengthBytes) {
        final long correlationId = dialect.answersInOrder() ? idBase | nextAnswer++ : dialect.correlationId(in, offset);
        final int slot = (int) correlationId & slotMask;
        if (correlationId < 0 || correlationIds[slot] != correlationId) {
            handler.onAnswer(this, -1, in, offset, lengthBytes);
            return;
        }
        handler.onAnswer(this, slot, in, offset, lengthBytes);
        correlationIds[slot] = FREE;
        inFlight--;
    }

    /** An answer that fills the buffer and is not at its end gets one twice as large. */
    private void keepFrom(int offset, int end) throws IOException {
        in.limit(end).position(offset);
        if (end - offset < in.capacity()) {
            in.compact();
            return;
        }
        if (in.capacity() > ProtocolLimits.RESPONSE_FRAME_BYTES_MAX) {
            throw new IOException("the server sent more than an answer can be");
        }
        final ByteBuffer larger = ByteBuffer.allocateDirect(2 * in.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        larger.put(in);
        in = larger;
    }

    Operation operation(int slot) {
        return operations[slot];
    }

    /** Index of the first identity that was asked about. */
    int first(int slot) {
        return firsts[slot];
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
