/**
 * Snapshots: everything at one sequence, in files that prove themselves, complete or absent.
 *
 * <p>They are taken while the server serves: a walk over all profiles from a noted sequence on, which meets some profiles
 * before and some after later changes, and then those changes themselves, up to the sequence of the snapshot. To apply a
 * change to a profile that had it already is harmless, so what is read back is the state at that sequence.
 */
@NullMarked
package io.zandloper.storage.snapshot;

import org.jspecify.annotations.NullMarked;
