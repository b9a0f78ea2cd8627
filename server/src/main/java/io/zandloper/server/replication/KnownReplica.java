package io.zandloper.server.replication;

/**
 * A replica that is on the list.
 *
 * @param node of its data folder
 * @param address of its binary port
 * @param following whether it follows now
 * @param counts whether what it has counts for acknowledgements
 */
public record KnownReplica(long node, String address, boolean following, boolean counts) {}
