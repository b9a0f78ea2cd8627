/**
 * A record of decisions in rolling files, for those who have to account for them: when, for whom, with what in hand, and
 * what came of it; enough to decide each again. Off unless it is asked for.
 *
 * <pre>
 *   event loops, a listener each ──▶ a bounded ring ──▶ {@link io.zandloper.server.decisionlog.DecisionLog}, one thread ──▶ files
 * </pre>
 *
 * A decision never waits for a disk: where the ring is full, or the disk refuses, entries are dropped and counted.
 * {@code deploy/decision-log.md} has every byte. No file names a person: entries hold the keyed hash that the storage finds
 * people by, and whoever is erased is taken out of the files within the erasure bound.
 */
@NullMarked
package io.zandloper.server.decisionlog;

import org.jspecify.annotations.NullMarked;
