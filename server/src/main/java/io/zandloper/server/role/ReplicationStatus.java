package io.zandloper.server.role;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server is to others, at a moment.
 *
 * @param role in lower case; {@code fenced} is one that neither takes writes nor follows
 * @param termNumber of the newest term it knows
 * @param term the same with who opened it
 * @param node of its data folder, in hex
 * @param dataSet what it holds; equal on all servers of one
 * @param lagSequences changes that its primary is known to have and it has not
 * @param lagMillis for how long it has not had everything it knew of
 * @param following null where it follows nobody
 * @param replicas that follow it now
 * @param sent to them all since the start
 * @param acknowledging by replicas
 * @param tails files of changes that only this server had, set aside
 * @param known all that a promotion would ask, as this server knows it
 */
public record ReplicationStatus(
        String role,
        long termNumber,
        String term,
        String node,
        String dataSet,
        long lagSequences,
        long lagMillis,
        @Nullable Following following,
        List<Replica> replicas,
        Sent sent,
        Acknowledging acknowledging,
        List<String> tails,
        List<Known> known) {

    /** Whether nobody is followed and no writes are taken, so that what is here gets older. */
    public boolean isFenced() {
        return role.equals("fenced");
    }

    /**
     * What went to replicas.
     *
     * @param changeBytes frames with changes
     * @param snapshotBytes frames with pieces of snapshots
     */
    public record Sent(long changeBytes, long snapshotBytes) {}

    /**
     * How changes wait for replicas.
     *
     * @param replicas that have a change before it is acknowledged here
     * @param waiting changes that wait for them now
     * @param refused changes, since the start, for which there were too few in time
     */
    public record Acknowledging(int replicas, int waiting, long refused) {}

    /**
     * Whom a replica follows.
     *
     * @param primary host and port
     * @param state {@code connecting}, {@code syncing}, {@code installing} or {@code streaming}
     * @param problem why it is not followed; null while it is
     * @param syncBytes of a snapshot, so far
     * @param syncBytesTotal of the snapshot; 0 where there is none
     */
    public record Following(
            String primary, String state, @Nullable String problem, long syncBytes, long syncBytesTotal) {}

    /**
     * Who is known as a replica of the set.
     *
     * @param node of its data folder, in hex
     * @param address of its binary port
     * @param following whether it follows this server now
     * @param counts whether writes that wait for replicas here count with it
     */
    public record Known(String node, String address, boolean following, boolean counts) {}

    /**
     * Who follows.
     *
     * @param node of its data folder, in hex
     * @param address of its binary port
     * @param state {@code handshake}, {@code sync} or {@code stream}
     * @param sequence that it has in its journal
     * @param lagSequences changes that it has not
     * @param syncBytesSent of the snapshot it is getting
     */
    public record Replica(
            String node, String address, String state, long sequence, long lagSequences, long syncBytesSent) {}
}
