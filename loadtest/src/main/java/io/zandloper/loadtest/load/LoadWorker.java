package io.zandloper.loadtest.load;

import io.zandloper.loadtest.load.Recordings.Failure;
import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.SegmentTestResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread of the load: sends what is due, reads what has come, and so on until the run is over and everything is
 * answered, or its grace has passed. Allocates nothing in this cycle.
 */
final class LoadWorker implements Runnable, Connection.AnswerHandler {
    /** Sleeping any shorter is not on time. */
    private static final long SLEEP_MIN_NANOS = 2_000_000;
    /** A selector sees the end of a run no later than this. */
    private static final long SELECT_MAX_MILLIS = 100;
    /** With more connections than this it is cheaper to ask the selector which have something. */
    private static final int DIRECT_READS_MAX = 8;

    private final LoadPlan plan;
    private final Recordings recordings;
    private final Recordings warmupRecordings;
    private final Connection[] connections;
    private final SelectionKey[] keys;
    private final Selector selector;
    private final RequestTemplate[][] templates;
    private final Schedule schedule;
    private final int[] rows;
    private final long requestsMax;
    private final Consumer<SelectionKey> onReady = this::onReady;
    private final SegmentTestResponse segmentTestResponse = new SegmentTestResponse();
    private final DecideResponse decideResponse = new DecideResponse();

    private long startNanos;
    private long measureNanos;
    private long endNanos;
    private long requests;
    private long measuredRequests;
    private long lastDueNanos;
    private int nextRow;
    private int nextConnection;
    private long nowNanos;
    private long lastAnswerNanos;
    private @Nullable Throwable failure;

    /**
     * @param channels connected and blocking; they belong to this from now on
     * @param schedule read only in the open loop
     * @param rows asked about in this order, from 0, over and over
     * @param requestsMax sends no more than this
     */
    LoadWorker(
            LoadPlan plan,
            List<SocketChannel> channels,
            int firstNumber,
            RequestTemplate[][] templates,
            Schedule schedule,
            int[] rows,
            int firstRow,
            long requestsMax)
            throws IOException {
        this.plan = plan;
        this.templates = templates;
        this.schedule = schedule;
        this.rows = rows;
        this.nextRow = firstRow;
        this.requestsMax = requestsMax;
        this.recordings = new Recordings(plan.workload());
        this.warmupRecordings = new Recordings(plan.workload());
        this.selector = Selector.open();
        final List<Connection> opened = new ArrayList<>();
        final List<SelectionKey> registered = new ArrayList<>();
        for (final SocketChannel channel : channels) {
            channel.configureBlocking(false);
            final Connection connection = new Connection(channel, firstNumber + opened.size(), plan.pipeline());
            registered.add(channel.register(selector, SelectionKey.OP_READ, connection));
            opened.add(connection);
        }
        this.connections = opened.toArray(new Connection[0]);
        this.keys = registered.toArray(new SelectionKey[0]);
    }

    /** @param startAtNanos of {@link System#nanoTime}; all workers of a run get the same; before the thread starts */
    void startAt(long startAtNanos) {
        startNanos = startAtNanos;
        measureNanos = startAtNanos + plan.warmup().toNanos();
        endNanos = measureNanos + plan.duration().toNanos();
    }

    @Override
    public void run() {
        try {
            nowNanos = System.nanoTime();
            while (nowNanos < startNanos) {
                LockSupport.parkNanos(startNanos - nowNanos);
                nowNanos = System.nanoTime();
            }
            final long graceNanos = endNanos + plan.grace().toNanos();
            while (!isFinished() && nowNanos < graceNanos && isAnyOpen()) {
                sendWhatIsDue();
                receive();
                nowNanos = System.nanoTime();
            }
            giveUpTheRest();
        } catch (IOException | RuntimeException e) {
            failure = e;
        } finally {
            close();
        }
    }

