/** Micro benchmarks, recorded results, and the rules that need every module in sight. */
@NullMarked
package io.zandloper.benchmarks;

import org.jspecify.annotations.NullMarked;
