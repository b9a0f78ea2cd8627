/**
 * How a request becomes an effect: pure functions from (profile as it is, change, catalog, time) to the profile as it
 * will be, or to why not. What they return needs no clock, no catalog and no other record to be applied.
 */
@NullMarked
package io.zandloper.storage.resolve;

import org.jspecify.annotations.NullMarked;
