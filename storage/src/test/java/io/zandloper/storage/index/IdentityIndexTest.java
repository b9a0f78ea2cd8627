package io.zandloper.storage.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.format.BucketDescriptor;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityIndexTest {
    /** Enough that every sub-table of the first is split several times. */
    private static final int MANY = 150_000;

    private final Epochs epochs = new Epochs();

    @TempDir
    Path folder;

    private IdentityIndex index;

    @BeforeEach
    void create() {
        index = IdentityIndex.create(folder, epochs);
    }

    @AfterEach
    void close() {
        index.close();
    }

    @Test
    void whatWasNeverPutIsNotFound() {
        assertThat(index.find(0, 0)).isEqualTo(IdentityIndex.ABSENT);
        assertThat(index.remove(0, 0)).isFalse();
        assertThat(index.size()).isZero();
    }

    @Test
    void leadsToTheOrdinalPutLast() {
        index.put(1, 2, 0);
        assertThat(index.find(1, 2)).isZero();
        index.put(1, 2, IdentityIndex.ORDINAL_MAX);
        assertThat(index.find(1, 2)).isEqualTo(IdentityIndex.ORDINAL_MAX);
        assertThat(index.size()).isEqualTo(1);
    }

    @Test
    void aRemovedIdentityIsGoneAndMayComeBack() {
        index.put(1, 2, 7);
        assertThat(index.remove(1, 2)).isTrue();
        assertThat(index.remove(1, 2)).isFalse();
        assertThat(index.find(1, 2)).isEqualTo(IdentityIndex.ABSENT);
        assertThat(index.size()).isZero();
        assertThat(index.fill().removed()).isEqualTo(1);
        index.put(1, 2, 8);
        assertThat(index.find(1, 2)).isEqualTo(8);
        assertThat(index.size()).isEqualTo(1);
        assertThat(index.fill().removed()).isZero();
    }

    @Test
    void aHashOfZeroIsAHashLikeAnyOther() {
        index.put(0, 0, 3);
        assertThat(index.find(0, 0)).isEqualTo(3);
        assertThat(index.find(0, 1)).isEqualTo(IdentityIndex.ABSENT);
    }

    @Test
    void bucketsFlowOverIntoTheNextAndAroundTheEnd() {
        final long lastBucket = (long) BucketDescriptor.BUCKET_MASK << Integer.SIZE;
        for (int i = 0; i < 23; i++) {
            index.put(lastBucket, i, i);
        }
        for (int i = 0; i < 23; i++) {
            assertThat(index.find(lastBucket, i)).isEqualTo(i);
        }
        assertThat(index.find(lastBucket, 23)).isEqualTo(IdentityIndex.ABSENT);
        assertThat(index.remove(lastBucket, 11)).isTrue();
        assertThat(index.find(lastBucket, 22)).isEqualTo(22);
    }

    @Test
    void refusesWhatIsNoOrdinal() {
        assertThatThrownBy(() -> index.put(0, 0, -1)).hasMessageEndingWith("ordinal=-1");
        assertThatThrownBy(() -> index.put(0, 0, Integer.MAX_VALUE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void behavesLikeAMapThroughSplitsRemovalsAndReopenings() {
        final long seed = System.nanoTime();
        System.out.println("IdentityIndexTest.behavesLikeAMap seed=" + seed);
        final Random random = new Random(seed);
        final Map<Integer, Integer> model = new HashMap<>();
        for (int step = 0; step < 4 * MANY; step++) {
            final int key = random.nextInt(MANY);
            if (random.nextInt(4) > 0) {
                final int ordinal = random.nextInt(Integer.MAX_VALUE);
                index.put(high(key), low(key), ordinal);
                model.put(key, ordinal);
            } else {
                assertThat(index.remove(high(key), low(key))).isEqualTo(model.remove(key) != null);
            }
            if (step % 200_000 == 100_000) {
                final IndexFill before = index.fill();
                reopen();
                assertThat(index.fill()).isEqualTo(before);
            }
            epochs.reclaim();
        }
        assertThat(index.size()).isEqualTo(model.size());
        assertThat(index.fill().tables()).isGreaterThan(8);
        for (int key = 0; key < MANY; key++) {
            assertThat(index.find(high(key), low(key))).isEqualTo(model.getOrDefault(key, IdentityIndex.ABSENT));
        }
    }

    @Test
    void comingAndGoingForEverTakesNoMoreRoom() {
        for (int key = 0; key < 20 * BucketDescriptor.SLOTS_PER_TABLE; key++) {
            index.put(high(key), low(key), key);
            if (key >= 1_000) {
                assertThat(index.remove(high(key - 1_000), low(key - 1_000))).isTrue();
            }
            epochs.reclaim();
        }
        assertThat(index.size()).isEqualTo(1_000);
        assertThat(index.fill().tables()).isEqualTo(1);
        assertThat(index.fill().fileBytes()).isEqualTo(TableSpace.fileBytes(1));
    }

    @Test
    void spaceIsNotUsedAgainBeforeReadersHavePassed() {
        final Epochs.Slot reader = epochs.register();
        reader.enter();
        fill(0, MANY);
        epochs.reclaim();
        assertThat(epochs.pending()).isPositive();
        reader.leave();
        epochs.reclaim();
        assertThat(epochs.pending()).isZero();
        final long bytes = index.fill().fileBytes();
        fill(MANY, MANY + MANY / 2);
        assertThat(index.fill().fileBytes()).isEqualTo(bytes);
    }

    @Test
    void growsBeyondTheFirstFiles() {
        final int count = 700_000;
        fill(0, count);
        assertThat(index.fill().fileBytes()).isGreaterThan(TableSpace.fileBytes(1));
        reopen();
        for (int key = 0; key < count; key++) {
            if (index.find(high(key), low(key)) != key) {
                throw new AssertionError("lost: key=" + key);
            }
        }
    }

    @Test
    void refusesDamagedFiles() throws IOException {
        index.force();
        final Path meta = folder.resolve("index.meta");
        final byte[] whole = Files.readAllBytes(meta);
        whole[8] = 3;
        Files.write(meta, whole);
        assertThatThrownBy(() -> IdentityIndex.open(folder, epochs))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessageContaining(meta.toString());
        whole[8] = 2;
        whole[20] ^= 1;
        Files.write(meta, whole);
        assertThatThrownBy(() -> IdentityIndex.open(folder, epochs))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(meta.toString());
        whole[20] ^= 1;
        Files.write(meta, whole);
        final Path chunk = folder.resolve("addresses-00000.chunk");
        Files.write(chunk, new byte[10]);
        assertThatThrownBy(() -> IdentityIndex.open(folder, epochs))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(chunk.toString());
    }

    /** The bytes of version 2, as they were when it was first released. */
    @Test
    void theGoldenBucketOfVersion2() throws IOException {
        index.put(0x00000003_00000000L, 0x0102030405060708L, 0x11);
        index.put(0xabcd0803_ffffffffL, 0x1112131415161718L, 0x12);
        index.remove(0x00000003_00000000L, 0x0102030405060708L);
        index.force();
        final byte[] buckets = Files.readAllBytes(folder.resolve("buckets-00000.chunk"));
        assertThat(HexFormat.of().formatHex(buckets, 3 * 64, 4 * 64))
                .isEqualTo("02000000" + "ffffffff" + "13000000" + "00".repeat(12) + "0807060504030201"
                        + "1817161514131211" + "00".repeat(24));
        final byte[] addresses = Files.readAllBytes(folder.resolve("addresses-00000.chunk"));
        assertThat(HexFormat.of().formatHex(addresses, 60, 68)).isEqualTo("03000000" + "0308cdab");
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(folder.resolve("index.meta"))))
                .isEqualTo("5a4e444c494e4458" + "02000000" + "1c000000" + "00000000" + "01000000" + "01000000"
                        + "00000000" + "00000000" + "02000000" + "01000000" + "3e406baa");
    }

    private void fill(int from, int to) {
        for (int key = from; key < to; key++) {
            index.put(high(key), low(key), key);
        }
    }

    private void reopen() {
        index.force();
        index.close();
        index = IdentityIndex.open(folder, epochs);
    }

    /** Well mixed, as the identity's hash is. */
    static long high(int key) {
        return mix(2L * key);
    }

    static long low(int key) {
        return mix(2L * key + 1);
    }

    private static long mix(long value) {
        long mixed = (value + 1) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
