package io.zandloper.storage.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.epoch.Epochs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No file of a record store holds bytes of a record that was replaced or removed. */
final class ScrubbedRecordsTest {
    /** Repeated through a record; what follows is its number, so that each is told from all others. */
    private static final String GONE = "gone-";

    private static final String KEPT = "kept-";
    private static final int RECORDS = 2_000;

    @TempDir
    private Path folder;

    private final Epochs epochs = new Epochs();

    @ParameterizedTest(name = "from {0} bytes to {1}")
    @CsvSource({
        "700, 700", // in its place
        "700, 701",
        "700, 699",
        "700, 40", // in its place, chunks of it given back
        "700, 7000", // elsewhere
        "60, 300",
        "300, 9",
        "700, 0",
        "9000, 120"
    })
    void aReplacedRecordLeavesNothing(int lengthBefore, int lengthAfter) throws IOException {
        final RecordStore store = ChronicleRecordStore.create(folder, epochs);
        for (int i = 0; i < RECORDS; i++) {
            store.put(i, record(GONE, i, lengthBefore));
        }
        assertThat(found(GONE)).isPositive();
        for (int i = 0; i < RECORDS; i++) {
            store.put(i, record(KEPT, i, lengthAfter));
            epochs.reclaim();
        }
        assertThat(found(GONE)).isZero();
        store.force();
        store.close();
        assertThat(found(GONE)).isZero();
    }

    @Test
    void aRemovedRecordLeavesNothing() throws IOException {
        final RecordStore store = ChronicleRecordStore.create(folder, epochs);
        for (int i = 0; i < RECORDS; i++) {
            store.put(i, record(i % 3 == 0 ? KEPT : GONE, i, 50 + i));
        }
        for (int i = 0; i < RECORDS; i++) {
            if (i % 3 != 0) {
                assertThat(store.remove(i)).isTrue();
            }
        }
        assertThat(found(GONE)).isZero();
        assertThat(found(KEPT)).isPositive();
        store.close();
    }

    @Test
    void changesInAnyOrderLeaveOnlyWhatIsStored() throws IOException {
        final long seed = System.nanoTime();
        System.out.println("ScrubbedRecordsTest.changesInAnyOrder seed=" + seed);
        final Random random = new Random(seed);
        final RecordStore store = ChronicleRecordStore.create(folder, epochs);
        final int[] lengths = new int[RECORDS];
        for (int step = 0; step < 20 * RECORDS; step++) {
            final int ordinal = random.nextInt(RECORDS);
            if (random.nextInt(5) == 0) {
                store.remove(ordinal);
            } else {
                // Some long enough to fill segments of the map, so that it takes further ones and is replaced.
                final int length = random.nextInt(40) == 0 ? random.nextInt(30_000) : random.nextInt(1_000);
                store.put(ordinal, record(GONE, ordinal, length));
            }
            epochs.reclaim();
        }
        for (int ordinal = 0; ordinal < RECORDS; ordinal++) {
            lengths[ordinal] = random.nextInt(900);
            store.put(ordinal, record(KEPT, ordinal, lengths[ordinal]));
            epochs.reclaim();
        }
        assertThat(found(GONE)).isZero();
        final RecordBuffer buffer = new RecordBuffer();
        for (int ordinal = 0; ordinal < RECORDS; ordinal++) {
            assertThat(store.get(ordinal, buffer)).isTrue();
            assertThat(buffer.buffer()).isEqualTo(record(KEPT, ordinal, lengths[ordinal]));
        }
        store.close();
    }

    @Test
    void aRefusedReplacementLeavesTheRecordAsItWas() {
        final RecordRange range =
                RecordRange.create(folder.resolve("small.map"), new RangeSize(RangeSize.RECORDS_MIN, 100_000));
        final RecordBuffer small = buffer(record(KEPT, 1, 500));
        final RecordBuffer large = buffer(record(KEPT, 2, RecordStore.RECORD_BYTES_MAX));
        final List<Integer> ordinals = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int ordinal = 0; ordinal < RangeSize.RECORDS_MIN; ordinal++) {
                        range.put(ordinal, small);
                        ordinals.add(ordinal);
                        range.put(ordinal, large);
                    }
                })
                .isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class);
        final int refused = ordinals.get(ordinals.size() - 1);
        final RecordBuffer read = new RecordBuffer();
        assertThat(range.get(refused, read)).isTrue();
        assertThat(read.buffer()).isEqualTo(small.buffer());
        range.close();
    }

    private static RecordBuffer buffer(ByteBuffer record) {
        final RecordBuffer buffer = new RecordBuffer();
        buffer.reserve(record.remaining());
        record.get(0, buffer.array(), 0, record.remaining());
        return buffer;
    }

    private static ByteBuffer record(String mark, int number, int length) {
        final byte[] text = (mark + number + ' ').getBytes(StandardCharsets.US_ASCII);
        final byte[] record = new byte[length];
        for (int at = 0; at < length; at += text.length) {
            System.arraycopy(text, 0, record, at, Math.min(text.length, length - at));
        }
        return ByteBuffer.wrap(record);
    }

    /** How often a mark stands in the files of the store. */
    private long found(String mark) throws IOException {
        final byte[] text = mark.getBytes(StandardCharsets.US_ASCII);
        long found = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                final byte[] bytes = Files.readAllBytes(file);
                for (int at = 0; at + text.length <= bytes.length; at++) {
                    if (bytes[at] == text[0] && Arrays.equals(bytes, at, at + text.length, text, 0, text.length)) {
                        found++;
                    }
                }
            }
        }
        return found;
    }
}
