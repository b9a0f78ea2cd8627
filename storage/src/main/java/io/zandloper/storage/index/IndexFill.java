package io.zandloper.storage.index;

/**
 * How full the identity index is.
 *
 * @param identities identities held
 * @param removed slots of removed identities, given back when their sub-table is next rebuilt or split
 * @param slots slots of all sub-tables in use
 * @param tables sub-tables in use
 * @param fileBytes bytes of all files
 */
public record IndexFill(long identities, long removed, long slots, int tables, long fileBytes) {}
