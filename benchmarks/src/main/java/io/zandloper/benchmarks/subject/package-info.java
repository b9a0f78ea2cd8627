/** What is measured and what it is measured against: profiles, a storage with them in it, and processes with the same. */
@NullMarked
package io.zandloper.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
