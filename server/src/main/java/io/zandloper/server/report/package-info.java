/**
 * What became of decisions, counted: per offer and placement how often it was decided, shown, clicked, converted and
 * rejected and why it was not returned, and how people of the holdout convert against all others.
 *
 * <pre>
 *   event loops ──▶ {@link io.zandloper.server.report.DecisionTally}, one each ─┐
 *   the writer ───▶ events that were kept ─────────────────────────────────────┼─▶ {@link io.zandloper.server.report.OfferReports}
 *   a thread of its own ──▶ decisions explained again, for the reasons ────────┘
 * </pre>
 *
 * Every counter has one thread that writes it; whoever reads adds them up. To count allocates nothing and takes no lock.
 */
@NullMarked
package io.zandloper.server.report;

import org.jspecify.annotations.NullMarked;
