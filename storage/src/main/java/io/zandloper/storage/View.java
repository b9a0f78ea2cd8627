package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.index.IdentityIndex;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.record.RecordStore;
import io.zandloper.storage.row.RowBits;
import org.jspecify.annotations.Nullable;

/**
 * What one thread sees of the storage between {@link StorageReader#enter()} and {@link StorageReader#leave()}: one
 * catalog, and every change that was acknowledged before it entered. Changes made meanwhile may be seen or not, each
 * profile's whole. Not to be used after leaving or by another thread.
 *
 * <p>An ordinal is what {@code find} gives; as long as the view is open it is that profile's and no other's. But the
 * profile may go meanwhile: it is erased, or linked with another that its identities then lead to. Whoever finds neither
 * row nor record under an ordinal finds the identity again, until the answer stays the same: see {@link
 * #profile(Identity)}.
 */
public final class View {
    /** What {@code find} answers where nobody has the identity. */
    public static final int NOBODY = -1;

    private final IdentityIndex index;
    private final RecordStore records;
    private final SegmentDictionary segmentNumbers;
    private final IdentityHash hash;
    private final RecordCodec codec;
    private final RecordBuffer recordBuffer = new RecordBuffer();
    private @Nullable Published published;

    View(Tables tables) {
        this.index = tables.index();
        this.records = tables.records();
        this.segmentNumbers = tables.segmentNumbers();
        this.hash = tables.newIdentityHash();
        this.codec = new RecordCodec();
    }

    void open(Published current) {
        published = current;
    }

    void close() {
        published = null;
    }

    /** The catalog that rows and decisions go by. */
    public Catalog catalog() {
        return published().catalog();
    }

    /** The catalog's JSON text as it was written; empty where there never was one. Not to be changed. */
    public byte[] catalogSource() {
        return published().catalogSource();
    }

    /** The profile that has the identity, or {@link #NOBODY}. */
    public int find(Identity identity) {
        final byte[] utf8 = identity.utf8();
        return find(utf8, 0, utf8.length);
    }

    /** The same for an identity's canonical text in UTF-8; allocates nothing. */
    public int find(byte[] canonicalUtf8, int offset, int length) {
        hash.hash(canonicalUtf8, offset, length);
        return index.find(hash.high(), hash.low());
    }

    /** The same for the two halves of an identity's keyed hash, as {@link Storage#newIdentityHash} makes it. */
    public int find(long high, long low) {
        return index.find(high, low);
    }

    /**
     * Looks up every identity of a batch; then the rows of those found are near for {@link #testSegment} and {@link
     * #readRow}. Each step is taken for all of them before the next one: hash, load the buckets, search them, load the
     * rows. Allocates nothing.
     */
    public void find(LookupBatch batch) {
        final int count = batch.length;
        for (int i = 0; i < count; i++) {
            hash.hash(batch.texts[i], batch.offsets[i], batch.lengths[i]);
            batch.highs[i] = hash.high();
            batch.lows[i] = hash.low();
        }
        batch.touched += index.touch(batch.highs, count);
        index.find(batch.highs, batch.lows, batch.ordinals, count);
        batch.touched += published().rows().touch(batch.ordinals, batch.bits, count);
    }

    /** Copies a profile's visible segments; false where the record must be read instead. */
    public boolean readRow(int ordinal, RowBits into) {
        return published().rows().read(ordinal, into);
    }

    /**
     * Whether a segment of the catalog is visible: 1 yes, 0 no, -1 where the record must be read, because an expiry has
     * passed or the row is being written. Allocates nothing.
     */
    public int testSegment(int ordinal, int bit, long nowMicros) {
        return published().rows().test(ordinal, bit, nowMicros);
    }

    /** Copies a profile's stored bytes; false where there is none. */
    public boolean readRecord(int ordinal, RecordBuffer into) {
        return records.get(ordinal, into);
    }

    /** A profile as it is stored; null where there is none. */
    public @Nullable Profile readProfile(int ordinal) {
        if (ordinal < 0 || !records.get(ordinal, recordBuffer)) {
            return null;
        }
        return codec.decode(recordBuffer.buffer(), segmentNumbers);
    }

    /** What a record that was read holds. */
    public Profile decode(RecordBuffer record) {
        return codec.decode(record.buffer(), segmentNumbers);
    }

    /** The number under which records name a listed segment; -1 where none does. */
    public int segmentNumber(String segment) {
        return segmentNumbers.find(segment);
    }

    /** The profile that has the identity; null where nobody has. */
    public @Nullable Profile profile(Identity identity) {
        final byte[] utf8 = identity.utf8();
        int ordinal = find(utf8, 0, utf8.length);
        while (ordinal != NOBODY) {
            final Profile found = readProfile(ordinal);
            if (found != null && found.identities().contains(identity)) {
                return found;
            }
            final int again = find(utf8, 0, utf8.length);
            if (again == ordinal) {
                return null; // another's, whose hash is the same
            }
            ordinal = again;
        }
        return null;
    }

    private Published published() {
        if (published == null) {
            throw new IllegalStateException("a view is used outside enter and leave");
        }
        return published;
    }
}
