package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalFiles;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.journal.JournalTip;
import io.zandloper.storage.snapshot.SnapshotFiles;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a storage begins: with the mapped files as they are where a clean stop proves them, else with tables made again
 * from the newest snapshot that is whole and the journal after it. What a killed process left in mapped files is never
 * looked at.
 */
final class Recovery {
    private final DataFolder folder;
    private final Disk disk;
    private final Path journalFolder;
    private final long nowMicros;
    private final CatalogLoader catalogLoader;

    Recovery(DataFolder folder, long nowMicros, CatalogLoader catalogLoader) {
        this.folder = folder;
        this.disk = folder.platform().disk();
        this.journalFolder = folder.journalFolder();
        this.nowMicros = nowMicros;
        this.catalogLoader = catalogLoader;
    }

    /**
     * @param tables at the journal's end
     * @param end of the journal
     * @param clean whether the last stop left nothing open: nobody can have more of this history than is here
     */
    record Recovered(Tables tables, JournalEnd end, boolean clean) {}

    Recovered run() {
        final CleanStop stop = folder.cleanStop();
        if (stop != null && stop.journalTip().equals(JournalTip.of(disk, journalFolder))) {
            final Tables tables = Tables.open(folder, openLedger(stop.ledgerBytes()), stop, catalogLoader);
            return new Recovered(tables, stop.journalEnd(), true);
        }
        final List<Path> snapshots = SnapshotFiles.complete(disk, JournalFolder.snapshots(journalFolder));
        if (stop != null) {
            checkReaches(stop, snapshots);
        }
        final List<String> damaged = new ArrayList<>();
        for (final Path snapshot : snapshots) {
            try {
                return rebuild(SnapshotReader.open(disk, snapshot));
            } catch (StoredFileException e) {
                damaged.add(String.valueOf(e.getMessage())); // an older one and more of the journal may do
            }
        }
        try {
            if (!snapshots.isEmpty() && JournalFiles.firstSequence(disk, journalFolder) != 1) {
                throw new StorageException(String.join("; ", damaged)
                        + "; no snapshot is whole, and the journal does not begin at the first change");
            }
            return rebuild(null);
        } catch (StoredFileException e) {
            damaged.add(String.valueOf(e.getMessage()));
            throw new StorageException(String.join("; ", damaged), e);
        }
    }

    /** A clean stop that is not to be believed for the tables still tells how far the journal must go. */
    private void checkReaches(CleanStop stop, List<Path> snapshots) {
        JournalEnd end = JournalEnd.EMPTY;
        for (final Path snapshot : snapshots) {
            try {
                end = SnapshotManifest.read(disk, snapshot).end();
                break;
            } catch (StoredFileException damaged) {
                // named when it is needed
            }
        }
        try {
            end = new JournalReader(disk, journalFolder).verify(end);
        } catch (StoredFileException damaged) {
            return; // named when it is needed
        }
        if (end.sequence() < stop.journalEnd().sequence()) {
            throw new StorageException("the journal in " + journalFolder + " ends at change " + end.sequence()
                    + ", but the last stop was at " + stop.journalEnd().sequence()
                    + "; give the folder of the whole journal, or remove " + folder.cleanStopFile()
                    + " to go on without the changes between");
        }
    }

    /**
     * Tables of a snapshot alone, which is no part of the journal's folder yet. Nothing of that folder changes.
     *
     * @param ledger a copy of the snapshot's, or no file where it has none
     */
    Recovered load(Path snapshot, Path ledger) {
        return rebuild(
                SnapshotReader.open(disk, snapshot),
                () -> ErasureLedger.open(disk, ledger, 0, 0, nowMicros),
                (start, tables, codec) -> start);
    }

    private Recovered rebuild(@Nullable SnapshotReader snapshot) {
        return rebuild(
                snapshot,
                this::openLedger,
                (start, tables, codec) ->
                        new JournalReader(disk, journalFolder).read(start, entry -> tables.apply(codec.decode(entry))));
    }

    /** Brings a snapshot's state up to date. */
    @FunctionalInterface
    private interface Replay {
        JournalEnd after(JournalEnd start, Tables tables, EffectCodec codec);
    }

    private Recovered rebuild(@Nullable SnapshotReader snapshot, Supplier<ErasureLedger> ledger, Replay replay) {
        folder.removeTables();
        final Tables tables =
                snapshot == null ? Tables.create(folder, ledger.get()) : emptyTables(snapshot.manifest(), ledger.get());
        boolean rebuilt = false;
        try {
            tables.postponeJudging();
            final EffectCodec codec = new EffectCodec(tables.newIdentityHash(), this::outline);
            JournalEnd start = JournalEnd.EMPTY;
            if (snapshot != null) {
                snapshot.read(
                        (ordinal, image) -> tables.apply(codec.decodeProfile(ordinal, image)),
                        entry -> tables.apply(codec.decode(entry)));
                start = snapshot.manifest().end();
                tables.reach(start.sequence());
            }
            final JournalEnd end = replay.after(start, tables, codec);
            tables.judgePostponed(catalogLoader);
            tables.fillColumns();
            tables.filled();
            tables.ledger().dropAfter(end.sequence());
            rebuilt = true;
            return new Recovered(tables, end, false);
        } finally {
            if (!rebuilt) {
                tables.abandon();
            }
        }
    }

    /** What a replay needs of a catalog; the last one is compiled when all others have been seen. */
    private Catalog outline(byte[] source) {
        return Catalog.outline(catalogLoader.read(source));
    }

    private ErasureLedger openLedger() {
        return openLedger(snapshotLedgerBytes());
    }

    /** What the newest snapshot says that the ledger had. */
    private long snapshotLedgerBytes() {
        for (final Path snapshot : SnapshotFiles.complete(disk, JournalFolder.snapshots(journalFolder))) {
            try {
                return SnapshotManifest.read(disk, snapshot).erasures().lengthBytes();
            } catch (StoredFileException damaged) {
                // An older one says less, and still something.
            }
        }
        return 0;
    }

    /** The folder's, as a snapshot or a clean stop says that it was. */
    ErasureLedger openLedger(long durableBytes) {
        return ErasureLedger.open(
                disk,
                JournalFolder.ledger(journalFolder),
                durableBytes,
                JournalFolder.heldFrom(disk, journalFolder),
                nowMicros);
    }

    private Tables emptyTables(SnapshotManifest manifest, ErasureLedger ledger) {
        final Catalog catalog = manifest.catalogVersion() == 0
                ? Catalog.EMPTY
                : outline(manifest.catalogSource()).withVersion(manifest.catalogVersion());
        return Tables.create(folder, ledger, catalog, manifest.catalogSource(), manifest.segmentIds());
    }
}
