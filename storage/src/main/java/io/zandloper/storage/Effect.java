package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.RowImage;
import java.nio.ByteBuffer;
import org.roaringbitmap.RoaringBitmap;

/**
 * A change as it was resolved, with its sequence: what is stored, complete. To apply it no clock and no other record is
 * read, and to apply it twice is harmless.
 *
 * <p>Identities are named by their keyed hashes, two longs each: high, low.
 */
sealed interface Effect {
    long sequence();

    /**
     * @param row the profile's row as it was judged by the writer, under the catalog before this sequence
     * @param record the profile's bytes
     * @param added identities that lead to the profile from now on; those that do already may be among them
     * @param removed identities that lead nowhere from now on
     */
    record StoreProfile(long sequence, int ordinal, RowImage row, ByteBuffer record, long[] added, long[] removed)
            implements Effect {}

    /** @param atMicros the time as of which the rows of all profiles are judged anew */
    record StoreCatalog(long sequence, long atMicros, Catalog catalog, byte[] source) implements Effect {}

    /**
     * Two profiles become one: what is stored takes the place of one of them, the other goes.
     *
     * @param store the profile that lives on; among the identities added are those of the other
     * @param gone the other's ordinal
     */
    record LinkProfiles(StoreProfile store, int gone) implements Effect {
        @Override
        public long sequence() {
            return store.sequence();
        }
    }

    /**
     * A profile goes, and its identities lead nowhere.
     *
     * @param identities all it had
     * @param toLedger whether it is remembered that they were erased; not so where a profile was only idle for too long
     */
    record EraseProfile(long sequence, int ordinal, long[] identities, long atMicros, boolean toLedger)
            implements Effect {}

    /**
     * Many profiles become members of a listed segment, or stop being; their versions are the sequence then. Unlike the
     * others this one changes what it finds: profiles that are not there (any more) are passed over, and as it says of
     * each profile all that it does to it, once more is harmless here too.
     *
     * @param segment by its number
     * @param expiresMicros of the memberships added, {@code Times.NEVER} for never
     * @param atMicros becomes {@code updatedAt}, and the rows are judged as of it
     * @param added ordinals; those that are members with another expiry among them
     * @param removed ordinals
     */
    record StoreMembers(
            long sequence, int segment, long expiresMicros, long atMicros, RoaringBitmap added, RoaringBitmap removed)
            implements Effect {
        /** Of nobody, in no segment: an entry that is there, and changes nothing. */
        static StoreMembers nobody(long sequence) {
            return new StoreMembers(sequence, 0, 0, 0, new RoaringBitmap(), new RoaringBitmap());
        }

        boolean isNobody() {
            return added.isEmpty() && removed.isEmpty();
        }
    }
}
