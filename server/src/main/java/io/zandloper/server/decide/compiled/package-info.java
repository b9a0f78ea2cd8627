/**
 * The decider of the serving path: the same decisions as {@link io.zandloper.server.decide.PlainDecider}, bit for bit, in
 * microseconds.
 *
 * <p>Everything that depends on the catalog alone is laid out once, in a {@link CompiledCatalog}: offers are numbered in
 * the order in which they would rank at best, in blocks of 64, and each block says for every value it asks for which of
 * its offers that value leaves in the race. A decision is then
 *
 * <pre>
 *   Blocks         values of this person and request -> 64 offers at a time, one AND a value asked for
 *      |
 *   Candidates     the offers left, best first: what cannot be said by bits, suppression and caps (EventTable),
 *      |           exact priority; no block is looked at whose best could not win any more
 *   CompiledDecider   placements are filled in turn: no offer twice, groups, fallbacks
 *      v
 *   CompiledDecision  numbers only; used again and again
 * </pre>
 *
 * Pure and without allocation: a {@link CompiledDecider} is one thread's and keeps its room between decisions.
 */
@NullMarked
package io.zandloper.server.decide.compiled;

import org.jspecify.annotations.NullMarked;
