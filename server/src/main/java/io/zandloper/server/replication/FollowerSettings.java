package io.zandloper.server.replication;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a follower tells its source.
 *
 * @param credentials to say; empty for none
 * @param address host and port of this server's binary port; the host is empty where the connection's is meant
 * @param catalogVersion the present one
 */
public record FollowerSettings(String credentials, Supplier<String> address, LongSupplier catalogVersion) {}
