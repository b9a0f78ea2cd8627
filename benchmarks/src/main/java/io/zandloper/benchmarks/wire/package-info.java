/**
 * The server as it is seen over the wire, beside its peers: real processes on this machine, the load generator of {@code
 * ./zandloper load} in this one.
 */
@NullMarked
package io.zandloper.benchmarks.wire;

import org.jspecify.annotations.NullMarked;
