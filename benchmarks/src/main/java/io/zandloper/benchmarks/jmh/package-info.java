/** Hot spots under JMH, for work on them; what is published comes from {@code bench}, which measures in turns. */
@NullMarked
package io.zandloper.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
