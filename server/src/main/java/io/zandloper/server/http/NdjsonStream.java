package io.zandloper.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.server.json.Problem;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A body of one change a line, of any length: each line is parsed when it is complete and handed to the writer, in
 * order. Only so many changes are in flight; beyond that, and while the writer's queue is full, no more input is taken,
 * so the sender is slowed down and memory is bounded. Belongs to the connection's event loop, but for the outcomes, which
 * the writer's thread puts in a queue.
 *
 * <p>A line that is wrong is counted and reported; a line that is too long ends the body, since nobody can tell what
 * follows it.
 */
final class NdjsonStream implements BodyStream {
    private final Exchange exchange;
    private final LineHandler handler;
    private final LineTally tally;
    private final LineBuffer line = new LineBuffer();
    private final Queue<Settled> settled = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean settling = new AtomicBoolean();

    private @Nullable ByteBuf content;
    private long lineNumber;
    /** Those that are not blank. */
    private long linesTaken;
    /** A change that the writer's queue had no room for. */
    private @Nullable Submission waiting;

    private boolean retryScheduled;
    private int changesInFlight;
    private long bytesInFlight;
    private boolean ended;
    private boolean lastAsked;
    private boolean answered;
    /** Why the body is given up; null while it is not. */
    private @Nullable Failure failure;

    private record Failure(int status, String detail) {}

    /** @param line 0 for the change that comes of all lines */
    private record Submission(long line, int lengthBytes, Change change) {}

    /** One of outcome and failure is null. */
    private record Settled(
            Submission submission,
            @Nullable ChangeOutcome outcome,
            @Nullable StorageException failure) {}

    /** @param reader of one line, a document; may throw what readers of documents throw */
    NdjsonStream(Exchange exchange, Function<ObjectNode, Change> reader, LineTally tally) {
        this(exchange, (LineHandler) (bytes, length) -> reader.apply(StrictJson.parseObject(bytes, 0, length)), tally);
    }

    NdjsonStream(Exchange exchange, LineHandler handler, LineTally tally) {
        this.exchange = exchange;
        this.handler = handler;
        this.tally = tally;
    }

    @Override
    public boolean wantsMore() {
        return content == null && waiting == null && hasRoom();
    }

    @Override
    public void onContent(ByteBuf piece) {
        content = piece;
        proceed();
    }

    @Override
    public void onEnd() {
        ended = true;
        proceed();
    }

    @Override
    public void onStop() {
        if (failure == null) {
            failure = new Failure(503, "the server is stopping");
        }
        proceed();
    }

    @Override
    public void close() {
        answered = true;
        dropContent();
        waiting = null;
        handler.close();
    }

    /** Does what can be done now: lines while there is room, then the answer when everything is settled. */
    private void proceed() {
        while (!answered && failure == null && hasRoom() && offerWaiting()) {
            if (!nextLine()) {
                break;
            }
        }
        if (failure != null) {
            dropContent();
            waiting = null;
        }
        final boolean done = failure != null || (ended && content == null && waiting == null && line.isEmpty());
        if (done && changesInFlight == 0 && !answered) {
            end();
        } else if (!answered && wantsMore()) {
            exchange.inputWanted();
        }
    }

    /** Every line is settled: the last change, if there is one, then the answer. */
    private void end() {
        if (failure == null && !lastAsked) {
            lastAsked = true;
            final Change last = handler.last();
            if (last != null) {
                waiting = new Submission(0, 0, last);
                offerWaiting();
                return;
            }
        }
        exchange.respond(answer());
    }

    private boolean hasRoom() {
        return changesInFlight < HttpLimits.STREAM_CHANGES_IN_FLIGHT_MAX
                && bytesInFlight < HttpLimits.STREAM_BYTES_IN_FLIGHT_MAX;
    }

