package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.benchmarks.subject.BenchFolder;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.benchmarks.subject.BenchStorage;
import io.zandloper.storage.LookupBatch;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.View;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * P1 and P2: segment tests in process, from an identity's bytes to a bit, one at a time and in batches, against Chronicle
 * Map with the same keys and answers and against the memory itself.
 */
final class LookupRows {
    private static final int BATCH = 64;
    private static final String CHRONICLE = "Chronicle Map getUsing";
    private static final String DEPENDENT = "segment test, the next key depends on the answer";
    private static final String BATCHED = "batch of " + BATCH + " segment tests, a key";

    private final BenchFolder folder;
    private final BenchStorage filled;
    private final int profiles;
    private final int lookups;
    private final Rounds rounds;
    private final PrintWriter out;

    LookupRows(BenchFolder folder, BenchStorage filled, int profiles, int lookups, int runs, PrintWriter out) {
        this.folder = folder;
        this.filled = filled;
        this.profiles = profiles;
        this.lookups = lookups;
        this.rounds = new Rounds(runs);
        this.out = out;
    }

    List<Comparison> run(boolean single, boolean batched) throws IOException {
        final List<Comparison> rows = new ArrayList<>();
        try (StorageReader reader = filled.storage().newReader();
                ChronicleBaseline chronicle = ChronicleBaseline.fill(folder.file("baseline.map"), reader, profiles)) {
            for (final KeySequence keys : List.of(KeySequence.uniform(profiles), KeySequence.zipf(profiles))) {
                if (single) {
                    rows.add(rounds.compareEqual(
                            "P1",
                            DEPENDENT + ", " + keys,
                            () -> one(reader, keys, true),
                            CHRONICLE,
                            () -> chronicle(chronicle, keys, true),
                            "ns"));
                }
                if (batched) {
                    rows.add(rounds.compareEqual(
                            "P2",
                            BATCHED + ", " + keys,
                            () -> batch(reader, keys),
                            CHRONICLE + ", keys known beforehand",
                            () -> chronicle(chronicle, keys, false),
                            "ns"));
                    rows.add(rounds.compare(
                            "P2",
                            BATCHED + ", " + keys,
                            () -> batch(reader, keys),
                            DEPENDENT,
                            () -> one(reader, keys, true),
                            "ns"));
                }
            }
            out.println("pages of the tables and of Chronicle Map: " + PageKinds.of(folder.root()));
            if (single) {
                rows.add(againstMemory(reader));
            }
        }
        return rows;
    }

    private Comparison againstMemory(StorageReader reader) throws IOException {
        final StorageStatus status = filled.storage().status();
        final long bytes = status.indexBytes() + status.rowBytes();
        final KeySequence keys = KeySequence.uniform(profiles);
        try (Arena arena = Arena.ofConfined()) {
            final Chase chase = new Chase(folder.file("chain"), bytes, arena);
            return rounds.compare(
                    "P1",
                    DEPENDENT + ", " + keys,
                    () -> one(reader, keys, true),
                    "one step of a dependent walk through as many bytes (" + (bytes >> 20) + " MiB)",
                    () -> chase.walk(lookups),
                    "ns");
        }
    }

    private Rounds.Run one(StorageReader reader, KeySequence sequence, boolean dependent) {
        final RowKey keys = new RowKey();
        final long nowMicros = MicrosClock.system().nowMicros();
        final long start = System.nanoTime();
        long checksum = 0;
        for (int done = 0; done < lookups; ) {
            final View view = reader.enter();
            for (final int end = Math.min(lookups, done + BATCH); done < end; done++) {
                final long random = KeySequence.next(done, dependent ? checksum : 0);
                final byte[] key = keys.of(sequence.row(random));
                checksum =
                        folded(checksum, view.testSegment(view.find(key, 0, key.length), segment(random), nowMicros));
            }
            reader.leave();
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private Rounds.Run batch(StorageReader reader, KeySequence sequence) {
        final RowKey keys = new RowKey();
        final LookupBatch batch = new LookupBatch(BATCH);
        final int[] segments = new int[BATCH];
        final byte[] texts = new byte[BATCH * keys.lengthMax()];
        final long nowMicros = MicrosClock.system().nowMicros();
        final long start = System.nanoTime();
        long checksum = 0;
        for (int done = 0; done < lookups; ) {
            batch.clear();
            int offset = 0;
            for (final int end = Math.min(lookups, done + BATCH); done < end; done++) {
                final long random = KeySequence.next(done, 0);
                final int length = keys.put(sequence.row(random), texts, offset);
                segments[batch.length()] = segment(random);
                batch.add(texts, offset, length, segment(random));
                offset += length;
            }
            final View view = reader.enter();
            view.find(batch);
            for (int i = 0; i < batch.length(); i++) {
                checksum = folded(checksum, view.testSegment(batch.ordinal(i), segments[i], nowMicros));
            }
            reader.leave();
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private Rounds.Run chronicle(ChronicleBaseline chronicle, KeySequence sequence, boolean dependent) {
        final RowKey keys = new RowKey();
        final long start = System.nanoTime();
        long checksum = 0;
        for (int done = 0; done < lookups; done++) {
            final long random = KeySequence.next(done, dependent ? checksum : 0);
            checksum = folded(checksum, chronicle.test(keys.of(sequence.row(random)), segment(random)));
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private static long folded(long checksum, int answer) {
        return Long.rotateLeft(checksum, 1) ^ answer;
    }

    private static int segment(long random) {
        return (int) random & (BenchProfiles.SEGMENTS - 1);
    }
}
