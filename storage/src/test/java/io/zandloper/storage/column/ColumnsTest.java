package io.zandloper.storage.column;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.ColumnDescriptor;
import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.format.FormatTooNewException;
import io.zandloper.storage.format.FormatTooOldException;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.row.RowTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnsTest {
    private static final int SEGMENTS = 70;
    private static final int WORDS = 2;
    private static final long NOW = 1_000;

    @TempDir
    Path parent;

    private final Catalog catalog = TestCatalogs.numbered(SEGMENTS);
    private RowTable rows;
    private Columns columns;
    private Path folder;

    @BeforeEach
    void create() {
        rows = RowTable.create(parent.resolve("rows"), SEGMENTS);
        folder = parent.resolve("columns");
        columns = Columns.create(folder, SEGMENTS);
    }

    @AfterEach
    void close() {
        columns.close();
        rows.close();
    }

    /** Columns, presence last, of a moment. */
    private record Model(BitSet[] sets) {
        static Model empty() {
            final BitSet[] sets = new BitSet[SEGMENTS + 1];
            Arrays.setAll(sets, i -> new BitSet());
            return new Model(sets);
        }

        Model copy() {
            return new Model(
                    Arrays.stream(sets).map(set -> (BitSet) set.clone()).toArray(BitSet[]::new));
        }

        void write(int ordinal, long[] bits) {
            for (int i = 0; i < SEGMENTS; i++) {
                sets[i].set(ordinal, bits != null && (bits[i >> 6] >>> i & 1) != 0);
            }
            sets[SEGMENTS].set(ordinal, bits != null);
        }

        int blocks() {
            int blocks = 0;
            for (final BitSet set : sets) {
                for (int chunk = 0; chunk <= set.length() >> 16; chunk++) {
                    blocks += set.get(chunk << 16, (chunk + 1) << 16).isEmpty() ? 0 : 1;
                }
            }
            return blocks;
        }
    }

    private void write(int ordinal, long[] bits, long nextExpiryMicros) {
        rows.ensureCapacity(ordinal);
        final RowBits before = new RowBits();
        final boolean there = rows.read(ordinal, before);
        if (bits == null) {
            if (there) {
                columns.clear(ordinal, before);
                rows.clear(ordinal);
            }
            return;
        }
        columns.update(ordinal, there ? before : null, bits, nextExpiryMicros);
        rows.write(ordinal, 1, 0, nextExpiryMicros, bits);
    }

    private FrozenColumns freeze(BitSet segments) {
        return columns.freeze(catalog, segments, 7, NOW, rows::read, ordinal -> new long[WORDS]);
    }

    private FrozenColumns freezeAll() {
        final BitSet all = new BitSet();
        all.set(0, SEGMENTS);
        return freeze(all);
    }

    private static Audience audience(String text) {
        try {
            return Audience.compile(text);
        } catch (Exception e) {
            throw new AssertionError(text, e);
        }
    }

    private BitSet members(FrozenColumns frozen, String where) {
        final BitSet members = new BitSet();
        final AudienceQuery query = AudienceQuery.of(audience(where), catalog);
        query.members(frozen).forEach((org.roaringbitmap.IntConsumer) members::set);
        assertThat(query.count(frozen)).isEqualTo(members.cardinality());
        return members;
    }

    private void check(FrozenColumns frozen, BitSet segments, Model model) {
        for (int i = segments.nextSetBit(0); i >= 0; i = segments.nextSetBit(i + 1)) {
            assertThat(members(frozen, "'s" + i + "' in segments"))
                    .as("segment %d", i)
                    .isEqualTo(model.sets[i]);
        }
        assertThat(members(frozen, "true")).as("presence").isEqualTo(model.sets[SEGMENTS]);
    }

    /** From segments of nearly nobody to segments of half of all. */
    private static long[] randomBits(Random random) {
        final long[] bits = new long[WORDS];
        for (int i = 0; i < SEGMENTS; i++) {
            final double share = 0.5 * Math.pow(0.9, i);
            if (random.nextDouble() < share) {
                bits[i >> 6] |= 1L << i;
            }
        }
        return bits;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomChangesWithFrozenVersionsAtRandomMoments(long seed) {
        final Random random = new Random(seed);
        final Model model = Model.empty();
        record Moment(FrozenColumns frozen, BitSet segments, Model model) {}
        final List<Moment> moments = new ArrayList<>();
        for (int step = 0; step < 25_000; step++) {
            // Two chunks that fill up and one that stays thin.
            final int ordinal =
                    random.nextInt(20) == 0 ? 131_072 + random.nextInt(50) * 1000 : random.nextInt(3_000) + 64_000;
            final long[] bits = random.nextInt(6) == 0 ? null : randomBits(random);
            write(ordinal, bits, Times.NEVER);
            model.write(ordinal, bits);
            if (random.nextInt(2_000) == 0) {
                final BitSet segments = new BitSet();
                for (int i = 0; i < SEGMENTS; i++) {
                    segments.set(i, random.nextInt(4) == 0);
                }
                moments.add(new Moment(freeze(segments), segments, model.copy()));
            }
            if (!moments.isEmpty() && random.nextInt(2_000) == 0) {
                final Moment moment = moments.remove(random.nextInt(moments.size()));
                check(moment.frozen, moment.segments, moment.model);
                moment.frozen.close();
                moment.frozen.close();
            }
        }
        for (final Moment moment : moments) {
            check(moment.frozen, moment.segments, moment.model);
            moment.frozen.close();
        }
        checkNow(model);
    }

    private void checkNow(Model model) {
        try (FrozenColumns now = freezeAll()) {
            final BitSet all = new BitSet();
            all.set(0, SEGMENTS);
            check(now, all, model);
            assertThat(columns.fill().blocks()).isEqualTo(model.blocks());
            assertThat(columns.fill().members())
                    .isEqualTo(Arrays.stream(model.sets)
                            .mapToLong(BitSet::cardinality)
                            .sum());
            assertThat(columns.fill().frozen()).isEqualTo(1);
        }
        assertThat(columns.fill().frozen()).isZero();
    }

    @Test
    void allRowsAtOnceAreTheSameAsOneByOne() {
        final Random random = new Random(5);
        final Model model = Model.empty();
        for (int ordinal = 0; ordinal < 70_000; ordinal++) {
            if (random.nextInt(10) > 0) {
                final long[] bits = randomBits(random);
                rows.ensureCapacity(ordinal);
                rows.write(ordinal, 1, 0, Times.NEVER, bits);
                model.write(ordinal, bits);
            }
        }
        columns.fill(70_000, rows::read);
        checkNow(model);
        final long[] bits = randomBits(random);
        write(69_999, bits, Times.NEVER);
        model.write(69_999, bits);
        write(0, null, 0);
        model.write(0, null);
        checkNow(model);
    }

    @Test
    void conjunctionsOfDenseAndSparseSegments() {
        final Random random = new Random(9);
        final Model model = Model.empty();
        for (int ordinal = 0; ordinal < 70_000; ordinal++) {
            final long[] bits = randomBits(random);
            rows.ensureCapacity(ordinal);
            rows.write(ordinal, 1, 0, Times.NEVER, bits);
            model.write(ordinal, bits);
        }
        columns.fill(70_000, rows::read);
        try (FrozenColumns frozen = freezeAll()) {
            for (int i = 0; i < 300; i++) {
                final StringBuilder where = new StringBuilder();
                final BitSet expected = (BitSet) model.sets[SEGMENTS].clone();
                for (int operand = 1 + random.nextInt(4); operand > 0; operand--) {
                    final int segment = random.nextInt(SEGMENTS);
                    final boolean negated = random.nextInt(3) == 0;
                    where.append(where.isEmpty() ? "" : " && ")
                            .append(negated ? "!" : "")
                            .append("('s" + segment + "' in segments)");
                    if (negated) {
                        expected.andNot(model.sets[segment]);
                    } else {
                        expected.and(model.sets[segment]);
                    }
                }
                assertThat(members(frozen, where.toString()))
                        .as(where.toString())
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aChangeToldTwiceIsToldOnce() {
        final long[] bits = {1L << 5 | 1L << 40, 1};
        rows.ensureCapacity(0);
        columns.update(9, null, bits, Times.NEVER);
        columns.update(9, null, bits, Times.NEVER);
        rows.write(9, 1, 0, Times.NEVER, bits);
        final Model model = Model.empty();
        model.write(9, bits);
        checkNow(model);
        final RowBits before = new RowBits();
        assertThat(rows.read(9, before)).isTrue();
        columns.clear(9, before);
        columns.clear(9, before);
        rows.clear(9);
        model.write(9, null);
        checkNow(model);
        assertThat(columns.fill().blocks()).isZero();
    }

    @Test
    void blocksAreUsedAgainAndNoMoreAreAllocatedThanAreHeld() {
        final Random random = new Random(6);
        for (int ordinal = 0; ordinal < 5_000; ordinal++) {
            write(ordinal, randomBits(random), Times.NEVER);
        }
        final ColumnFill before = columns.fill();
        for (int round = 0; round < 200; round++) {
            try (FrozenColumns frozen = freezeAll()) {
                for (int i = 0; i < 50; i++) {
                    write(random.nextInt(5_000), randomBits(random), Times.NEVER);
                }
                // One version is out: at most each block and its copy.
                assertThat(columns.fill().blocks()).isLessThanOrEqualTo(2 * before.blocks());
                assertThat(frozen.chunks()).isEqualTo(1);
            }
        }
        freezeAll().close();
        freezeAll().close();
        assertThat(columns.fill().blocks()).isEqualTo(before.blocks());
        assertThat(columns.fill().fileBytes()).isEqualTo(before.fileBytes());
    }

    @Test
    void aMemberThatComesAndGoesAtABorderDoesNotConvertEachTime() {
        final int border = ColumnDescriptor.membersMax(3);
        for (int ordinal = 0; ordinal <= border; ordinal++) {
            write(ordinal, new long[] {1, 0}, Times.NEVER);
        }
        final long usedBytes = columns.fill().usedBytes();
        write(border, new long[WORDS], Times.NEVER);
        assertThat(columns.fill().usedBytes()).isEqualTo(usedBytes);
        for (int ordinal = border - 1; ordinal >= border * 8 / 10; ordinal--) {
            write(ordinal, new long[WORDS], Times.NEVER);
        }
        assertThat(columns.fill().usedBytes()).isLessThan(usedBytes);
    }

    @Test
    void filesThatWereForcedComeBack() {
        final Random random = new Random(7);
        final Model model = Model.empty();
        for (int i = 0; i < 4_000; i++) {
            final int ordinal = random.nextInt(80_000);
            final long[] bits = randomBits(random);
            write(ordinal, bits, ordinal == 5 ? 10 : Times.NEVER);
            model.write(ordinal, bits);
        }
        final ColumnFill fill = columns.fill();
        columns.force();
        columns.close();
        columns = Columns.open(folder);
        assertThat(columns.fill()).isEqualTo(fill);
        checkNow(model);
        for (int i = 0; i < 4_000; i++) {
            final int ordinal = random.nextInt(80_000);
            final long[] bits = randomBits(random);
            write(ordinal, bits, Times.NEVER);
            model.write(ordinal, bits);
        }
        checkNow(model);
    }

    @Test
    void expiriesAreKnownAfterAReopen() {
        write(70_000, new long[] {2, 0}, NOW);
        columns.force();
        columns.close();
        columns = Columns.open(folder);
        try (FrozenColumns frozen = freezeAll()) {
            assertThat(members(frozen, "'s1' in segments")).isEqualTo(new BitSet());
            assertThat(members(frozen, "true").cardinality()).isEqualTo(1);
        }
    }

    @Test
    void rowsThatTimeHasOvertakenAreJudgedAnew() {
        write(3, new long[] {2, 0}, NOW);
        write(4, new long[] {2, 0}, NOW + 1);
        write(70_000, new long[] {2, 0}, NOW - 1);
        final BitSet all = new BitSet();
        all.set(0, SEGMENTS);
        try (FrozenColumns frozen =
                columns.freeze(catalog, all, 7, NOW, rows::read, ordinal -> new long[] {ordinal == 3 ? 0 : 4, 0})) {
            assertThat(members(frozen, "'s1' in segments").stream()).containsExactly(4);
            assertThat(members(frozen, "'s2' in segments").stream()).containsExactly(70_000);
            assertThat(members(frozen, "!('s1' in segments)").stream()).containsExactly(3, 70_000);
            assertThat(members(frozen, "true").cardinality()).isEqualTo(3);
            assertThat(frozen.sequence()).isEqualTo(7);
            assertThat(frozen.atMicros()).isEqualTo(NOW);
        }
        // Written anew, they are as they are written.
        write(3, new long[WORDS], Times.NEVER);
        write(70_000, new long[WORDS], Times.NEVER);
        try (FrozenColumns frozen = columns.freeze(catalog, all, 8, NOW, rows::read, ordinal -> {
            throw new AssertionError("nothing is overdue");
        })) {
            assertThat(members(frozen, "'s1' in segments").stream()).containsExactly(4);
        }
    }

    @Test
    void whatIsReadStaysMappedWhenEverythingIsClosed() throws InterruptedException {
        final Random random = new Random(8);
        for (int ordinal = 0; ordinal < 3_000; ordinal++) {
            write(ordinal, randomBits(random), Times.NEVER);
        }
        final Columns closing = columns;
        final FrozenColumns frozen = freezeAll();
        final AudienceQuery query =
                AudienceQuery.of(audience("'s0' in segments && !('s1' in segments) || 's9' in segments"), catalog);
        final long expected = query.count(frozen);
        final CountDownLatch reading = new CountDownLatch(1);
        final AtomicLong counts = new AtomicLong();
        final AtomicReference<Throwable> end = new AtomicReference<>();
        final Thread reader = new Thread(() -> {
            try {
                while (true) {
                    assertThat(query.count(frozen)).isEqualTo(expected);
                    counts.incrementAndGet();
                    reading.countDown();
                }
            } catch (Throwable e) {
                end.set(e);
            }
        });
        reader.start();
        reading.await();
        closing.delete();
        assertThat(folder).exists();
        frozen.close();
        reader.join();
        assertThat(end.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(counts.get()).isPositive();
        assertThat(folder).doesNotExist();
        columns = Columns.create(folder, SEGMENTS);
    }

    @Test
    void columnsThatWereNotFrozenCannotBeAsked() {
        final BitSet some = new BitSet();
        some.set(3);
        try (FrozenColumns frozen = freeze(some)) {
            assertThat(frozen.covers(some)).isTrue();
            assertThatThrownBy(() -> members(frozen, "'s4' in segments")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void noSegmentsAtAll() {
        final Catalog empty = TestCatalogs.numbered(0);
        final RowTable bare = RowTable.create(parent.resolve("bare-rows"), 0);
        final Columns counted = Columns.create(parent.resolve("bare"), 0);
        bare.ensureCapacity(1);
        bare.write(1, 1, 0, Times.NEVER, new long[0]);
        counted.fill(2, bare::read);
        counted.update(0, null, new long[0], Times.NEVER);
        try (FrozenColumns frozen = counted.freeze(empty, new BitSet(), 1, NOW, bare::read, ordinal -> new long[0])) {
            assertThat(AudienceQuery.of(audience("true"), empty).count(frozen)).isEqualTo(2);
            assertThat(AudienceQuery.of(audience("size(segments) == 0"), empty).count(frozen))
                    .isEqualTo(2);
            assertThat(AudienceQuery.of(audience("false"), empty).count(frozen)).isZero();
        }
        counted.close();
        bare.close();
    }

    @Test
    void damageAndOtherVersionsAreDifferentErrors() throws IOException {
        write(3, new long[] {2, 0}, Times.NEVER);
        columns.force();
        final Path meta = folder.resolve("columns.meta");
        final byte[] whole = Files.readAllBytes(meta);
        for (final int offset : new int[] {0, 20, whole.length - 1}) {
            final byte[] damaged = whole.clone();
            damaged[offset] ^= 1;
            Files.write(meta, damaged);
            assertThatThrownBy(() -> Columns.open(folder)).isInstanceOf(CorruptFileException.class);
        }
        final byte[] newer = whole.clone();
        newer[8]++;
        Files.write(meta, newer);
        assertThatThrownBy(() -> Columns.open(folder)).isInstanceOf(FormatTooNewException.class);
        final byte[] older = whole.clone();
        older[8]--;
        Files.write(meta, older);
        assertThatThrownBy(() -> Columns.open(folder)).isInstanceOf(FormatTooOldException.class);
        Files.write(meta, whole);
        try (RandomAccessFile blocks =
                new RandomAccessFile(folder.resolve("kind-01-00000.blocks").toFile(), "rw")) {
            blocks.setLength(blocks.length() - 1);
        }
        assertThatThrownBy(() -> Columns.open(folder)).isInstanceOf(CorruptFileException.class);
    }

    @Test
    void sizesOfBlocks() {
        assertThat(ColumnDescriptor.blockBytes(ColumnDescriptor.SMALLEST)).isEqualTo(192);
        for (int kind = ColumnDescriptor.SMALLEST; kind < ColumnDescriptor.BITS; kind++) {
            assertThat(ColumnDescriptor.blockBytes(kind)).isLessThan(ColumnDescriptor.blockBytes(kind + 1));
            assertThat(ColumnDescriptor.membersMax(kind)).isLessThan(ColumnDescriptor.membersMax(kind + 1));
        }
        assertThat(ColumnDescriptor.blockBytes(ColumnDescriptor.BITS)).isEqualTo(8_192);
        int block = 0;
        for (int file = 0; file < 12; file++) {
            final int blocks = 256 << Math.min(file, 4);
            assertThat(ColumnDescriptor.blocksOfFiles(file)).isEqualTo(block);
            assertThat(ColumnDescriptor.fileBytes(3, file)).isEqualTo(blocks * 512L);
            assertThat(ColumnDescriptor.file(block)).isEqualTo(file);
            assertThat(ColumnDescriptor.offset(3, block)).isZero();
            block += blocks;
            assertThat(ColumnDescriptor.file(block - 1)).isEqualTo(file);
            assertThat(ColumnDescriptor.offset(3, block - 1)).isEqualTo((blocks - 1) * 512L);
        }
        assertThat(ColumnDescriptor.chunks(0)).isZero();
        assertThat(ColumnDescriptor.chunks(65_536)).isEqualTo(1);
        assertThat(ColumnDescriptor.chunks(Integer.MAX_VALUE)).isEqualTo(32_768);
    }
}
