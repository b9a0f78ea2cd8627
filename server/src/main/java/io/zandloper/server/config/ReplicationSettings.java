package io.zandloper.server.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a server is to other servers.
 *
 * @param replicaOf the binary port of the server to follow, not resolved; null for a primary
 * @param credentials that servers say to each other; empty for none
 * @param advertise host that others reach this server at; null for the one it listens on
 * @param ackReplicas replicas that have a change in their journal before it is acknowledged
 * @param ackTimeout how long a change waits for them
 * @param lagMax a replica that is further behind is not ready
 * @param syncBytesPerSecond of snapshots sent to replicas, all together; 0 for no bound
 * @param syncJournalBytes of journal kept for replicas that are getting a snapshot
 * @param forwardEvents whether a replica sends events on to its primary
 */
public record ReplicationSettings(
        @Nullable InetSocketAddress replicaOf,
        String credentials,
        @Nullable String advertise,
        int ackReplicas,
        Duration ackTimeout,
        Duration lagMax,
        long syncBytesPerSecond,
        long syncJournalBytes,
        boolean forwardEvents) {
    static final int ACK_REPLICAS_MAX = 16;
    static final Duration ACK_TIMEOUT_DEFAULT = Duration.ofSeconds(5);
    static final Duration LAG_MAX_DEFAULT = Duration.ofSeconds(10);
    static final long SYNC_JOURNAL_BYTES_DEFAULT = 8L * 1024 * 1024 * 1024;

    /** A primary whom nobody has to confirm anything. */
    public static final ReplicationSettings DEFAULT = new ReplicationSettings(
            null, "", null, 0, ACK_TIMEOUT_DEFAULT, LAG_MAX_DEFAULT, 0, SYNC_JOURNAL_BYTES_DEFAULT, false);
}
