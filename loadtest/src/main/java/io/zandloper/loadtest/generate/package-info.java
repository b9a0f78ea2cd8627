/**
 * A made-up bank: customers, segments and offers that belong together, from a seed. Every row has a random stream of
 * its own, so the same seed gives the same bytes and any row can be made without those before it.
 */
@NullMarked
package io.zandloper.loadtest.generate;

import org.jspecify.annotations.NullMarked;
