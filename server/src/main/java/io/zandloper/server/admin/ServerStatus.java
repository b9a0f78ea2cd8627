package io.zandloper.server.admin;

import io.zandloper.storage.StorageStatus;
import java.time.Duration;

/**
 * What the server is and holds at a moment.
 *
 * @param role {@code primary}: it takes writes
 * @param ready data is loaded and warm
 * @param uptime since the start of the process
 */
public record ServerStatus(String role, boolean ready, Duration uptime, StorageStatus storage) {}
