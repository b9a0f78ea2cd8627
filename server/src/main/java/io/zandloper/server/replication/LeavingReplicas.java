package io.zandloper.server.replication;

import io.zandloper.server.role.ReplicaList.NotForgottenException;
import io.zandloper.storage.Replication;
import io.zandloper.storage.Role;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Replicas that are to be taken off the list of those that a promotion asks: their operator has said that they are lost for
 * good, or another one has come to their address. What was acknowledged because one of them had it must be with others first,
 * as many as writes wait for: whoever knows the list without it asks so many that one of those is among them. Belongs to the
 * thread of its {@link ReplicationSource}.
 */
final class LeavingReplicas {
    private static final long NOT_YET = -1;

    private final Replication storage;
    private final ReplicationSource source;
    private final int ackReplicas;
    private final Map<Long, Leaving> leaving = new LinkedHashMap<>();

    /** One of them. */
    private static final class Leaving {
        final CompletableFuture<Integer> left = new CompletableFuture<>();
        /** What was acknowledged because it had it is not after this. */
        long sequence = NOT_YET;
    }

    /** @param ackReplicas replicas that have a change before it is acknowledged */
    LeavingReplicas(Replication storage, ReplicationSource source, int ackReplicas) {
        this.storage = storage;
        this.source = source;
        this.ackReplicas = ackReplicas;
    }

    /** How many are on the list once it is off it; a {@link NotForgottenException} where that is not to be. */
    CompletableFuture<Integer> forget(long node) {
        final String name = Long.toHexString(node);
        if (storage.role() != Role.PRIMARY) {
            return refused("this server is no primary, and only that one says who its replicas are", false);
        }
        if (!source.isKnown(node)) {
            return refused("no replica with the node " + name + " is on the list", true);
        }
        if (source.isFollowing(node)) {
            return refused("the replica with the node " + name + " follows now; stop it first", false);
        }
        return leaving.computeIfAbsent(node, id -> new Leaving()).left;
    }

    /** Somebody else is at its address; where it follows nevertheless, that is waited for. */
    void onReplaced(long node) {
        leaving.computeIfAbsent(node, id -> new Leaving());
    }

    /** It stays, and its operator hears why. */
    void keep(long node, String reason) {
        final Leaving staying = leaving.remove(node);
        if (staying != null) {
            staying.left.completeExceptionally(new NotForgottenException(reason, false));
        }
    }

    void keepAll(String reason) {
        Map.copyOf(leaving).keySet().forEach(node -> keep(node, reason));
    }

    /** Takes off the list whoever can be. */
    void work() {
        if (leaving.isEmpty()) {
            return;
        }
        if (storage.role() != Role.PRIMARY) {
            keepAll("this server is the primary no more");
            return;
        }
        for (final Iterator<Map.Entry<Long, Leaving>> all = leaving.entrySet().iterator(); all.hasNext(); ) {
            final Map.Entry<Long, Leaving> entry = all.next();
            if (isOff(entry.getKey(), entry.getValue())) {
                all.remove();
            }
        }
    }

    private boolean isOff(long node, Leaving one) {
        if (source.isFollowing(node)) {
            one.sequence = NOT_YET;
            return false;
        }
        if (one.sequence == NOT_YET) {
            // In this order: what is acknowledged from here on does not need it, and what was before is durable here.
            storage.acknowledgements().onLost(node);
            one.sequence = storage.end().sequence();
        }
        if (source.holding(one.sequence) < ackReplicas) {
            return false;
        }
        try {
            one.left.complete(source.remove(node));
        } catch (UncheckedIOException e) {
            one.left.completeExceptionally(new NotForgottenException(String.valueOf(e.getMessage()), false));
        }
        return true;
    }

    private static CompletableFuture<Integer> refused(String reason, boolean unknown) {
        return CompletableFuture.failedFuture(new NotForgottenException(reason, unknown));
    }
}
