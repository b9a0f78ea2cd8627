/**
 * The profile store: one record of variable size for each profile, under its ordinal. {@link
 * io.zandloper.storage.record.RecordStore} is what the rest of the storage knows; behind it lie Chronicle Maps in mapped
 * files.
 */
@NullMarked
package io.zandloper.storage.record;

import org.jspecify.annotations.NullMarked;
