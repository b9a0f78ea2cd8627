package io.zandloper.benchmarks;

import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.View;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Segment tests in process, one at a time, against Chronicle Map with the same keys and answers, and against the memory
 * itself: a walk through as many bytes, each step of which says where the next one is.
 */
final class StorageBenchmark {
    private static final int OFFERS = 20;
    private static final int SEGMENTS = 256;
    /** Requests of one read of a socket, between two of which a reader leaves. */
    private static final int LOOKUPS_PER_ENTRY = 64;

    private static final int LINE_BYTES = 64;
    /** Built from literals where it is declared, so that the compiler sees a constant. */
    private static final ValueLayout.OfLong LINK = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int profiles;
    private final int lookups;
    private final Rounds rounds;

    StorageBenchmark(int profiles, int lookups, int runs) {
        this.profiles = profiles;
        this.lookups = lookups;
        this.rounds = new Rounds(runs);
    }

    /** @param progress told the profiles written, now and then */
    List<Comparison> run(LongConsumer progress) throws IOException {
        final List<Comparison> rows = new ArrayList<>();
        try (FilledStorage filled = FilledStorage.create(profiles, OFFERS, SEGMENTS, progress);
                StorageReader reader = filled.storage().newReader();
                ChronicleBaseline chronicle =
                        ChronicleBaseline.fill(filled.folder().resolve("baseline.map"), reader, profiles)) {
            rows.add(rounds.compareEqual(
                    "P1",
                    "segment test, the next key depends on the answer",
                    () -> ours(reader, true),
                    "Chronicle Map getUsing",
                    () -> theirs(chronicle, true),
                    "ns"));
            rows.add(rounds.compareEqual(
                    "P1",
                    "segment test, keys known beforehand",
                    () -> ours(reader, false),
                    "Chronicle Map getUsing",
                    () -> theirs(chronicle, false),
                    "ns"));
            final StorageStatus status = filled.storage().status();
            final long bytes = status.indexBytes() + status.rowBytes();
            try (Arena arena = Arena.ofConfined()) {
                final MemorySegment chain = chain(filled.folder().resolve("chain"), bytes, arena);
                rows.add(rounds.compare(
                        "P1",
                        "segment test, the next key depends on the answer",
                        () -> ours(reader, true),
                        "one step of a dependent walk through as many bytes (" + (bytes >> 20) + " MiB)",
                        () -> walk(chain),
                        "ns"));
            }
        }
        return rows;
    }

    private Rounds.Run ours(StorageReader reader, boolean dependent) {
        final RowKey keys = new RowKey();
        final long nowMicros = System.currentTimeMillis() * 1_000;
        final long start = System.nanoTime();
        long checksum = 0;
        long random = 0;
        for (int done = 0; done < lookups; ) {
            final View view = reader.enter();
            for (final int end = Math.min(lookups, done + LOOKUPS_PER_ENTRY); done < end; done++) {
                random = next(done, dependent ? checksum : 0);
                final byte[] key = keys.of(row(random));
                final int member = view.testSegment(view.find(key, 0, key.length), bit(random), nowMicros);
                checksum = (checksum << 1 | checksum >>> 63) ^ member;
            }
            reader.leave();
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private Rounds.Run theirs(ChronicleBaseline chronicle, boolean dependent) {
        final RowKey keys = new RowKey();
        final long start = System.nanoTime();
        long checksum = 0;
        long random = 0;
        for (int done = 0; done < lookups; done++) {
            random = next(done, dependent ? checksum : 0);
            final int member = chronicle.test(keys.of(row(random)), bit(random));
            checksum = (checksum << 1 | checksum >>> 63) ^ member;
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    /** Cannot be known before {@code answers} is. */
    private static long next(long number, long answers) {
        long z = number * 0x9E37_79B9_7F4A_7C15L + answers;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    private long row(long random) {
        return Math.unsignedMultiplyHigh(random, profiles);
    }

    private static int bit(long random) {
        return (int) random & (SEGMENTS - 1);
    }

    /** Every line of the file names the next one, in one cycle through all of them (Sattolo's shuffle). */
    private static MemorySegment chain(Path file, long bytes, Arena arena) throws IOException {
        final int lines = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(2, bytes / LINE_BYTES));
        final MemorySegment chain;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            chain = channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) lines * LINE_BYTES, arena);
        }
        final int[] order = new int[lines];
        for (int i = 0; i < lines; i++) {
            order[i] = i;
        }
        final CounterRandom random = new CounterRandom(1, 0xC4A1);
        for (int i = lines - 1; i > 0; i--) {
            final int j = random.nextInt(i);
            final int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        for (int i = 0; i < lines; i++) {
            chain.set(LINK, (long) i * LINE_BYTES, (long) order[i] * LINE_BYTES);
        }
        return chain;
    }

    private Rounds.Run walk(MemorySegment chain) {
        final long start = System.nanoTime();
        long at = 0;
        for (int done = 0; done < lookups; done++) {
            at = chain.get(LINK, at);
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, at);
    }
}
