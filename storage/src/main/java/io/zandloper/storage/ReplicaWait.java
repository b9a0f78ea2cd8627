package io.zandloper.storage;

import io.zandloper.storage.change.ChangeOutcome;
import java.util.ArrayDeque;

/**
 * Changes that are durable here and whose callers hear of it when enough replicas have them too. The writer goes on
 * meanwhile; belongs to its thread.
 */
final class ReplicaWait {
    /** Beyond it no more changes are taken, so that the queue fills and callers are told that this node is busy. */
    static final int WAITING_MAX = 64 * 1024;

    private record Waiting(ChangeListener listener, ChangeOutcome outcome, long untilMicros) {}

    private final ReplicaPositions positions;
    private final long waitMicros;
    private final MicrosClock clock;
    /** By their sequences; those that changed nothing wait for the newest at their time. */
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    private long refused;

    ReplicaWait(ReplicaPositions positions, ReplicaSettings settings, MicrosClock clock) {
        this.positions = positions;
        this.waitMicros = settings.waitMax().toNanos() / 1_000;
        this.clock = clock;
    }

    /** Tells the caller of a change what came of it, at once or later. */
    void answer(ChangeListener listener, ChangeOutcome outcome) {
        if (!mustWait(outcome)) {
            listener.onOutcome(outcome);
            return;
        }
        queue.add(new Waiting(listener, outcome, clock.nowMicros() + waitMicros));
        count();
    }

    /** What was refused needs nobody; what changed nothing says that what it would have changed is kept. */
    private boolean mustWait(ChangeOutcome outcome) {
        return positions.required() > 0
                && outcome.status().isAccepted()
                && (outcome.sequence() > positions.held() || !queue.isEmpty());
    }

    /** Whether changes wait for replicas at all. */
    boolean isAsked() {
        return positions.required() > 0;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    boolean isFull() {
        return queue.size() >= WAITING_MAX;
    }

    /** Whether {@link #work} has something to do. */
    boolean isDue() {
        final Waiting first = queue.peek();
        return first != null
                && (first.outcome().sequence() <= positions.held() || clock.nowMicros() >= first.untilMicros());
    }

    /** How long there is nothing to do unless replicas acknowledge, at most {@code atMost}. */
    long idleMicros(long atMost) {
        final Waiting first = queue.peek();
        return first == null ? atMost : Math.max(0, Math.min(atMost, first.untilMicros() - clock.nowMicros()));
    }

    /** Answers whoever has waited enough; false where nobody has. */
    boolean work() {
        boolean worked = false;
        while (isDue()) {
            final Waiting first = queue.remove();
            worked = true;
            if (first.outcome().sequence() <= positions.held()) {
                first.listener().onOutcome(first.outcome());
            } else {
                refuse(first);
            }
        }
        if (worked) {
            count();
        }
        return worked;
    }

    /** This node begins another term: what replicas had before says nothing of it. */
    void onTerm() {
        positions.forget();
    }

    /** This node follows another: what waits may be in no history that is gone on with. */
    void refuseAll() {
        for (Waiting waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
            refuse(waiting);
        }
        count();
    }

    private void refuse(Waiting waiting) {
        refused++;
        final long sequence = waiting.outcome().sequence();
        waiting.listener()
                .onFailure(new TooFewReplicasException(sequence, positions.holding(sequence), positions.required()));
    }

    private void count() {
        positions.count(queue.size(), refused);
    }
}
