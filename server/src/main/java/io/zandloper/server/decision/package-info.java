/**
 * How a request becomes a decision: a thread's {@link io.zandloper.server.decision.Deciding} finds the profile in a view of
 * the storage and hands it to the compiled decider; {@link io.zandloper.server.decision.Decisions} has catalogs laid out
 * for it, and tells a {@link io.zandloper.server.decision.DecisionListener} of each decision.
 */
@NullMarked
package io.zandloper.server.decision;

import org.jspecify.annotations.NullMarked;
