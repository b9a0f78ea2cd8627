/** Percentile plots of measured latencies: a picture, or a page that needs nothing else, with several runs over each other. */
@NullMarked
package io.zandloper.loadtest.plot;

import org.jspecify.annotations.NullMarked;
