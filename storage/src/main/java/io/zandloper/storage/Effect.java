package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A change as it was resolved, with its sequence: what is stored, complete. To apply it no other record is read, and to
 * apply it twice is harmless.
 */
sealed interface Effect {
    long sequence();

    /**
     * @param added identities that lead to the profile from now on
     * @param removed identities that lead nowhere from now on
     * @param record the profile's bytes
     */
    record StoreProfile(
            long sequence,
            int ordinal,
            Profile profile,
            ByteBuffer record,
            List<Identity> added,
            List<Identity> removed)
            implements Effect {}

    record StoreCatalog(long sequence, Catalog catalog, byte[] source) implements Effect {}
}
