package io.zandloper.server.replication;

import java.util.function.Supplier;

/**
 * What a source tells its followers, and asks of them.
 *
 * @param credentials that a follower has to say; empty for none
 * @param ackReplicas replicas that have a change before it is acknowledged, where this server is the primary
 * @param journalBytes of journal kept for a follower that is getting a snapshot
 * @param syncBytesPerSecond of snapshots, to all followers together; 0 for no bound
 * @param httpAddress where this server takes writes over HTTP
 * @param address where it takes them over the binary protocol
 * @param primaryAddress of the one that this server follows itself, where it does
 */
public record SourceSettings(
        String credentials,
        int ackReplicas,
        long journalBytes,
        long syncBytesPerSecond,
        Supplier<String> httpAddress,
        Supplier<String> address,
        Supplier<String> primaryAddress) {}
