package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.index.IdentityIndex;
import io.zandloper.storage.index.IndexFill;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.program.CompiledRules;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.record.RecordStore;
import io.zandloper.storage.record.RecordStoreFill;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Everything that is mapped: identity index, segment rows and records under one numbering of profiles. One thread at a
 * time applies effects, the writer's; any thread reads through a {@link View}.
 *
 * <p>An effect is applied record first, then row, then identities, so that an identity never leads to what is not there;
 * what goes, goes the other way round. A reader may hold an ordinal whose profile goes meanwhile, and then finds neither
 * row nor record; it looks again for the identity that it came by.
 */
final class Tables {
    private final DataFolder folder;
    private ErasureLedger ledger;
    private final byte[] identityKey;
    private final Epochs epochs;
    private final IdentityIndex index;
    /** Another one once it is {@linkplain #filled filled}, before any reader is there. */
    private RecordStore records;

    private final SegmentDictionary segmentNumbers;
    private final IdentityHash hash;
    private final RecordCodec codec = new RecordCodec();
    private final RecordBuffer recordBuffer = new RecordBuffer();
    private final PublishedRows rows;
    private final Ordinals ordinals;

    private volatile long sequence;

    private Tables(
            DataFolder folder,
            ErasureLedger ledger,
            Epochs epochs,
            IdentityIndex index,
            RecordStore records,
            PublishedRows rows,
            CleanStop state) {
        this.folder = folder;
        this.ledger = ledger;
        this.epochs = epochs;
        this.identityKey = folder.identityKey();
        this.index = index;
        this.records = records;
        this.segmentNumbers = new SegmentDictionary(state.segmentIds());
        this.hash = newIdentityHash();
        this.rows = rows;
        this.ordinals = new Ordinals(state.ordinals(), state.freeOrdinals());
        this.sequence = state.journalEnd().sequence();
    }

    /** Lays out empty tables, which are to be {@link #filled}. */
    static Tables create(DataFolder folder, ErasureLedger ledger) {
        return create(folder, ledger, Catalog.EMPTY, new byte[0], List.of());
    }

    /**
     * Lays out empty tables under a catalog, which are to be {@link #filled}.
     *
     * @param segmentIds in the order of their numbers
     */
    static Tables create(
            DataFolder folder, ErasureLedger ledger, Catalog catalog, byte[] catalogSource, List<String> segmentIds) {
        final Epochs epochs = new Epochs();
        final CleanStop nothing = new CleanStop(
                JournalEnd.EMPTY, JournalTip.NONE, 0, 0, new long[0], 0, catalog.version(), catalogSource, segmentIds);
        return new Tables(
                folder,
                ledger,
                epochs,
                IdentityIndex.create(folder.index(), epochs, folder.platform().memory()),
                folder.platform().records().createToFill(folder.records(), epochs),
                PublishedRows.create(folder, epochs, catalog, catalogSource),
                nothing);
    }

    /** Maps the tables that {@link #close} left complete. */
    static Tables open(DataFolder folder, ErasureLedger ledger, CleanStop state, CatalogLoader catalogLoader) {
        folder.removeCleanStop(); // first: to open a map may write to it
        final Epochs epochs = new Epochs();
        final PublishedRows rows = PublishedRows.open(folder, epochs, state, catalogLoader);
        final IdentityIndex index =
                IdentityIndex.open(folder.index(), epochs, folder.platform().memory());
        final RecordStore records = folder.platform().records().open(folder.records(), epochs);
        return new Tables(folder, ledger, epochs, index, records, rows, state);
    }

    /**
     * Makes every file complete and leaves the marker that says so; no reader may be left.
     *
     * @param end of the journal, which is closed
     */
    void close(JournalEnd end, JournalTip tip) {
        epochs.reclaimAll();
        index.force();
        records.force();
        rows.force();
        index.close();
        records.close();
        rows.close();
        ledger.force();
        final long ledgerBytes = ledger.lengthBytes();
        ledger.close();
        final Published published = rows.current();
        folder.writeCleanStop(new CleanStop(
                end,
                tip,
                ledgerBytes,
                ordinals.given(),
                freeOrdinals(),
                published.rowGeneration(),
                published.catalog().version(),
                published.catalogSource(),
                segmentNumbers.ids()));
    }

    /** Unmaps everything and leaves no marker: the next start makes the tables again from the journal. */
    void abandon() {
        epochs.reclaimAll();
        index.close();
        records.close();
        rows.close();
        ledger.close();
    }

    // Reading, for the writer: any state is its own, so it needs no epoch.

    int find(Identity identity) {
        hash(identity);
        return index.find(hash.high(), hash.low());
    }

