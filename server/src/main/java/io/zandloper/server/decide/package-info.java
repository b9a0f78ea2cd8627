/**
 * Which offers a person is shown, and why: a pure function of request, profile, catalog and time.
 *
 * <p>{@link PlainDecider} follows the contract's section 5 stage by stage, in the order of its words:
 *
 * <pre>
 *   request, profile, catalog, time
 *      |  every offer through the stages       Stages: DISABLED ... HOLDOUT
 *      |  those that pass get a priority       Arbitration: ((P x V) x C) x L
 *      |  placements are filled in turn        PlainDecider: best first, no offer twice, groups, fallbacks
 *      v
 *   decision, with an explanation if asked
 * </pre>
 *
 * It serves nobody: it is the reference that the decider that does, {@code compiled}, must agree with.
 */
@NullMarked
package io.zandloper.server.decide;

import org.jspecify.annotations.NullMarked;
