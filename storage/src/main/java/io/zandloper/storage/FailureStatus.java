package io.zandloper.storage;

import org.jspecify.annotations.Nullable;

/**
 * What has failed since the start without a caller to hear of it: see {@link FailureListener}.
 *
 * @param count how often
 * @param last the newest one in one sentence; null where there was none
 */
public record FailureStatus(long count, @Nullable String last) {}
