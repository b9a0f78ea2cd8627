package io.zandloper.storage;

import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.format.MetadataFile;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalTip;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a clean stop leaves behind as its last act: the proof that every mapped file is complete, and what is in no
 * mapped file. It is removed before the first write after the next start, and believed only where the journal ends
 * exactly where it says.
 *
 * @param journalEnd the last change
 * @param journalTip the last file of the journal
 * @param ledgerBytes of the ledger of erasures
 * @param ordinals given, 0 to this less one
 * @param freeOrdinals those of them that no profile has: bit {@code n % 64} of word {@code n / 64} for ordinal {@code n}
 * @param rowGeneration the row table's folder
 * @param catalogVersion 0 where there never was a catalog
 * @param catalogSource the JSON text
 * @param segmentIds in the order of their numbers
 */
record CleanStop(
        JournalEnd journalEnd,
        JournalTip journalTip,
        long ledgerBytes,
        int ordinals,
        long[] freeOrdinals,
        int rowGeneration,
        long catalogVersion,
        byte[] catalogSource,
        List<String> segmentIds) {
    private static final MetadataFile FILE = new MetadataFile("ZNDLSTOP", 4, 4);
    private static final int FIXED_BYTES = JournalEnd.BYTES + 3 * Long.BYTES + 2 * Integer.BYTES;

    void write(Disk disk, Path file) {
        final List<byte[]> ids = new ArrayList<>();
        final byte[] tipName = journalTip.fileName().getBytes(StandardCharsets.UTF_8);
        int lengthBytes = FIXED_BYTES
                + 4 * Integer.BYTES
                + freeOrdinals.length * Long.BYTES
                + tipName.length
                + catalogSource.length;
        for (final String id : segmentIds) {
            final byte[] utf8 = id.getBytes(StandardCharsets.UTF_8);
            ids.add(utf8);
            lengthBytes += Integer.BYTES + utf8.length;
        }
        final ByteBuffer payload = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        journalEnd.put(payload);
        payload.putLong(journalTip.lengthBytes())
                .putLong(ledgerBytes)
                .putLong(catalogVersion)
                .putInt(ordinals)
                .putInt(rowGeneration);
        put(payload, tipName);
        put(payload, catalogSource);
        payload.putInt(ids.size());
        ids.forEach(id -> put(payload, id));
        payload.putInt(freeOrdinals.length);
        for (final long word : freeOrdinals) {
            payload.putLong(word);
        }
        FILE.write(disk, file, payload.flip());
    }

    static CleanStop read(Disk disk, Path file) {
        final ByteBuffer payload = FILE.read(disk, file).payload();
        final JournalEnd end = JournalEnd.get(payload);
        final long tipBytes = payload.getLong();
        final long ledgerBytes = payload.getLong();
        final long catalogVersion = payload.getLong();
        final int ordinals = payload.getInt();
        final int rowGeneration = payload.getInt();
        final JournalTip tip = new JournalTip(new String(get(payload), StandardCharsets.UTF_8), tipBytes);
        final byte[] source = get(payload);
        final List<String> ids = new ArrayList<>();
        for (int left = payload.getInt(); left > 0; left--) {
            ids.add(new String(get(payload), StandardCharsets.UTF_8));
        }
        final long[] freeOrdinals = new long[payload.getInt()];
        for (int i = 0; i < freeOrdinals.length; i++) {
            freeOrdinals[i] = payload.getLong();
        }
        return new CleanStop(end, tip, ledgerBytes, ordinals, freeOrdinals, rowGeneration, catalogVersion, source, ids);
    }

    private static void put(ByteBuffer payload, byte[] bytes) {
        payload.putInt(bytes.length).put(bytes);
    }

    private static byte[] get(ByteBuffer payload) {
        final byte[] bytes = new byte[payload.getInt()];
        payload.get(bytes);
        return bytes;
    }
}
