package io.zandloper.server.metrics;

import java.time.Instant;

/** One of the slowest requests since the start. */
public record SlowRequest(Operation operation, long latencyNanos, Instant endedAt) {}
