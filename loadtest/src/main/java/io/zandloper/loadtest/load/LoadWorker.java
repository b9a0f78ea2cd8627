package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Answer;
import io.zandloper.loadtest.dialect.Dialect;
import io.zandloper.loadtest.dialect.Identities;
import io.zandloper.loadtest.dialect.Operation;
import io.zandloper.loadtest.load.Recordings.Failure;
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

    /**
     * What one worker asks of what all ask.
     *
     * @param identities asked about in turn, over and over
     * @param firstIdentity where it begins
     * @param firstRequest number of its first request in the script
     * @param step from one of its requests to its next, in the script and in the identities of a trace
     * @param requestsMax it sends no more than this
     */
    record Share(Identities identities, int firstIdentity, int firstRequest, int step, long requestsMax) {}

    private final LoadPlan plan;
    private final Script script;
    private final Dialect dialect;
    private final Answer answer = new Answer();
    private final Recordings recordings;
    private final Recordings warmupRecordings;
    private final Connection[] connections;
    private final SelectionKey[] keys;
    private final Selector selector;
    private final Schedule schedule;
    private final Share share;
    private final Consumer<SelectionKey> onReady = this::onReady;

    private long startNanos;
    private long measureNanos;
    private long endNanos;
    private long requests;
    private long measuredRequests;
    private long identitiesAsked;
    private long lastDueNanos;
    private int nextIdentity;
    private int nextConnection;
    private long nowNanos;
    private long lastAnswerNanos;
    private long checksum;
    private @Nullable Throwable failure;

    /**
     * @param channels connected, and not blocking; they belong to this from now on
     * @param firstNumber of the first of them within the run
     * @param schedule read only in the open loop
     */
    LoadWorker(
            LoadPlan plan,
            Dialect dialect,
            List<SocketChannel> channels,
            int firstNumber,
            Schedule schedule,
            Share share)
            throws IOException {
        this.plan = plan;
        this.script = plan.asking().script();
        this.dialect = dialect;
        this.schedule = schedule;
        this.share = share;
        this.nextIdentity = share.firstIdentity();
        this.recordings = new Recordings(script.operations());
        this.warmupRecordings = new Recordings(script.operations());
        this.selector = Selector.open();
        final int requestBytesMax = script.operations().stream()
                .mapToInt(dialect::requestLengthBytesMax)
                .max()
                .orElseThrow();
        final List<Connection> opened = new ArrayList<>();
        final List<SelectionKey> registered = new ArrayList<>();
        for (final SocketChannel channel : channels) {
            final Connection connection = new Connection(
                    channel, dialect, firstNumber + opened.size(), plan.loop().pipeline(), requestBytesMax);
            registered.add(channel.register(selector, SelectionKey.OP_READ, connection));
            opened.add(connection);
        }
        this.connections = opened.toArray(new Connection[0]);
        this.keys = registered.toArray(new SelectionKey[0]);
    }

    /** @param startAtNanos of {@link System#nanoTime}; all workers of a run get the same; before the thread starts */
    void startAt(long startAtNanos) {
        startNanos = startAtNanos;
        measureNanos = startAtNanos + plan.extent().warmup().toNanos();
        endNanos = measureNanos + plan.extent().duration().toNanos();
    }

    @Override
    public void run() {
        try {
            nowNanos = System.nanoTime();
            while (nowNanos < startNanos) {
                LockSupport.parkNanos(startNanos - nowNanos);
                nowNanos = System.nanoTime();
            }
            final long graceNanos = endNanos + plan.extent().grace().toNanos();
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
        if (requests >= share.requestsMax()) {
            return false;
        }
        return plan.isOpenLoop() ? dueNanos() < endNanos : nowNanos < endNanos;
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
        if (plan.isOpenLoop()) {
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
        if (requests >= share.requestsMax()) {
            return false;
        }
        final Operation operation = nextOperation();
        if (!connection.canTake(dialect.requestLengthBytesMax(operation))) {
            return false;
        }
        connection.put(operation, share.identities(), nextIdentity, requestDueNanos);
        countRequest(requestDueNanos);
        final int asked =
                share.step() > 1 ? share.step() : plan.asking().questions().profilesOf(operation);
        identitiesAsked += asked;
        nextIdentity += asked;
        while (nextIdentity >= share.identities().size()) {
            nextIdentity -= share.identities().size();
        }
        return true;
    }

    private Operation nextOperation() {
        return script.operation(share.firstRequest() + requests * share.step());
    }

    private void countRequest(long requestDueNanos) {
        requests++;
        if (requestDueNanos >= measureNanos) {
            measuredRequests++;
            lastDueNanos = requestDueNanos;
        }
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
        if (plan.loop().waiting() == LoadPlan.Waiting.BLOCK) {
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
        if (!isMoreToSend() || !plan.isOpenLoop()) {
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
    public void onAnswer(Connection connection, int slot, ByteBuffer in, int offset, int lengthBytes) {
        // Read for each answer: the last of many in one read is seen later than the first.
        final long arrivedNanos = System.nanoTime();
        if (slot < 0) {
            recordings.onFailure(null, Failure.STRAY);
            return;
        }
        final Operation operation = connection.operation(slot);
        dialect.read(in, offset, lengthBytes, operation, share.identities(), connection.first(slot), answer);
        switch (answer.outcome()) {
            case RIGHT -> {
                checksum += answer.checksum();
                final long dueNanos = connection.dueNanos(slot);
                final Recordings into = dueNanos < measureNanos ? warmupRecordings : recordings;
                into.onAnswered(operation, arrivedNanos - dueNanos);
                lastAnswerNanos = arrivedNanos;
            }
            case STATUS -> onRefused(operation, arrivedNanos, connection.dueNanos(slot));
            case REFUSED -> recordings.onFailure(operation, Failure.REFUSED);
            case ABSENT -> recordings.onFailure(operation, Failure.ABSENT);
            case MALFORMED -> recordings.onFailure(operation, Failure.MALFORMED);
        }
    }

    private void onRefused(Operation operation, long arrivedNanos, long dueNanos) {
        recordings.onRefused(operation, answer.statusNumber());
        if (dueNanos >= measureNanos) {
            recordings.onRefusedAfter(arrivedNanos - dueNanos);
        }
    }

    private void giveUpTheRest() {
        for (final Connection connection : connections) {
            connection.abandon(recordings, Failure.UNANSWERED);
        }
        if (plan.isOpenLoop()) {
            for (; isMoreToSend(); schedule.advance()) {
                recordings.onFailure(nextOperation(), Failure.UNSENT);
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

    /** Over all right answers; after the thread has ended. */
    long checksum() {
        return checksum;
    }

    /** How many identities were asked about, one after the other from the first of its share; after the thread has ended. */
    long identitiesAsked() {
        return identitiesAsked;
    }

    Share share() {
        return share;
    }

    /** Why the worker ended before its time, null where it did not; after the thread has ended. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
