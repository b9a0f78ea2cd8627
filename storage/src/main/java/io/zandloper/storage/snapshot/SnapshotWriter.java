package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.RowImage;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/** Takes snapshots; on one thread, which is none of those that serve. */
public final class SnapshotWriter {
    private static final int PROFILE_KIND = 1;
    private static final int INITIAL_BYTES = 16 * 1024;
    private static final int COPY_BYTES = 1024 * 1024;

    private final Disk disk;
    private final SnapshotSource source;
    private final JournalReader journal;
    private final Path snapshots;
    private final Path ledger;
    private final byte[] identityKey;
    private final LongSupplier nowMicros;

    /**
     * @param ledger the file of erasures, which may not be there yet
     * @param identityKey under which the folder hashes identities
     */
    public SnapshotWriter(
            Disk disk,
            SnapshotSource source,
            JournalReader journal,
            Path snapshots,
            Path ledger,
            byte[] identityKey,
            LongSupplier nowMicros) {
        this.disk = disk;
        this.source = source;
        this.journal = journal;
        this.snapshots = snapshots;
        this.ledger = ledger;
        this.identityKey = identityKey.clone();
        this.nowMicros = nowMicros;
    }

    /**
     * Takes one; where nothing has changed since the newest, that is the answer, if its walk began late enough.
     *
     * @param fromSequence of which and what was before it, nothing is to be in its files that is gone by now
     * @return its folder
     * @throws UncheckedIOException where the disk refuses; what was begun is removed
     */
    public Path take(long fromSequence) throws InterruptedException {
        SnapshotFiles.removeUnfinished(disk, snapshots);
        final SnapshotSource.Moment start = source.moment();
        final Path finished = SnapshotFiles.folder(snapshots, start.end().sequence());
        final Path again = SnapshotFiles.again(finished);
        for (final Path there : List.of(again, finished)) {
            if (isWholeFrom(there, fromSequence)) {
                return there;
            }
        }
        final Path folder = snapshots.resolve(finished.getFileName() + SnapshotFiles.UNFINISHED);
        boolean complete = false;
        try {
            disk.createFolder(folder);
            final Path taken = take(start, folder);
            complete = true;
            return taken;
        } catch (IOException e) {
            throw new UncheckedIOException("no snapshot could be taken in " + snapshots, e);
        } finally {
            if (!complete) {
                SnapshotFiles.remove(disk, folder);
            }
        }
    }

    private boolean isWholeFrom(Path snapshot, long fromSequence) {
        try {
            return SnapshotFiles.exists(disk, snapshot)
                    && SnapshotManifest.read(disk, snapshot).startSequence() >= fromSequence;
        } catch (StoredFileException damaged) {
            return false;
        }
    }

    private Path take(SnapshotSource.Moment start, Path folder) throws IOException, InterruptedException {
        final SnapshotManifest.Part profiles = writeProfiles(start.ordinals(), folder);
        final SnapshotSource.Moment end = source.moment();
        final SnapshotManifest.Part changes = writeChanges(start, end, folder);
        final SnapshotManifest.Part erasures = copyLedger(end.ledgerBytes(), folder);
        new SnapshotManifest(
                        end.end(),
                        start.end().sequence(),
                        identityKey,
                        nowMicros.getAsLong(),
                        end.catalogVersion(),
                        end.catalogSource(),
                        end.segmentIds(),
                        profiles,
                        changes,
                        erasures)
                .write(disk, folder);
        Path finished = SnapshotFiles.folder(snapshots, end.end().sequence());
        if (SnapshotFiles.exists(disk, finished)) {
            finished = SnapshotFiles.again(finished);
        }
        if (SnapshotFiles.exists(disk, finished)) {
            SnapshotFiles.remove(disk, finished); // it was looked at: not whole
        }
        disk.rename(folder, finished);
        disk.syncFolder(snapshots);
        return finished;
    }

    private SnapshotManifest.Part writeProfiles(int count, Path folder) throws IOException {
        final RowBits row = new RowBits();
        final RecordBuffer record = new RecordBuffer();
        ByteBuffer item = ByteBuffer.allocate(INITIAL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (BlockWriter blocks = new BlockWriter(disk, folder.resolve(SnapshotFiles.PROFILES))) {
            for (int ordinal = 0; ordinal < count; ordinal++) {
                if (source.readProfile(ordinal, row, record)) {
                    final RowImage image = row.image();
                    final int length = image.encodedLength() + record.length();
                    if (item.capacity() < length) {
                        item = ByteBuffer.allocate(2 * length).order(ByteOrder.LITTLE_ENDIAN);
                    }
                    image.encode(item.clear());
                    item.put(record.array(), 0, record.length());
                    blocks.add(ordinal, PROFILE_KIND, item.array(), 0, length);
                }
            }
            return blocks.finish(SnapshotFiles.PROFILES);
        }
    }

    private SnapshotManifest.Part copyLedger(long lengthBytes, Path folder) throws IOException {
        final CRC32C checksum = new CRC32C();
        final ByteBuffer piece = ByteBuffer.allocate((int) Math.min(COPY_BYTES, lengthBytes));
        try (Disk.AppendFile copy = disk.create(folder.resolve(SnapshotFiles.ERASURES))) {
            for (long left = lengthBytes; left > 0; left = lengthBytes - copy.length()) {
                piece.clear().limit((int) Math.min(piece.capacity(), left));
                if (disk.read(ledger, copy.length(), piece) == 0) {
                    throw new EOFException("it has become shorter: " + ledger);
                }
                checksum.update(piece.flip());
                copy.append(piece.rewind());
            }
            copy.sync();
            return new SnapshotManifest.Part(SnapshotFiles.ERASURES, lengthBytes, 0, (int) checksum.getValue());
        }
    }

    private SnapshotManifest.Part writeChanges(SnapshotSource.Moment start, SnapshotSource.Moment end, Path folder)
            throws IOException {
        try (BlockWriter blocks = new BlockWriter(disk, folder.resolve(SnapshotFiles.CHANGES))) {
            journal.readBetween(start.end().sequence(), end.end().sequence(), entry -> {
                final ByteBuffer payload = entry.payload();
                final byte[] bytes = new byte[payload.remaining()];
                payload.get(bytes);
                try {
                    blocks.add(entry.sequence(), entry.type(), bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return blocks.finish(SnapshotFiles.CHANGES);
        }
    }
}
