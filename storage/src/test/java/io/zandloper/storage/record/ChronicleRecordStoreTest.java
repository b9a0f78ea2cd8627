package io.zandloper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
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
    void growsFromTheSmallestMapToAFullRange() throws IOException {
        final int count = RangeSize.RECORDS_MAX;
        for (int i = 0; i < count; i++) {
            put(i, bytes(200, i));
            epochs.reclaim();
        }
        assertThat(store.size()).isEqualTo(count);
        assertThat(store.fill().ranges()).isEqualTo(1);
        assertThat(store.fill().rebuilds()).isEqualTo(2);
        assertThat(mapFiles()).containsExactly("range-00000-00002.map");
        for (int i = 0; i < count; i += 97) {
            check(i, bytes(200, i));
        }
        put(count, bytes(200, 1));
        put(0, bytes(300, 1));
        assertThat(store.fill().ranges()).isEqualTo(2);
        assertThat(store.fill().rebuilds()).isEqualTo(2);
    }

    @Test
    void growsWhenRecordsAreLongerThanAnySeenBefore() {
        final byte[] record = bytes(100_000, 1);
        for (int i = 0; i < 2_000; i++) {
            ByteBuffer.wrap(record).putInt(0, i);
            put(i, record);
            epochs.reclaim();
        }
        for (int i = 0; i < 2_000; i++) {
            ByteBuffer.wrap(record).putInt(0, i);
            check(i, record);
        }
    }

    @Test
    void growsWhenTheRecordsOfAFullMapGetLonger() {
        for (int i = 0; i < RangeSize.RECORDS_MIN; i++) {
            put(i, bytes(50, i));
        }
        for (final int length : new int[] {1_000, 3_000, 20}) {
            for (int i = 0; i < RangeSize.RECORDS_MIN; i++) {
                put(i, bytes(length, i));
                epochs.reclaim();
            }
            for (int i = 0; i < RangeSize.RECORDS_MIN; i += 7) {
                check(i, bytes(length, i));
            }
        }
        assertThat(store.size()).isEqualTo(RangeSize.RECORDS_MIN);
        assertThat(store.fill().recordBytes()).isEqualTo(20L * RangeSize.RECORDS_MIN);
    }

    @Test
    void aReplacedMapIsKeptWhileAReaderMayHoldItAndDeletedAtTheNextOpening() throws IOException {
        final Epochs.Slot reader = epochs.register();
        reader.enter();
        for (int i = 0; i <= RangeSize.RECORDS_MIN; i++) {
            put(i, bytes(10, i));
            epochs.reclaim();
        }
        assertThat(mapFiles()).containsExactly("range-00000-00000.map", "range-00000-00001.map");
        store.force();
        store.close();
        store = open(folder);
        assertThat(mapFiles()).containsExactly("range-00000-00001.map");
        assertThat(get(RangeSize.RECORDS_MIN)).isEqualTo(bytes(10, RangeSize.RECORDS_MIN));
        reader.close();
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        put(0, bytes(10, 1));
        store.force();
        store.close();
        final Path meta = folder.resolve("records.meta");
        final Path map = folder.resolve("range-00000-00000.map");
        final byte[] whole = Files.readAllBytes(meta);
        whole[8] = 3;
        Files.write(meta, whole);
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessageContaining(meta.toString());
        whole[8] = 2;
        Files.write(meta, whole);
        final byte[] wholeMap = Files.readAllBytes(map);
        Files.write(map, Arrays.copyOf(wholeMap, 100));
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(map.toString());
        Files.delete(map);
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(CorruptFileException.class)
                .hasMessage("The file " + map + " is corrupt: it is missing.");
        Files.write(map, wholeMap);
        store = open(folder);
        assertThat(get(0)).isEqualTo(bytes(10, 1));
    }

    /** Every record tells its ordinal and its length, and repeats one byte: a reader sees whether it is whole. */
    @Test
    void readersSeeWholeRecordsWhileTheWriterReplacesThemAndTheirMaps() throws Exception {
        final int count = 3 * RangeSize.RECORDS_MIN;
        final long seed = System.nanoTime();
        System.out.println("ChronicleRecordStoreTest.readersSeeWholeRecords seed=" + seed);
        final Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            store.put(i, telling(i, random));
        }
        final AtomicBoolean done = new AtomicBoolean();
        final ExecutorService threads = Executors.newFixedThreadPool(2);
        final List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            final Random readersRandom = new Random(seed + i);
            readers.add(threads.submit(() -> read(epochs.register(), readersRandom, done)));
        }
        try {
            for (int i = 1_000; i < count; i++) {
                store.put(i, telling(i, random));
                store.put(random.nextInt(1_000), telling(-1, random));
                epochs.reclaim();
            }
        } finally {
            done.set(true);
        }
        for (final Future<Long> reader : readers) {
            assertThat(reader.get()).isPositive();
        }
        threads.shutdown();
        assertThat(store.fill().rebuilds()).isPositive();
    }

    private long read(Epochs.Slot slot, Random random, AtomicBoolean done) {
        final RecordBuffer record = new RecordBuffer();
        long read = 0;
        while (!done.get()) {
            slot.enter();
            for (int i = 0; i < 16; i++) {
                if (!store.get(random.nextInt(1_000), record)) {
                    throw new AssertionError("lost");
                }
                final byte first = record.array()[Integer.BYTES];
                for (int at = Integer.BYTES; at < record.length(); at++) {
                    if (record.array()[at] != first) {
                        throw new AssertionError("torn: at=" + at + " length=" + record.length());
                    }
                }
                if (record.buffer().getInt(0) != record.length()) {
                    throw new AssertionError("cut: length=" + record.length());
                }
                read++;
            }
            slot.leave();
        }
        slot.close();
        return read;
    }

    private static ByteBuffer telling(int seed, Random random) {
        final int length = 5 + random.nextInt(1_000);
        final ByteBuffer record = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(length);
        final byte filler = (byte) (seed + random.nextInt());
        while (record.hasRemaining()) {
            record.put(filler);
        }
        return record.flip();
    }

    private List<String> mapFiles() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".map"))
                    .sorted()
                    .toList();
        }
    }
}