    private boolean isFinished() {
        if (isMoreToSend()) {
            return false;
        }
        for (final Connection connection : connections) {
            if (connection.inFlight() > 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isMoreToSend() {
        if (requests >= requestsMax) {
            return false;
        }
        return plan.mode() == LoadPlan.Mode.OPEN ? dueNanos() < endNanos : nowNanos < endNanos;
    }

    private boolean isAnyOpen() {
        for (final Connection connection : connections) {
            if (connection.isOpen()) {
                return true;
            }
        }
        return false;
    }

    private long dueNanos() {
        return startNanos + schedule.dueNanos();
    }

    private void sendWhatIsDue() {
        if (plan.mode() == LoadPlan.Mode.OPEN) {
            while (isMoreToSend() && dueNanos() <= nowNanos && sendOnAnyConnection(dueNanos())) {
                schedule.advance();
            }
        } else if (isMoreToSend()) {
            for (final Connection connection : connections) {
                while (send(connection, nowNanos)) {
                    nowNanos = System.nanoTime();
                }
            }
        }
        for (int i = 0; i < connections.length; i++) {
            flush(i);
        }
    }

    private boolean sendOnAnyConnection(long requestDueNanos) {
        for (int tries = connections.length; tries > 0; tries--) {
            final Connection connection = connections[nextConnection];
            nextConnection = nextConnection + 1 == connections.length ? 0 : nextConnection + 1;
            if (send(connection, requestDueNanos)) {
                return true;
            }
        }
        return false;
    }

    private boolean send(Connection connection, long requestDueNanos) {
        final long rowNumber = rows[nextRow] + 1L;
        final Operation operation = plan.workload().operation(requests);
        final RequestTemplate template = templates[operation.ordinal()][digits(rowNumber) - 1];
        if (requests >= requestsMax || !connection.canTake(template.lengthBytes())) {
            return false;
        }
        connection.put(template, operation, rowNumber, requestDueNanos);
        countRequest(requestDueNanos);
        nextRow = nextRow + 1 == rows.length ? 0 : nextRow + 1;
        return true;
    }

    private void countRequest(long requestDueNanos) {
        requests++;
        if (requestDueNanos >= measureNanos) {
            measuredRequests++;
            lastDueNanos = requestDueNanos;
        }
    }

    private static int digits(long number) {
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private void flush(int index) {
        final Connection connection = connections[index];
        if (!connection.isOpen()) {
            return;
        }
        try {
            final int interest =
                    connection.flush() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            if (keys[index].interestOps() != interest) {
                keys[index].interestOps(interest);
            }
        } catch (IOException e) {
            connection.abandon(recordings, Failure.LOST);
        }
    }

    private void receive() throws IOException {
        if (plan.waiting() == LoadPlan.Waiting.BLOCK) {
            final long sleepMillis = sleepMillis();
            if (sleepMillis > 0) {
                selector.select(onReady, sleepMillis);
                return;
            }
        }
        if (connections.length > DIRECT_READS_MAX) {
            selector.selectNow(onReady);
        } else {
            for (final Connection connection : connections) {
                if (connection.inFlight() > 0) {
                    receive(connection);
                }
            }
        }
    }

    /** How long nothing is to be sent, in whole milliseconds rounded down to be on time. */
    private long sleepMillis() {
        if (!isMoreToSend() || plan.mode() == LoadPlan.Mode.CLOSED) {
            return SELECT_MAX_MILLIS;
        }
        final long pauseNanos = dueNanos() - nowNanos;
        return pauseNanos < SLEEP_MIN_NANOS ? 0 : Math.min(SELECT_MAX_MILLIS, pauseNanos / 1_000_000 - 1);
    }

    private void onReady(SelectionKey key) {
        if (key.attachment() instanceof Connection connection && connection.isOpen()) {
            receive(connection);
        }
    }

    private void receive(Connection connection) {
        try {
            if (connection.receive(this) < 0) {
                connection.abandon(recordings, Failure.LOST);
            }
        } catch (IOException e) {
            connection.abandon(recordings, Failure.LOST);
        }
    }

    @Override
    public void onAnswer(Connection connection, int slot, ByteBuffer frame, int offset, int lengthBytes) {
        // Read for each answer: the last of many in one read is seen later than the first.
        final long arrivedNanos = System.nanoTime();
        if (slot < 0) {
            recordings.onFailure(null, Failure.STRAY);
            return;
        }
        final Operation operation = connection.operation(slot);
        final int status = Short.toUnsignedInt(frame.getShort(offset + FrameDescriptor.STATUS_OFFSET));
        if (status != 0) {
            recordings.onRefused(operation, status);
        } else if (!isAnswerTo(operation, frame, offset, lengthBytes)) {
            recordings.onFailure(operation, Failure.MALFORMED);
        } else {
            final long dueNanos = connection.dueNanos(slot);
            final Recordings into = dueNanos < measureNanos ? warmupRecordings : recordings;
            into.onAnswered(operation, arrivedNanos - dueNanos);
            lastAnswerNanos = arrivedNanos;
        }
    }

    /** Type and shape: as many results as were asked for. */
    private boolean isAnswerTo(Operation operation, ByteBuffer frame, int offset, int lengthBytes) {
        if (frame.getShort(offset + FrameDescriptor.TYPE_OFFSET)
                        != operation.messageType().number()
                || lengthBytes < FrameDescriptor.HEADER_LENGTH_BYTES + Integer.BYTES) {
            return false;
        }
        final int body = offset + FrameDescriptor.BODY_OFFSET;
        final int root = body + frame.getInt(body);
        if (root < body || root > offset + lengthBytes - Integer.BYTES) {
            return false;
        }
        if (operation == Operation.SEGMENT_TEST) {
            segmentTestResponse.__assign(root, frame);
            return segmentTestResponse.membersLength() == plan.segments().size();
        }
        decideResponse.__assign(root, frame);
        return decideResponse.placementsLength() == plan.placements().size();
    }

    private void giveUpTheRest() {
        for (final Connection connection : connections) {
            connection.abandon(recordings, Failure.UNANSWERED);
        }
        if (plan.mode() == LoadPlan.Mode.OPEN) {
            for (; isMoreToSend(); schedule.advance()) {
                recordings.onFailure(plan.workload().operation(requests), Failure.UNSENT);
                countRequest(dueNanos());
            }
        }
    }

    private void close() {
        for (final Connection connection : connections) {
            connection.close();
        }
        try {
            selector.close();
        } catch (IOException e) {
            failure = failure == null ? e : failure;
        }
    }

    Recordings recordings() {
        return recordings;
    }

    /** What was due before the measured time; shown while it runs, then forgotten. */
    Recordings warmupRecordings() {
        return warmupRecordings;
    }

    /** Of {@link System#nanoTime}; 0 where there was no answer; after the thread has ended. */
    long lastAnswerNanos() {
        return lastAnswerNanos;
    }

    /** Requests due in the measured time, sent or not; after the thread has ended. */
    long measuredRequests() {
        return measuredRequests;
    }

    /** When the last of them was due, of {@link System#nanoTime}; 0 for none; after the thread has ended. */
    long lastDueNanos() {
        return lastDueNanos;
    }

    /** Why the worker ended before its time, null where it did not; after the thread has ended. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