    /** Takes what is there up to the end of a line; false where there is nothing to take. */
    private boolean nextLine() {
        final boolean complete;
        if (content != null) {
            complete = line.append(content);
            if (!content.isReadable()) {
                dropContent();
            }
        } else if (ended && !line.isEmpty()) {
            line.end();
            complete = true;
        } else {
            return false;
        }
        if (line.isTooLong()) {
            failure = new Failure(
                    413, "line " + (lineNumber + 1) + " is longer than " + HttpLimits.LINE_BYTES_MAX + " bytes");
        } else if (complete) {
            takeLine();
        }
        return true;
    }

    private void takeLine() {
        lineNumber++;
        if (!line.isBlank()) {
            if (++linesTaken > handler.linesMax()) {
                failure = new Failure(413, "more than " + handler.linesMax() + " lines");
                return;
            }
            try {
                final Change change = handler.change(line.bytes(), line.length());
                if (change == null) {
                    tally.accept();
                } else {
                    waiting = new Submission(lineNumber, line.length(), change);
                }
            } catch (MalformedBodyException e) {
                tally.reject(lineNumber, String.valueOf(e.getMessage()));
            } catch (InvalidInputException e) {
                tally.reject(lineNumber, Problem.summary(e.errors()));
            }
        }
        line.clear();
        offerWaiting();
    }

    /** False where a change still waits for room in the writer's queue. */
    private boolean offerWaiting() {
        final Submission offered = waiting;
        if (offered == null) {
            return true;
        }
        if (exchange.offer(offered.change(), new Listener(offered))) {
            changesInFlight++;
            bytesInFlight += offered.lengthBytes();
            waiting = null;
            return true;
        }
        retryLater();
        return false;
    }

    private void retryLater() {
        if (!retryScheduled) {
            retryScheduled = true;
            exchange.executeLater(HttpLimits.QUEUE_RETRY_MILLIS, () -> {
                retryScheduled = false;
                proceed();
            });
        }
    }

    private void settle() {
        settling.set(false);
        for (Settled next = settled.poll(); next != null; next = settled.poll()) {
            changesInFlight--;
            bytesInFlight -= next.submission().lengthBytes();
            if (next.submission().line() == 0) {
                onLast(next);
            } else if (next.outcome() != null) {
                tally.add(next.submission().line(), next.outcome());
            } else if (next.failure() != null) {
                failure = failure(next.failure());
            }
        }
        proceed();
    }

    private void onLast(Settled last) {
        final ChangeOutcome outcome = last.outcome();
        if (outcome == null) {
            failure = last.failure() == null ? new Failure(503, "writes are not taken") : failure(last.failure());
        } else if (outcome.status().isAccepted()) {
            tally.addLast(outcome);
        } else {
            failure = new Failure(Outcomes.status(outcome), Problem.reason(outcome));
        }
    }

    private static Failure failure(StorageException cause) {
        return new Failure(Outcomes.status(cause), Outcomes.detail(cause));
    }

    private Response answer() {
        final Response response = failure == null
                ? Response.ok(out -> {
                    out.writeStartObject();
                    tally.writeMembers(out, exchange.sequence());
                    out.writeEndObject();
                })
                : Response.problem(
                        failure.status(), failure.detail(), out -> tally.writeMembers(out, exchange.sequence()));
        return response.withSequence(tally.sequence());
    }

    private void dropContent() {
        if (content != null) {
            content.release();
            content = null;
        }
    }

    /** Called on the writer's thread; wakes the event loop once for many outcomes. */
    private final class Listener implements ChangeListener {
        private final Submission submission;

        Listener(Submission submission) {
            this.submission = submission;
        }

        @Override
        public void onOutcome(ChangeOutcome outcome) {
            add(new Settled(submission, outcome, null));
        }

        @Override
        public void onFailure(StorageException cause) {
            add(new Settled(submission, null, cause));
        }

        private void add(Settled outcome) {
            settled.add(outcome);
            if (settling.compareAndSet(false, true)) {
                exchange.execute(NdjsonStream.this::settle);
            }
        }
    }
}
