package io.zandloper.storage.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.RowDescriptor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowTableTest {
    private static final int SEGMENTS = 100;
    private static final long NEVER = Long.MAX_VALUE;

    @TempDir
    Path parent;

    private Path folder;
    private RowTable table;
    private final RowBits bits = new RowBits();

    @BeforeEach
    void create() {
        folder = parent.resolve("rows");
        table = RowTable.create(folder, SEGMENTS);
        table.ensureCapacity(0);
    }

    @AfterEach
    void close() {
        table.close();
    }

    @ParameterizedTest
    @CsvSource({"0, 32", "1, 32", "64, 32", "65, 64", "320, 64", "321, 96", "1024, 160", "4096, 544"})
    void widths(int segments, int bytes) {
        assertThat(RowDescriptor.widthBytes(segments)).isEqualTo(bytes);
    }

    @Test
    void aRowThatWasNeverWrittenIsNotThere() {
        assertThat(table.read(5, bits)).isFalse();
        assertThat(table.test(5, 0, 0)).isEqualTo(-1);
        assertThat(table.read(table.capacity(), bits)).isFalse();
        assertThat(table.test(table.capacity(), 0, 0)).isEqualTo(-1);
        assertThat(table.nextExpiryMicros(5)).isEqualTo(Long.MAX_VALUE);
        assertThat(table.nextExpiryMicros(table.capacity())).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aRowComesBackAsItWasWritten() {
        table.write(5, 77, 0b1011, 1000, new long[] {1L << 63 | 2, 1L << 35});
        assertThat(table.read(5, bits)).isTrue();
        assertThat(bits.sequence()).isEqualTo(77);
        assertThat(bits.purposes()).isEqualTo(0b1011);
        assertThat(bits.nextExpiryMicros()).isEqualTo(1000);
        assertThat(table.nextExpiryMicros(5)).isEqualTo(1000);
        assertThat(bits.wordCount()).isEqualTo(2);
        assertThat(bits.word(0)).isEqualTo(1L << 63 | 2);
        assertThat(bits.isSet(1)).isTrue();
        assertThat(bits.isSet(2)).isFalse();
        assertThat(bits.isSet(63)).isTrue();
        assertThat(bits.isSet(99)).isTrue();
        assertThat(bits.isSet(100_000)).isFalse();
        assertThat(table.read(4, bits)).isFalse();
        assertThat(table.read(6, bits)).isFalse();
    }

    @Test
    void aSingleBitIsTestedUntilTheNextExpiry() {
        table.write(5, 77, 0, 1000, new long[] {0b10, 1L << 35});
        assertThat(table.test(5, 1, 999)).isEqualTo(1);
        assertThat(table.test(5, 0, 999)).isZero();
        assertThat(table.test(5, 99, 999)).isEqualTo(1);
        assertThat(table.test(5, 1, 1000)).isEqualTo(-1);
        assertThat(table.test(5, 0, 1000)).isEqualTo(-1);
        table.write(5, 78, 0, NEVER, new long[] {0b10, 0});
        assertThat(table.test(5, 1, Long.MAX_VALUE - 1)).isEqualTo(1);
    }

    @Test
    void aClearedRowIsGoneAndSoIsItsContent() throws IOException {
        table.write(5, 77, 3, 1000, new long[] {-1, -1});
        table.clear(5);
        assertThat(table.read(5, bits)).isFalse();
        assertThat(table.test(5, 1, 0)).isEqualTo(-1);
        final int width = RowDescriptor.widthBytes(SEGMENTS);
        try (RandomAccessFile file = new RandomAccessFile(chunk(0).toFile(), "r")) {
            final byte[] row = new byte[width - Integer.BYTES];
            file.seek(5L * width + Integer.BYTES);
            file.readFully(row);
            assertThat(row).containsOnly(0);
        }
        table.write(5, 79, 0, NEVER, new long[] {0, 0});
        assertThat(table.read(5, bits)).isTrue();
    }

    @Test
    void filesAreAddedAndAllocatedInFull() throws IOException {
        table.ensureCapacity(2 * RowTable.ORDINALS_PER_CHUNK);
        assertThat(table.capacity()).isEqualTo(3 * RowTable.ORDINALS_PER_CHUNK);
        final long bytes = (long) RowTable.ORDINALS_PER_CHUNK * RowDescriptor.widthBytes(SEGMENTS);
        for (int i = 0; i < 3; i++) {
            assertThat(Files.size(chunk(i))).isEqualTo(bytes);
        }
        assertThat(table.sizeBytes()).isEqualTo(3 * bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 321, 4096})
    void behavesLikeAMapAcrossAReopening(int segments) {
        final long seed = System.nanoTime();
        System.out.println("RowTableTest.behavesLikeAMap segments=" + segments + " seed=" + seed);
        final Random random = new Random(seed);
        final Path path = parent.resolve("model");
        RowTable rows = RowTable.create(path, segments);
        final int words = RowDescriptor.wordCount(segments);
        final int count = RowTable.ORDINALS_PER_CHUNK + 500;
        final long[][] model = new long[count][];
        for (int step = 0; step < 20_000; step++) {
            final int ordinal = random.nextBoolean() ? random.nextInt(500) : count - 1 - random.nextInt(500);
            rows.ensureCapacity(ordinal);
            if (random.nextInt(10) == 0) {
                rows.clear(ordinal);
                model[ordinal] = null;
            } else {
                model[ordinal] = random.longs(words).toArray();
                rows.write(ordinal, step, step & RowDescriptor.PURPOSES_MASK, -step, model[ordinal]);
            }
            if (step == 10_000) {
                rows.force();
                rows.close();
                rows = RowTable.open(path);
                assertThat(rows.segmentCount()).isEqualTo(segments);
            }
        }
        for (int ordinal = 0; ordinal < count; ordinal++) {
            assertThat(rows.read(ordinal, bits)).isEqualTo(model[ordinal] != null);
            for (int i = 0; model[ordinal] != null && i < words; i++) {
                assertThat(bits.word(i)).isEqualTo(model[ordinal][i]);
            }
        }
        rows.delete();
        assertThat(path).doesNotExist();
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        table.force();
        final Path meta = folder.resolve("rows.meta");
        final byte[] whole = Files.readAllBytes(meta);
        Files.write(chunk(0), new byte[10]);
        assertThatThrownBy(() -> RowTable.open(folder))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(chunk(0).toString());
        whole[8] = 9;
        Files.write(meta, whole);
        assertThatThrownBy(() -> RowTable.open(folder))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessageContaining(meta.toString());
        whole[8] = 1;
        whole[20] ^= 1;
        Files.write(meta, whole);
        assertThatThrownBy(() -> RowTable.open(folder))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(meta.toString());
    }

    /** The bytes of version 1, as they were when it was first released. */
    @Test
    void theGoldenRowOfVersion1() throws IOException {
        table.write(1, 0x0102030405060708L, 0b1101, 0x1112131415161718L, new long[] {0x2122232425262728L, 0xfL});
        final byte[] row = new byte[RowDescriptor.widthBytes(SEGMENTS)];
        try (RandomAccessFile file = new RandomAccessFile(chunk(0).toFile(), "r")) {
            file.seek(row.length);
            file.readFully(row);
        }
        assertThat(HexFormat.of().formatHex(row))
                .isEqualTo("02000000" + "0d000080" + "0807060504030201" + "1817161514131211" + "2827262524232221"
                        + "0f00000000000000" + "00".repeat(24));
        table.force();
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(folder.resolve("rows.meta"))))
                .isEqualTo("5a4e444c524f5753" + "01000000" + "08000000" + "64000000" + "01000000" + "84a103ec");
    }

    private Path chunk(int number) {
        return folder.resolve(String.format(Locale.ROOT, "rows-%05d.chunk", number));
    }
}
