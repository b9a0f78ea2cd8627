package io.zandloper.server.replication;

/**
 * A replica as its source sees it.
 *
 * @param node of its data folder
 * @param address of its binary port
 * @param state {@code handshake}, {@code sync} or {@code stream}
 * @param sequence that it has in its journal, as far as it has told
 * @param syncBytesSent of the snapshot it is getting
 */
public record ReplicaStatus(long node, String address, String state, long sequence, long syncBytesSent) {}
