/**
 * The few things that what must survive asks of a file system: one interface, so that a test can crash it at every step,
 * fill it up and lose what was not synced.
 */
@NullMarked
package io.zandloper.storage.disk;

import org.jspecify.annotations.NullMarked;
