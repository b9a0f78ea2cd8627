/** Data generator, load generator, demo, peers. */
@NullMarked
package io.zandloper.loadtest;

import org.jspecify.annotations.NullMarked;
