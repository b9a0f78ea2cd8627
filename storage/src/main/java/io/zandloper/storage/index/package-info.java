/**
 * The identity index: from the keyed hash of an identity to the ordinal of its profile, by extendible hashing over mapped
 * files, written by one thread and read by any without a lock.
 */
@NullMarked
package io.zandloper.storage.index;

import org.jspecify.annotations.NullMarked;
