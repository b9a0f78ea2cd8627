package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.Columns;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.row.RowTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.roaringbitmap.buffer.MutableRoaringBitmap;

/**
 * P8: how many are in two segments and not in a third, against RoaringBitmap on the heap and against a scan of all rows;
 * and what it costs to keep the columns that are counted.
 */
final class AudienceRows {
    /** Shares of all profiles that a segment has. */
    private static final double[] SHARES = {0.5, 0.1, 0.01, 0.001};

    private static final String LIBRARY = "RoaringBitmap's cardinality";
    private static final int SEGMENTS_A_SHARE = 3;
    private static final int SEGMENTS = SHARES.length * SEGMENTS_A_SHARE;
    private static final long COUNTED_NANOS_MIN = 20_000_000;
    private static final int WRITES = 200_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int runs;
    private final Rounds rounds;
    private final PrintWriter out;

    AudienceRows(int runs, PrintWriter out) {
        this.runs = runs;
        this.rounds = new Rounds(runs);
        this.out = out;
    }

    /**
     * @param filled with {@link BenchProfiles}
     * @param profiles how many
     */
    List<Comparison> run(BenchFolder folder, BenchStorage filled, int profiles) throws IOException {
        final List<Comparison> rows = new ArrayList<>();
        rows.addAll(stored(filled.storage(), profiles));
        rows.addAll(synthetic(folder, profiles));
        return rows;
    }

    /** Over what is stored; a segment has one of 64 profiles. */
    private List<Comparison> stored(Storage storage, int profiles) {
        final Catalog catalog = storage.catalog();
        final AudienceQuery query =
                query(BenchProfiles.segmentId(1), BenchProfiles.segmentId(2), BenchProfiles.segmentId(3), catalog);
        final int[] bits = {1, 2, 3};
        final MutableRoaringBitmap[] heap = new MutableRoaringBitmap[bits.length];
        final LongSupplier asked = () -> {
            try (FrozenColumns frozen =
                    storage.freeze(catalog, query.segments()).join()) {
                return query.count(frozen);
            }
        };
        try (FrozenColumns frozen = storage.freeze(catalog, query.segments()).join();
                StorageReader reader = storage.newReader()) {
            for (int i = 0; i < bits.length; i++) {
                heap[i] = members(BenchProfiles.segmentId(bits[i]), catalog, frozen);
            }
            return List.of(
                    rounds.compareEqual(
                            "P8",
                            "count of A and B and not C, stored profiles",
                            () -> counted(() -> query.count(frozen)),
                            LIBRARY,
                            () -> counted(() -> byLibrary(heap[0], heap[1], heap[2])),
                            "counts/s"),
                    rounds.compareEqual(
                            "P8",
                            "the same with freezing by the writer",
                            () -> counted(asked),
                            "a scan of all rows",
                            () -> counted(() -> byScan(reader, bits, profiles)),
                            "counts/s"));
        }
    }

    private List<Comparison> synthetic(BenchFolder folder, int profiles) throws IOException {
        final Catalog catalog = BenchProfiles.compiled(BenchProfiles.catalogSource());
        final List<Comparison> rows = new ArrayList<>();
        final Columns columns = Columns.create(folder.file("columns"), BenchProfiles.SEGMENTS);
        final RowTable table = RowTable.create(folder.file("rows"), BenchProfiles.SEGMENTS);
        try {
            final long[] bits = new long[BenchProfiles.SEGMENTS / Long.SIZE];
            for (int ordinal = 0; ordinal < profiles; ordinal++) {
                bits[0] = randomBits(ordinal);
                columns.update(ordinal, null, bits, Times.NEVER);
                table.ensureCapacity(ordinal);
                table.write(ordinal, 1, 0, Times.NEVER, bits);
            }
            final BitSet all = new BitSet();
            all.set(0, SEGMENTS);
            try (FrozenColumns frozen = columns.freeze(catalog, all, 1, 0, table::read, ordinal -> bits)) {
                for (int share = 0; share < SHARES.length; share++) {
                    rows.add(dense(catalog, frozen, share));
                }
            }
            out.printf(Locale.ROOT, "columns of the synthetic segments: %s%n", columns.fill());
            rows.add(upkeep(columns, table, profiles));
            return rows;
        } finally {
            columns.delete();
            table.delete();
        }
    }

