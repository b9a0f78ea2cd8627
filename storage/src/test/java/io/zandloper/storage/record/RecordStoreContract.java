package io.zandloper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.epoch.Epochs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link RecordStore} must do; a subclass says how one is made. */
abstract class RecordStoreContract {
    final Epochs epochs = new Epochs();

    @TempDir
    Path folder;

    RecordStore store;
    final RecordBuffer buffer = new RecordBuffer();

    abstract RecordStore create(Path folder);

    abstract RecordStore open(Path folder);

    @BeforeEach
    void createStore() {
        store = create(folder);
    }

    @AfterEach
    void closeStore() {
        store.close();
        epochs.reclaimAll();
    }

    @Test
    void whatWasNeverPutIsNotThere() {
        assertThat(store.get(0, buffer)).isFalse();
        assertThat(store.get(Integer.MAX_VALUE, buffer)).isFalse();
        assertThat(store.remove(7)).isFalse();
        assertThat(store.size()).isZero();
    }

    @Test
    void aRecordComesBackAsItWasPut() {
        put(3, bytes(300, 1));
        assertThat(get(3)).isEqualTo(bytes(300, 1));
        assertThat(buffer.buffer().remaining()).isEqualTo(300);
        assertThat(store.get(2, buffer)).isFalse();
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void anEmptyRecordIsARecord() {
        put(0, new byte[0]);
        assertThat(store.get(0, buffer)).isTrue();
        assertThat(buffer.length()).isZero();
    }

    @Test
    void onlyTheBytesBetweenPositionAndLimitArePut() {
        final ByteBuffer record = ByteBuffer.wrap(bytes(100, 1)).position(10).limit(30);
        store.put(1, record);
        assertThat(get(1)).isEqualTo(Arrays.copyOfRange(bytes(100, 1), 10, 30));
        assertThat(record.position()).isEqualTo(10);
        assertThat(record.remaining()).isEqualTo(20);
    }

    @Test
    void aLaterRecordTakesThePlaceOfAnEarlierOne() {
        for (final int length : new int[] {100, 100, 5000, 10, 100_000, 1}) {
            put(5, bytes(length, length));
            assertThat(get(5)).isEqualTo(bytes(length, length));
        }
        assertThat(store.size()).isEqualTo(1);
        assertThat(store.fill().recordBytes()).isEqualTo(1);
    }

    @Test
    void aRemovedRecordIsGoneAndMayComeBack() {
        put(5, bytes(100, 1));
        assertThat(store.remove(5)).isTrue();
        assertThat(store.get(5, buffer)).isFalse();
        assertThat(store.remove(5)).isFalse();
        assertThat(store.fill().recordBytes()).isZero();
        put(5, bytes(200, 2));
        assertThat(get(5)).isEqualTo(bytes(200, 2));
    }

    @Test
    void aLongRecordAfterAShortOneInTheSameBuffer() {
        put(1, bytes(10, 1));
        put(2, bytes(RecordStore.RECORD_BYTES_MAX, 2));
        assertThat(get(1)).isEqualTo(bytes(10, 1));
        assertThat(get(2)).isEqualTo(bytes(RecordStore.RECORD_BYTES_MAX, 2));
        assertThat(get(1)).isEqualTo(bytes(10, 1));
    }

    @Test
    void refusesWhatItCannotHold() {
        assertThatThrownBy(() -> put(-1, new byte[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("ordinal=-1");
        assertThatThrownBy(() -> put(0, new byte[RecordStore.RECORD_BYTES_MAX + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("length=" + (RecordStore.RECORD_BYTES_MAX + 1));
    }

    @Test
    void ordinalsFarApart() {
        put(0, bytes(10, 1));
        put(600_000, bytes(10, 2));
        assertThat(get(0)).isEqualTo(bytes(10, 1));
        assertThat(get(600_000)).isEqualTo(bytes(10, 2));
        assertThat(store.get(300_000, buffer)).isFalse();
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void isThereAgainAfterAReopening() {
        for (int i = 0; i < 1000; i++) {
            put(i, bytes(i, i));
        }
        store.remove(17);
        final RecordStoreFill before = store.fill();
        store.force();
        store.close();
        store = open(folder);
        for (int i = 0; i < 1000; i++) {
            if (i != 17) {
                assertThat(get(i)).isEqualTo(bytes(i, i));
            }
        }
        assertThat(store.get(17, buffer)).isFalse();
        assertThat(store.size()).isEqualTo(999);
        assertThat(store.fill().recordBytes()).isEqualTo(before.recordBytes());
        put(1000, bytes(5, 5));
        assertThat(get(1000)).isEqualTo(bytes(5, 5));
    }

    @Test
    void behavesLikeAMap() {
        final long seed = System.nanoTime();
        System.out.println("RecordStoreContract.behavesLikeAMap seed=" + seed);
        final Random random = new Random(seed);
        final Map<Integer, byte[]> model = new HashMap<>();
        for (int step = 0; step < 60_000; step++) {
            final int ordinal = random.nextInt(20_000);
            final int what = random.nextInt(100);
            if (what < 70) {
                final int length = random.nextInt(50) == 0 ? random.nextInt(20_000) : random.nextInt(800);
                final byte[] record = bytes(length, random.nextInt());
                put(ordinal, record);
                model.put(ordinal, record);
            } else if (what < 80) {
                assertThat(store.remove(ordinal)).isEqualTo(model.remove(ordinal) != null);
            } else {
                check(ordinal, model.get(ordinal));
            }
            if (step == 30_000) {
                store.force();
                store.close();
                store = open(folder);
            }
            epochs.reclaim();
        }
        for (int ordinal = 0; ordinal < 20_000; ordinal++) {
            check(ordinal, model.get(ordinal));
        }
        assertThat(store.size()).isEqualTo(model.size());
        assertThat(store.fill().recordBytes())
                .isEqualTo(model.values().stream().mapToLong(r -> r.length).sum());
    }

    void check(int ordinal, byte[] expected) {
        assertThat(store.get(ordinal, buffer)).isEqualTo(expected != null);
        if (expected != null && !Arrays.equals(buffer.array(), 0, buffer.length(), expected, 0, expected.length)) {
            throw new AssertionError("another record: ordinal=" + ordinal + " length=" + buffer.length()
                    + " expectedLength=" + expected.length);
        }
    }

    void put(int ordinal, byte[] record) {
        store.put(ordinal, ByteBuffer.wrap(record));
    }

    byte[] get(int ordinal) {
        assertThat(store.get(ordinal, buffer)).isTrue();
        return Arrays.copyOf(buffer.array(), buffer.length());
    }

    /** Bytes that tell their own content: the same seed, the same bytes. */
    static byte[] bytes(int length, int seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