    /** A profile's record, valid until the next look at one; null where there is none. */
    @Nullable
    RecordBuffer readRecord(int ordinal) {
        return records.get(ordinal, recordBuffer) ? recordBuffer : null;
    }

    int find(long high, long low) {
        return index.find(high, low);
    }

    /** Whether one of a profile's identities has this hash. */
    boolean hasHash(Profile profile, long high, long low) {
        final long[] hashes = hashes(profile.identities());
        for (int i = 0; i < hashes.length; i += 2) {
            if (hashes[i] == high && hashes[i + 1] == low) {
                return true;
            }
        }
        return false;
    }

    /** Null where the ordinal has no record. */
    @Nullable
    Profile readProfile(int ordinal) {
        return records.get(ordinal, recordBuffer) ? codec.decode(recordBuffer.buffer(), segmentNumbers) : null;
    }

    /** Whether a segment is visible: 1 yes, 0 no, -1 where the record tells. */
    int testSegment(int ordinal, int bit, long nowMicros) {
        return published().rows().test(ordinal, bit, nowMicros);
    }

    /** Until when a profile's row is exact; {@code Times.NEVER} for ever, or where there is none. */
    long nextExpiryMicros(int ordinal) {
        return published().rows().nextExpiryMicros(ordinal);
    }

    Published published() {
        return rows.current();
    }

    long sequence() {
        return sequence;
    }

    /** Every ordinal that a profile has is below it. Any thread. */
    int ordinals() {
        return ordinals.given();
    }

    /** The ordinal that a new profile gets. */
    int nextOrdinal() {
        return ordinals.next();
    }

    /** Whether a profile has the ordinal, or had it a moment ago. */
    boolean isTaken(int ordinal) {
        return ordinals.isTaken(ordinal);
    }

    /** Whether a reader may still take the ordinal for that of a profile that is gone. */
    boolean isLeaving(int ordinal) {
        return ordinals.isLeaving(ordinal);
    }

    /** Those below {@link #ordinals} that no profile has, by bit. */
    long[] freeOrdinals() {
        return ordinals.free();
    }

    /** Whether nobody is to be made of this identity by those who only pass on what they were sent earlier. */
    boolean wasErasedLately(Identity identity, long nowMicros) {
        hash(identity);
        return ledger.holdsLate(hash.low(), nowMicros);
    }

    /** The columns of segments as they are now, exact at {@code atMicros}: see {@link PublishedRows#freeze}. */
    FrozenColumns freeze(Catalog catalog, BitSet segments, long atMicros) {
        return rows.freeze(catalog, segments, sequence, atMicros, this::readProfile);
    }

    /** Makes the columns of all rows; from now on they follow. */
    void fillColumns() {
        rows.fillColumns(ordinals.given());
    }

    // Applying effects.

    /** Catalogs that come from now on need not be compiled; rows are judged by {@link #judgePostponed}. */
    void postponeJudging() {
        rows.postponeJudging();
    }

    /** Compiles the current catalog and judges under it what was postponed. */
    void judgePostponed(CatalogLoader loader) {
        final Published current = published();
        final long version = current.catalog().version();
        rows.judgePostponed(
                version == 0
                        ? Catalog.EMPTY
                        : loader.compile(current.catalogSource()).withVersion(version),
                this::readProfile);
    }

    /** The tables are complete; what comes from now on is read by others. */
    void filled() {
        records = records.filled();
    }

    /** Before what was received takes its place, and {@link #useLedger} gives another. */
    void closeLedger() {
        ledger.close();
    }

    /** The ledger that belongs to what was received, where it lies now. */
    void useLedger(ErasureLedger moved) {
        ledger = moved;
    }

    /** What was applied so far is the state at this sequence. */
    void reach(long reachedSequence) {
        sequence = reachedSequence;
    }

    void apply(Effect effect) {
        if (effect instanceof Effect.StoreProfile store) {
            apply(store);
        } else if (effect instanceof Effect.StoreCatalog store) {
            apply(store);
        } else if (effect instanceof Effect.LinkProfiles link) {
            apply(link);
        } else if (effect instanceof Effect.EraseProfile erase) {
            apply(erase);
        } else if (effect instanceof Effect.StoreMembers store) {
            apply(store);
        }
        sequence = effect.sequence();
        epochs.reclaim();
    }

    private void apply(Effect.StoreProfile store) {
        final int ordinal = store.ordinal();
        final long[] removed = store.removed();
        for (int i = 0; i < removed.length; i += 2) {
            index.remove(removed[i], removed[i + 1]);
        }
        records.put(ordinal, store.record());
        rows.store(ordinal, store.sequence(), store.row());
        final long[] added = store.added();
        for (int i = 0; i < added.length; i += 2) {
            index.put(added[i], added[i + 1], ordinal);
        }
        ordinals.take(ordinal);
    }

