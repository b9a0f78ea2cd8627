package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.storage.epoch.Epochs;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.record.RecordStore;
import io.zandloper.storage.record.RecordStores;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/**
 * Records in Chronicle Map, as they lie in the product, against {@link RecordArea}: what they cost beyond their own bytes,
 * and the time of what is done with them. One thread.
 */
final class RecordRows {
    /** What one map of the product holds. */
    private static final int RECORDS_MAX = 1 << 18;

    /** Different ones; which of them an ordinal has follows from it. */
    private static final int SAMPLES = 1 << 10;

    private static final int CHANGES_PER_EPOCH = 64;
    private static final int REPLACED_BY_OTHER_LENGTHS = 4;
    private static final int CUT_BYTES = 200;

    private static final String GOAL = "records";
    private static final String CHRONICLE = "Chronicle Map: ";
    private static final String AREA = "an area of our own";

    private final BenchFolder folder;
    private final int records;
    private final int lookups;
    private final Rounds rounds;
    private final PrintWriter out;
    private final ByteBuffer[] samples = new ByteBuffer[SAMPLES];
    private final Epochs epochs = new Epochs();
    private final RecordBuffer reading = new RecordBuffer();

    RecordRows(BenchFolder folder, int profiles, int lookups, int runs, PrintWriter out) {
        this.folder = folder;
        this.records = Math.min(RECORDS_MAX, profiles);
        this.lookups = lookups;
        this.rounds = new Rounds(runs);
        this.out = out;
        final RecordCodec codec = new RecordCodec();
        for (int i = 0; i < SAMPLES; i++) {
            final ByteBuffer record = codec.encode(BenchProfiles.profile(i), BenchProfiles.NUMBERS);
            samples[i] = ByteBuffer.allocate(record.remaining()).put(record).flip();
        }
    }

    /** Makes an empty store of one kind in a folder that is not there yet. */
    private interface Kind {
        RecordStore create(String name);
    }

    List<Comparison> run() throws IOException {
        final Kind chronicle = name -> RecordStores.CHRONICLE.create(folder.file(name), epochs);
        final Kind area = name -> new RecordArea(folder.file(name), epochs);
        final Comparison put =
                rounds.compare(GOAL, CHRONICLE + "put", () -> put(chronicle), AREA + ": put", () -> put(area), "ns");
        try (RecordStore ours = chronicle.create("map");
                RecordStore theirs = area.create("area")) {
            replace(ours, 0, 0);
            replace(theirs, 0, 0);
            final Comparison beyond = beyond("bytes beyond the record's own", ours, theirs);
            final Comparison get = rounds.compareEqual(
                    GOAL, CHRONICLE + "get", () -> get(ours), AREA + ": get", () -> get(theirs), "ns");
            final Comparison replaced = rounds.compare(
                    GOAL,
                    CHRONICLE + "replace by one as long",
                    () -> replace(ours, 0, 0),
                    AREA + ": the same",
                    () -> replace(theirs, 0, 0),
                    "ns");
            for (int version = 1; version <= REPLACED_BY_OTHER_LENGTHS; version++) {
                replace(ours, version, CUT_BYTES);
                replace(theirs, version, CUT_BYTES);
            }
            final Comparison after = beyond("bytes beyond, each replaced by others of other lengths", ours, theirs);
            epochs.reclaimAll();
            return List.of(beyond, after, put, replaced, get);
        }
    }

    private Comparison beyond(String what, RecordStore ours, RecordStore theirs) {
        final long own = ours.fill().recordBytes();
        out.printf(
                Locale.ROOT,
                "bytes a record: its own %.1f, in Chronicle Map %.1f, in %s %.1f%n",
                (double) own / records,
                (double) ours.fill().fileBytes() / records,
                AREA,
                (double) theirs.fill().fileBytes() / records);
        return Rounds.of(
                GOAL,
                CHRONICLE + what,
                new double[] {(double) (ours.fill().fileBytes() - own) / records},
                AREA,
                new double[] {(double) (theirs.fill().fileBytes() - own) / records},
                "bytes");
    }

    private Rounds.Run put(Kind kind) {
        try (RecordStore store = kind.create("put")) {
            final Rounds.Run run = replace(store, 0, 0);
            epochs.reclaimAll();
            return run;
        } finally {
            delete("put");
        }
    }

    /**
     * Puts a record under every ordinal.
     *
     * @param cut below how much records are shortened, so that their lengths differ from version to version
     */
    private Rounds.Run replace(RecordStore store, int version, int cut) {
        final long start = System.nanoTime();
        for (int i = 0; i < records; i++) {
            final ByteBuffer record = samples[i & (SAMPLES - 1)];
            final long random = KeySequence.next(i, version);
            record.limit(record.capacity() - (int) Math.unsignedMultiplyHigh(random, cut));
            store.put(i, record);
            if (i % CHANGES_PER_EPOCH == 0) {
                epochs.reclaim();
            }
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) records, store.size());
    }

    private Rounds.Run get(RecordStore store) {
        long checksum = 0;
        final long start = System.nanoTime();
        for (int i = 0; i < lookups; i++) {
            final int ordinal = (int) Math.unsignedMultiplyHigh(KeySequence.next(i, checksum), records);
            if (!store.get(ordinal, reading)) {
                throw new IllegalStateException("a record is gone, ordinal=" + ordinal);
            }
            checksum = checksum * 31 + reading.buffer().getLong(reading.length() - Long.BYTES);
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private void delete(String name) {
        try {
            BenchFolder.delete(folder.file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
