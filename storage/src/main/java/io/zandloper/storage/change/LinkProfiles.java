package io.zandloper.storage.change;

import io.zandloper.storage.profile.Identity;

/**
 * Says that two identities are one person. Where each has a profile of its own the two become one; where only one has,
 * the other identity is added to it; where they lead to the same profile nothing changes.
 */
public record LinkProfiles(Identity a, Identity b) implements Change {}
