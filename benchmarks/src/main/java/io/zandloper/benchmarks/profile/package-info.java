/** Where a server's processor time and memory went, told from a recording of the JDK's Flight Recorder. */
@NullMarked
package io.zandloper.benchmarks.profile;

import org.jspecify.annotations.NullMarked;
