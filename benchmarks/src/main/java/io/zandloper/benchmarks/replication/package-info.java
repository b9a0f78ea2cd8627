/** What replication costs and how fast it is, against the network and the disk alone. */
@NullMarked
package io.zandloper.benchmarks.replication;

import org.jspecify.annotations.NullMarked;
