package io.zandloper.storage.change;

/**
 * Erases whoever has an identity that a ledger says was erased: what a restore of an older snapshot asks for.
 *
 * @param high of the identity's keyed hash
 * @param low of the identity's keyed hash
 * @param atMicros when it was erased
 */
public record EraseRemembered(long high, long low, long atMicros) implements Change {}