    /** Each identity of the one that goes leads to either, from a moment on to the other; whoever still holds the ordinal
     * of the one that goes finds it gone and looks again. */
    private void apply(Effect.LinkProfiles link) {
        apply(link.store());
        remove(link.gone());
    }

    private void apply(Effect.EraseProfile erase) {
        final long[] identities = erase.identities();
        if (erase.toLedger()) {
            ledger.add(erase.sequence(), erase.atMicros(), identities);
        }
        for (int i = 0; i < identities.length; i += 2) {
            index.remove(identities[i], identities[i + 1]);
        }
        remove(erase.ordinal());
    }

    private void apply(Effect.StoreMembers store) {
        if (store.isNobody()) {
            return; // and the segment may be none
        }
        final String segment = segmentNumbers.id(store.segment());
        final PeekableIntIterator each =
                RoaringBitmap.or(store.added(), store.removed()).getIntIterator();
        while (each.hasNext()) {
            final int ordinal = each.next();
            final Profile before = readProfile(ordinal);
            if (before == null) {
                continue;
            }
            final SortedMap<String, Long> listed = new TreeMap<>(before.listed());
            if (store.added().contains(ordinal)) {
                listed.put(segment, store.expiresMicros());
            } else {
                listed.remove(segment);
            }
            final Profile after = before.withListed(listed, store.atMicros(), store.sequence());
            records.put(ordinal, codec.encode(after, segmentNumbers));
            rows.store(ordinal, after, store.atMicros());
        }
    }

    /** What no identity leads to any more. Its ordinal is another's only when no reader can still hold it. */
    private void remove(int ordinal) {
        rows.clear(ordinal);
        records.remove(ordinal);
        ordinals.leave(ordinal);
        epochs.retire(() -> {
            // Not where it was told twice, and the ordinal is in use again already.
            if (records.get(ordinal, recordBuffer)) {
                ordinals.stay(ordinal);
            } else {
                ordinals.release(ordinal);
            }
        });
    }

    private void apply(Effect.StoreCatalog store) {
        for (final Catalog.Segment segment : store.catalog().segments()) {
            if (!segment.isComputed()) {
                segmentNumbers.number(segment.id()); // here and nowhere else, so that a replay gives the same numbers
            }
        }
        rows.replaceCatalog(store, ordinals::given, this::readProfile);
    }

    /** Begins to lay out rows and columns for a catalog that is to be stored; no other may be under way. */
    void beginReplacement(Effect.StoreCatalog store, CompiledRules compiled) {
        rows.beginReplacement(store, compiled, sequence, ordinals::given, this::readProfile, segmentNumbers::isKnown);
    }

    /** Lays out some more, between two changes; whether all is laid out now. */
    boolean stepReplacement(int rowsMin, int rowsMax) {
        return rows.stepReplacement(rowsMin, rowsMax);
    }

    void abandonReplacement() {
        rows.abandonReplacement();
    }

    /** Keyed hashes of identities, high and low of each. */
    long[] hashes(Collection<Identity> identities) {
        final long[] hashes = new long[2 * identities.size()];
        int i = 0;
        for (final Identity identity : identities) {
            hash(identity);
            hashes[i++] = hash.high();
            hashes[i++] = hash.low();
        }
        return hashes;
    }

    private void hash(Identity identity) {
        final byte[] utf8 = identity.utf8();
        hash.hash(utf8, 0, utf8.length);
    }

    // For readers and the operator.

    StorageStatus status(int queuedChanges, long neededEvictions, DurabilityStatus durability, FailureStatus failures) {
        final Published current = published();
        final IndexFill indexFill = index.fill();
        final RecordStoreFill recordFill = records.fill();
        return new StorageStatus(
                sequence,
                recordFill.records(),
                indexFill.identities(),
                current.catalog().version(),
                queuedChanges,
                current.rows().sizeBytes(),
                indexFill.fileBytes(),
                recordFill.fileBytes(),
                ratio(indexFill.identities() + indexFill.removed(), indexFill.slots()),
                ratio(ordinals.given(), current.rows().capacity()),
                ratio(recordFill.records(), recordFill.capacityRecords()),
                current.columns().fill(),
                neededEvictions,
                rows.replacementStatus(),
                durability,
                failures);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    IdentityHash newIdentityHash() {
        return new IdentityHash(identityKey);
    }

    Epochs epochs() {
        return epochs;
    }

    IdentityIndex index() {
        return index;
    }

    ErasureLedger ledger() {
        return ledger;
    }

    RecordStore records() {
        return records;
    }

    PublishedRows rows() {
        return rows;
    }

    SegmentDictionary segmentNumbers() {
        return segmentNumbers;
    }

    RecordCodec codec() {
        return codec;
    }
}
