package io.zandloper.storage;

import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.record.RecordBuffer;
import java.util.zip.CRC32C;

/** Reads every record once, while changes go on. For one thread. */
final class ChecksumWalk {
    /** Spreads what a record comes to over all bits, so that the sum of many tells more than each. Of splitmix64. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final Tables tables;
    private final RecordBuffer record = new RecordBuffer();
    private final RecordView view = new RecordView();
    private final CRC32C crc = new CRC32C();

    ChecksumWalk(Tables tables) {
        this.tables = tables;
    }

    StateChecksum run(StateChecksum.ProfileConsumer each) {
        final long before = tables.sequence();
        long profiles = 0;
        long sum = 0;
        try (StorageReader reader = new StorageReader(() -> tables)) {
            final int end = tables.ordinals();
            for (int ordinal = 0; ordinal < end; ordinal++) {
                if (read(reader, ordinal)) {
                    final long checksum = checksum();
                    each.accept(ordinal, view.sequence(), checksum);
                    sum += checksum;
                    profiles++;
                }
            }
        }
        return new StateChecksum(before, profiles, sum, tables.sequence() == before);
    }

    private boolean read(StorageReader reader, int ordinal) {
        final View now = reader.enter();
        try {
            return now.readRecord(ordinal, record);
        } finally {
            reader.leave();
        }
    }

    private long checksum() {
        crc.reset();
        crc.update(record.array(), 0, record.length());
        view.wrap(record.buffer());
        final long content = ((crc.getValue() << Integer.SIZE) | record.length()) * SPREAD;
        final long mixed = content ^ view.sequence();
        return (mixed ^ (mixed >>> Integer.SIZE)) * SPREAD;
    }
}