    private Comparison dense(Catalog catalog, FrozenColumns frozen, int share) {
        final String[] ids = new String[SEGMENTS_A_SHARE];
        final MutableRoaringBitmap[] heap = new MutableRoaringBitmap[SEGMENTS_A_SHARE];
        for (int i = 0; i < SEGMENTS_A_SHARE; i++) {
            ids[i] = BenchProfiles.segmentId(share * SEGMENTS_A_SHARE + i);
            heap[i] = members(ids[i], catalog, frozen);
        }
        final AudienceQuery query = query(ids[0], ids[1], ids[2], catalog);
        return rounds.compareEqual(
                "P8",
                String.format(Locale.ROOT, "count of A and B and not C, each %.1f %% of all", 100 * SHARES[share]),
                () -> counted(() -> query.count(frozen)),
                LIBRARY,
                () -> counted(() -> byLibrary(heap[0], heap[1], heap[2])),
                "counts/s");
    }

    /** A random profile changes two of its segments. */
    private Comparison upkeep(Columns columns, RowTable table, int profiles) {
        final double[] ours = new double[runs];
        final double[] theirs = new double[runs];
        changes(columns, table, profiles, 0);
        for (int run = 0; run < runs; run++) {
            final long[] nanos = changes(columns, table, profiles, run);
            ours[run] = (double) nanos[0] / WRITES;
            theirs[run] = (double) nanos[1] / WRITES;
        }
        return Rounds.of("P8", "columns told of two changed segments", ours, "the row written", theirs, "ns");
    }

    /** Nanoseconds in the columns and in the rows; a clock's own are in both. */
    private static long[] changes(Columns columns, RowTable table, int profiles, int round) {
        final long[] nanos = new long[2];
        final RowBits before = new RowBits();
        final long[] bits = new long[BenchProfiles.SEGMENTS / Long.SIZE];
        for (int i = 0; i < WRITES; i++) {
            final long random = KeySequence.next(i, round);
            final int ordinal = (int) Math.unsignedMultiplyHigh(random, profiles);
            table.read(ordinal, before);
            for (int word = 0; word < bits.length; word++) {
                bits[word] = before.word(word);
            }
            bits[(int) (random & (bits.length - 1))] ^= 1L << (random >>> 8);
            bits[(int) (random >>> 16 & (bits.length - 1))] ^= 1L << (random >>> 24);
            final long start = System.nanoTime();
            columns.update(ordinal, before, bits, Times.NEVER);
            final long told = System.nanoTime();
            table.write(ordinal, 1, 0, Times.NEVER, bits);
            nanos[0] += told - start;
            nanos[1] += System.nanoTime() - told;
        }
        return nanos;
    }

    private static long randomBits(int ordinal) {
        long bits = 0;
        for (int segment = 0; segment < SEGMENTS; segment++) {
            final double share = SHARES[segment / SEGMENTS_A_SHARE];
            final double drawn = (KeySequence.next((long) ordinal * SEGMENTS + segment, 1) >>> 11) * 0x1.0p-53;
            if (drawn < share) {
                bits |= 1L << segment;
            }
        }
        return bits;
    }

    /** Counts again and again until it can be timed; the rate, and the answer. */
    private static Rounds.Run counted(LongSupplier count) {
        final long start = System.nanoTime();
        long counts = 0;
        long answer = 0;
        long elapsed = 0;
        while (elapsed < COUNTED_NANOS_MIN) {
            answer = count.getAsLong();
            counts++;
            elapsed = System.nanoTime() - start;
        }
        return new Rounds.Run(counts * NANOS_PER_SECOND / elapsed, answer);
    }

    private static long byLibrary(MutableRoaringBitmap a, MutableRoaringBitmap b, MutableRoaringBitmap c) {
        final MutableRoaringBitmap counted = MutableRoaringBitmap.and(a, b);
        counted.andNot(c);
        return counted.getLongCardinality();
    }

    private static long byScan(StorageReader reader, int[] bits, int profiles) {
        final View view = reader.enter();
        final long nowMicros = MicrosClock.system().nowMicros();
        long count = 0;
        for (int ordinal = 0; ordinal < profiles; ordinal++) {
            if (view.testSegment(ordinal, bits[0], nowMicros) == 1
                    && view.testSegment(ordinal, bits[1], nowMicros) == 1
                    && view.testSegment(ordinal, bits[2], nowMicros) == 0) {
                count++;
            }
        }
        reader.leave();
        return count;
    }

    private static MutableRoaringBitmap members(String id, Catalog catalog, FrozenColumns frozen) {
        return query("'" + id + "' in segments", catalog).members(frozen).toMutableRoaringBitmap();
    }

    private static AudienceQuery query(String a, String b, String c, Catalog catalog) {
        return query(
                String.format(Locale.ROOT, "'%s' in segments && '%s' in segments && !('%s' in segments)", a, b, c),
                catalog);
    }

    private static AudienceQuery query(String where, Catalog catalog) {
        try {
            return AudienceQuery.of(Audience.compile(where), catalog);
        } catch (InvalidExpressionException e) {
            throw new IllegalStateException(e);
        }
    }
}
