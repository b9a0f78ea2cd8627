package io.zandloper.storage;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who is told of changes by the writer, and who tells it of replicas.
 *
 * @param observers of changes; others may be added at any time
 * @param durable called when more of the journal is durable; others may be added at any time
 * @param positions of replicas
 * @param replicas how many of them must have a change
 */
record WriterListeners(
        List<ChangeObserver> observers, List<Runnable> durable, ReplicaPositions positions, ReplicaSettings replicas) {
    /** Nobody yet. */
    static WriterListeners of(ReplicaSettings replicas) {
        return new WriterListeners(
                new CopyOnWriteArrayList<>(),
                new CopyOnWriteArrayList<>(),
                new ReplicaPositions(replicas.acknowledging()),
                replicas);
    }

    /** Nobody, and no replicas that must have a change. */
    static WriterListeners none() {
        return of(ReplicaSettings.NONE);
    }
}
