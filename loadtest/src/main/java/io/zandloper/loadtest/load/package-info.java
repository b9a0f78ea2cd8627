/**
 * The load generator. Open loop: requests are due at times fixed beforehand, and a latency counts from the time a
 * request was due, so a server that stalls cannot hide the requests that would have come meanwhile (no "coordinated
 * omission"). Closed loop: each connection keeps a number of requests in flight.
 *
 * <pre>
 *   LoadRun ── starts ──▶ LoadWorker (a thread) ── owns ──▶ Connection … ⇄ server
 *      ▲                      │ Schedule, KeySequence, RequestTemplate
 *      └── once a second ── Recordings
 * </pre>
 */
@NullMarked
package io.zandloper.loadtest.load;

import org.jspecify.annotations.NullMarked;
