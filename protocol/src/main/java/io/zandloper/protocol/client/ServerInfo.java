package io.zandloper.protocol.client;

/**
 * What a server says of itself in its answer to hello.
 *
 * @param protocolVersion the version spoken
 * @param server its name and version
 * @param replica whether it follows another one and takes no writes
 * @param requestFrameBytesMax the longest request it takes, header included
 * @param responseFrameBytesMax the longest answer it gives, header included
 * @param requestsInFlightMax requests of one connection that may wait for a write or a sequence
 * @param batchProfilesMax the profiles that one batch may ask about
 * @param catalogVersion of the catalog it decides by, 0 where it has none
 * @param term the newest it knows: each change of primary begins a higher one. 0 before the first
 * @param sequence of the newest change it has
 */
public record ServerInfo(
        int protocolVersion,
        String server,
        boolean replica,
        long requestFrameBytesMax,
        long responseFrameBytesMax,
        long requestsInFlightMax,
        long batchProfilesMax,
        long catalogVersion,
        long term,
        long sequence) {}
