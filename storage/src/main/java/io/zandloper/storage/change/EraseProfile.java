package io.zandloper.storage.change;

import io.zandloper.storage.profile.Identity;

/**
 * Erases the profile of an identity with everything that is held of the person, and remembers keyed hashes of its
 * identities, so that neither an older snapshot nor a late event brings the person back.
 *
 * @param profile any of its identities
 */
public record EraseProfile(Identity profile) implements Change {}
