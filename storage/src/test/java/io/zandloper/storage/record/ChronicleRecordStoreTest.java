package io.zandloper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChronicleRecordStoreTest extends RecordStoreContract {
    @Override
    RecordStore create(Path path) {
        return ChronicleRecordStore.create(path, epochs);
    }

    @Override
    RecordStore open(Path path) {
        return ChronicleRecordStore.open(path, epochs);
    }

    @Test
    void growsFromTheSmallestMapToAFullRange() {
        final int count = RangeSize.RECORDS_MAX;
        for (int i = 0; i < count; i++) {
            put(i, bytes(200, i));
            epochs.reclaim();
        }
        assertThat(store.size()).isEqualTo(count);
        assertThat(store.fill().ranges()).isEqualTo(1);
        assertThat(store.fill().rebuilds()).isPositive();
        for (int i = 0; i < count; i += 97) {
            check(i, bytes(200, i));
        }
        put(count, bytes(10, 1));
        assertThat(store.fill().ranges()).isEqualTo(2);
        System.out.println(store.fill());
    }

    @Test
    void growsWhenRecordsAreLongerThanAnySeenBefore() {
        final byte[] record = bytes(100_000, 1);
        for (int i = 0; i < 2_000; i++) {
            ByteBuffer.wrap(record).putInt(0, i);
            put(i, record);
            epochs.reclaim();
        }
        System.out.println(store.fill());
        for (int i = 0; i < 2_000; i++) {
            ByteBuffer.wrap(record).putInt(0, i);
            check(i, record);
        }
    }
}
