/** Profiles, segment index, catalog bits, journal and snapshots. */
@NullMarked
package io.zandloper.storage;

import org.jspecify.annotations.NullMarked;
