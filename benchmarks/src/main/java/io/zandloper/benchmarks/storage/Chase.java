package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.storage.memory.MappedFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * The memory itself: a walk through the cache lines of a file, each step of which says where the next one is. No look-up
 * by two loads, one of which waits for the other, is faster than two steps.
 */
final class Chase {
    private static final int LINE_BYTES = 64;
    /** Built from literals where it is declared, so that the compiler sees a constant. */
    private static final ValueLayout.OfLong LINK = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment chain;

    /**
     * Every line of the file names the next one, in one cycle through all of them (Sattolo's shuffle). The file is made as
     * those of the storage are, so that it gets the same pages.
     */
    Chase(Path file, long bytes, Arena arena) {
        final int lines = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(2, bytes / LINE_BYTES));
        chain = MappedFiles.create(file, (long) lines * LINE_BYTES, arena);
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
    }

    /** Nanoseconds a step. */
    Rounds.Run walk(int steps) {
        final long start = System.nanoTime();
        long at = 0;
        for (int done = 0; done < steps; done++) {
            at = chain.get(LINK, at);
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) steps, at);
    }
}
