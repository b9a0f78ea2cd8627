/** How things are measured: in turns, checked, as rows of the contract. */
@NullMarked
package io.zandloper.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
