package io.zandloper.server.replication;

import io.zandloper.server.role.ReplicaList.NotForgottenException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Has a replica that is lost for good forgotten, and waits for it. */
final class Forgetting {
    private static final long OTHERS_MILLIS_MAX = 5_000;
    private static final long LOOP_MILLIS_MAX = 5_000;

    private final SourceTurns turns;
    private final Waiting waiting;
    private final int ackReplicas;

    Forgetting(SourceTurns turns, Waiting waiting, int ackReplicas) {
        this.turns = turns;
        this.waiting = waiting;
        this.ackReplicas = ackReplicas;
    }

    /**
     * How many are left on the list.
     *
     * @throws NotForgottenException where it is not done, and stays on the list
     */
    int run(long node) {
        try {
            return orInTime(node);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotForgottenException("it was interrupted", false);
        } catch (TimeoutException e) {
            throw new NotForgottenException("the server is too busy for it; try again", false);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotForgottenException reason) {
                throw reason;
            }
            throw new IllegalStateException("a replica could not be forgotten", e);
        }
    }

    private int orInTime(long node) throws InterruptedException, ExecutionException, TimeoutException {
        final CompletableFuture<Integer> left = turns.forget(node);
        try {
            return waiting.get(left, OTHERS_MILLIS_MAX);
        } catch (TimeoutException late) {
            turns.keep(
                    node,
                    "fewer than " + ackReplicas + " of the other replicas have everything; start another one first");
            return waiting.get(left, LOOP_MILLIS_MAX); // that, unless it was done in the last moment
        }
    }
}
