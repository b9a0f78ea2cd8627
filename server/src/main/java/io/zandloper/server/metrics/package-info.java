/**
 * What the server did and how long it took. Every event loop owns one {@link
 * io.zandloper.server.metrics.OperationRecorder} and writes only to it; the admin side drains all of them:
 *
 * <pre>
 *   event loop 1 ── OperationRecorder ─┐
 *   event loop 2 ── OperationRecorder ─┼─ drain, once a second or when asked ─▶ Metrics ─▶ /latency, /metrics
 *   event loop n ── OperationRecorder ─┘
 * </pre>
 */
@NullMarked
package io.zandloper.server.metrics;

import org.jspecify.annotations.NullMarked;
