/**
 * When memory that readers may still look at can go. Readers say when they enter and leave; the writer retires what it
 * has unlinked, and that is freed once nobody is left who entered before.
 */
@NullMarked
package io.zandloper.storage.epoch;

import org.jspecify.annotations.NullMarked;
