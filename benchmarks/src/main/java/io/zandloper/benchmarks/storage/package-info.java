/**
 * {@code bench storage}: the profile store against Chronicle Map, Redis and the memory itself. {@link
 * io.zandloper.benchmarks.storage.StorageBenchmark} is the way in.
 */
@NullMarked
package io.zandloper.benchmarks.storage;

import org.jspecify.annotations.NullMarked;
