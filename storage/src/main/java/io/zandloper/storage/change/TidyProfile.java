package io.zandloper.storage.change;

/**
 * Makes a profile what time has made of it: rows are judged anew after an expiry, memberships that expired long ago go,
 * and a profile that has been idle for longer than the policies keep one goes as a whole. Proposed by the housekeeping;
 * where it is not due (any more), nothing changes.
 *
 * @param ordinal the profile's
 */
public record TidyProfile(int ordinal) implements Change {}
