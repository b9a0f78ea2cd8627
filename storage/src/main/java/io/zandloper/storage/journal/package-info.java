/**
 * The journal: every change, in order, before it is made. What is in it after a crash is what was acknowledged, and
 * perhaps a little more; the mapped structures are made from it again.
 *
 * <p>{@link io.zandloper.storage.journal.Journal} appends, {@link io.zandloper.storage.journal.JournalReader} reads back
 * and tells a torn tail from damage. Both reach the disk only through {@link io.zandloper.storage.disk.Disk}, so that
 * a test can crash it at every step.
 */
@NullMarked
package io.zandloper.storage.journal;

import org.jspecify.annotations.NullMarked;
