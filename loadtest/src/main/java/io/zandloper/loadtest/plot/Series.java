package io.zandloper.loadtest.plot;

import org.HdrHistogram.Histogram;

/**
 * One line of a plot.
 *
 * @param latenciesNanos at least one
 */
public record Series(String name, Histogram latenciesNanos) {}
