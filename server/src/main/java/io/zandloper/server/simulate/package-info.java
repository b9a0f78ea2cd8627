/**
 * What a candidate catalog would show to the stored profiles, beside what the catalog in force shows them: decided for one
 * profile after the other by both, and counted.
 *
 * <pre>
 *   SampledOrdinals   whom to decide for
 *      |  profile
 *   Simulation        decides by both catalogs, per page: the placements that are asked for together
 *      |  two decisions
 *   PlacementTally    counts per offer: returned, gained, lost, and why not
 *      v
 *   SimulationReport
 * </pre>
 *
 * Pure, as the deciders are: who reads the profiles, at which pace, is told from outside.
 */
@NullMarked
package io.zandloper.server.simulate;

import org.jspecify.annotations.NullMarked;
