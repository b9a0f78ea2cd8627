package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.epoch.Reclaimer;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.record.RecordStore;
import io.zandloper.storage.record.RecordStoreFill;
import io.zandloper.storage.record.RecordStores;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Records on the heap. A store that was not forced and closed cannot be opened again, as it could not be believed. */
final class HeapRecordStores implements RecordStores {
    private final Map<Path, HeapStore> complete = new HashMap<>();

    @Override
    public RecordStore create(Path folder, Reclaimer reclaimer) {
        complete.remove(folder);
        return new HeapStore(folder);
    }

    @Override
    public RecordStore open(Path folder, Reclaimer reclaimer) {
        final HeapStore store = complete.remove(folder);
        assertThat(store).as("records of %s were left complete", folder).isNotNull();
        store.forced = false;
        return store;
    }

    private final class HeapStore implements RecordStore {
        private final Path folder;
        private final Map<Integer, byte[]> records = new TreeMap<>();
        private long bytes;
        private boolean forced;

        HeapStore(Path folder) {
            this.folder = folder;
        }

        @Override
        public void put(int ordinal, ByteBuffer record) {
            final byte[] copy = new byte[record.remaining()];
            record.duplicate().get(copy);
            remove(ordinal);
            records.put(ordinal, copy);
            bytes += copy.length;
        }

        @Override
        public boolean get(int ordinal, RecordBuffer into) {
            final byte[] record = records.get(ordinal);
            if (record == null) {
                return false;
            }
            into.reserve(record.length);
            System.arraycopy(record, 0, into.array(), 0, record.length);
            return true;
        }

        @Override
        public boolean remove(int ordinal) {
            forced = false;
            final byte[] removed = records.remove(ordinal);
            bytes -= removed == null ? 0 : removed.length;
            return removed != null;
        }

        @Override
        public long size() {
            return records.size();
        }

        @Override
        public RecordStoreFill fill() {
            return new RecordStoreFill(records.size(), bytes, 1, records.size(), bytes, 0);
        }

        @Override
        public void force() {
            forced = true;
        }

        @Override
        public void close() {
            if (forced) {
                complete.put(folder, this);
            }
        }
    }
}
