/** Races of readers with the writer, tried out millions of times by jcstress; {@link StressTest} runs them. */
@NullMarked
package io.zandloper.benchmarks.stress;

import org.jspecify.annotations.NullMarked;
