package io.zandloper.storage.snapshot;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.journal.JournalEnd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a snapshot is; written last, so that a folder that has one is complete.
 *
 * @param end the change it is at
 * @param startSequence the change after which the walk over the profiles began: what was erased before is in none of its
 *     files
 * @param identityKey under which the folder hashes identities
 * @param takenAtMicros when it was complete
 * @param catalogVersion 0 where there never was a catalog
 * @param catalogSource the JSON text
 * @param segmentIds in the order of their numbers, by which records name them
 * @param profiles the file of rows and records
 * @param changes the file of changes made while the records were walked
 * @param erasures the ledger of erasures up to the change it is at; no bytes where nobody was ever erased
 */
public record SnapshotManifest(
        JournalEnd end,
        long startSequence,
        byte[] identityKey,
        long takenAtMicros,
        long catalogVersion,
        byte[] catalogSource,
        List<String> segmentIds,
        Part profiles,
        Part changes,
        Part erasures) {
    private static final MetadataFile FILE = new MetadataFile("ZNDLSNAP", 5, 5);
    private static final int FIXED_BYTES = JournalEnd.BYTES + 3 * Long.BYTES + 3 * Integer.BYTES;
    private static final int PART_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;

    /**
     * One file of a snapshot.
     *
     * @param checksum CRC32C of the whole file
     */
    public record Part(String name, long lengthBytes, long items, int checksum) {}

    void write(Disk disk, Path folder) {
        final List<byte[]> ids = new ArrayList<>();
        int lengthBytes = FIXED_BYTES + identityKey.length + catalogSource.length;
        for (final String id : segmentIds) {
            final byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
            ids.add(utf8);
            lengthBytes += Integer.BYTES + utf8.length;
        }
        for (final Part part : List.of(profiles, changes, erasures)) {
            lengthBytes += PART_BYTES + part.name().length();
        }
        final ByteBuffer payload = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        end.put(payload);
        payload.putLong(startSequence);
        put(payload, identityKey);
        payload.putLong(takenAtMicros).putLong(catalogVersion);
        put(payload, catalogSource);
        payload.putInt(ids.size());
        ids.forEach(id -> put(payload, id));
        put(payload, profiles);
        put(payload, changes);
        put(payload, erasures);
        FILE.write(disk, folder.resolve(SnapshotFiles.MANIFEST), payload.flip());
    }

    /**
     * @throws io.zandloper.storage.format.StoredFileException where it is corrupt, too old or too new
     */
    public static SnapshotManifest read(Disk disk, Path folder) {
        final Path file = folder.resolve(SnapshotFiles.MANIFEST);
        if (!SnapshotFiles.exists(disk, file)) {
            throw new CorruptFileException(file, "it is missing");
        }
        final ByteBuffer payload = FILE.read(disk, file).payload();
        final JournalEnd end = JournalEnd.get(payload);
        final long startSequence = payload.getLong();
        final byte[] identityKey = bytes(payload);
        final long takenAtMicros = payload.getLong();
        final long catalogVersion = payload.getLong();
        final byte[] source = bytes(payload);
        final List<String> ids = new ArrayList<>();
        for (int left = payload.getInt(); left > 0; left--) {
            ids.add(new String(bytes(payload), StandardCharsets.UTF_8));
        }
        return new SnapshotManifest(
                end,
                startSequence,
                identityKey,
                takenAtMicros,
                catalogVersion,
                source,
                ids,
                part(payload),
                part(payload),
                part(payload));
    }

    private static void put(ByteBuffer payload, byte[] bytes) {
        payload.putInt(bytes.length).put(bytes);
    }

    private static void put(ByteBuffer payload, Part part) {
        put(payload, part.name().getBytes(StandardCharsets.US_ASCII));
        payload.putLong(part.lengthBytes()).putLong(part.items()).putInt(part.checksum());
    }

    private static byte[] bytes(ByteBuffer payload) {
        final byte[] bytes = new byte[payload.getInt()];
        payload.get(bytes);
        return bytes;
    }

    private static Part part(ByteBuffer payload) {
        return new Part(
                new String(bytes(payload), StandardCharsets.US_ASCII),
                payload.getLong(),
                payload.getLong(),
                payload.getInt());
    }
}
