package io.zandloper.benchmarks.storage;

import io.zandloper.benchmarks.measure.Comparison;
import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.benchmarks.measure.Rounds;
import io.zandloper.benchmarks.storage.BucketLayout.FiveSlots;
import io.zandloper.benchmarks.storage.BucketLayout.RowMemory;
import io.zandloper.benchmarks.storage.BucketLayout.SevenSlots;
import io.zandloper.benchmarks.storage.BucketLayout.TwelveSlots;
import io.zandloper.benchmarks.subject.BenchProfiles;
import io.zandloper.storage.format.RowDescriptor;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** What the product's bucket was chosen from: layouts, batches and pages, on bare memory with hashes that cost nothing. */
final class LayoutRows {
    private static final int BATCH = 64;
    private static final String GOAL = "layout";
    private static final String DEPENDENT = ", one at a time";
    private static final String BATCHED = ", batch of " + BATCH;

    private final int entries;
    private final int lookups;
    private final Rounds rounds;
    private final PrintWriter out;

    LayoutRows(int entries, int lookups, int runs, PrintWriter out) {
        this.entries = entries;
        this.lookups = lookups;
        this.rounds = new Rounds(runs);
        this.out = out;
    }

    private record Tables(String pages, RowMemory rows, FiveSlots five, SevenSlots seven, TwelveSlots twelve) {}

    List<Comparison> run() {
        if (!AnonymousMemory.isSupported()) {
            out.println("layout: pages are only chosen on Linux");
            return List.of();
        }
        final List<Comparison> results = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            final Tables huge = tables(true, arena);
            final Tables small = tables(false, arena);
            for (final Tables tables : List.of(huge, small)) {
                final String five = "5 slots of 64 bits" + tables.pages();
                final String seven = "7 slots of 40 bits" + tables.pages();
                final String twelve = "12 slots of 8 bits" + tables.pages();
                results.add(compare(seven, tables.seven(), five, tables.five(), tables.rows(), false));
                results.add(compare(twelve, tables.twelve(), five, tables.five(), tables.rows(), false));
                results.add(compare(seven, tables.seven(), five, tables.five(), tables.rows(), true));
                results.add(compare(twelve, tables.twelve(), five, tables.five(), tables.rows(), true));
                results.add(rounds.compareEqual(
                        GOAL,
                        five + BATCHED,
                        () -> batch(tables.five(), tables.rows()),
                        "keys known beforehand, one after the other",
                        () -> oneByOne(tables.five(), tables.rows(), false),
                        "ns"));
                results.add(rounds.compareEqual(
                        GOAL,
                        twelve + ", unknown keys",
                        () -> unknown(tables.twelve()),
                        five + ", unknown keys",
                        () -> unknown(tables.five()),
                        "ns"));
            }
            results.add(rounds.compareEqual(
                    GOAL,
                    "5 slots of 64 bits" + DEPENDENT + huge.pages(),
                    () -> oneByOne(huge.five(), huge.rows(), true),
                    "the same" + small.pages(),
                    () -> oneByOne(small.five(), small.rows(), true),
                    "ns"));
            results.add(rounds.compareEqual(
                    GOAL,
                    "5 slots of 64 bits" + BATCHED + huge.pages(),
                    () -> batch(huge.five(), huge.rows()),
                    "the same" + small.pages(),
                    () -> batch(small.five(), small.rows()),
                    "ns"));
        }
        return results;
    }

    private Comparison compare(
            String name, BucketLayout layout, String against, BucketLayout ours, RowMemory rows, boolean batched) {
        return rounds.compareEqual(
                GOAL,
                name + (batched ? BATCHED : DEPENDENT),
                () -> batched ? batch(layout, rows) : oneByOne(layout, rows, true),
                against,
                () -> batched ? batch(ours, rows) : oneByOne(ours, rows, true),
                "ns");
    }

    private Tables tables(boolean huge, Arena arena) {
        final int width = RowDescriptor.widthBytes(BenchProfiles.SEGMENTS);
        final RowMemory rows = new RowMemory(entries, width, huge, arena);
        final FiveSlots five = new FiveSlots(entries, huge, arena);
        final SevenSlots seven = new SevenSlots(entries, huge, arena);
        final TwelveSlots twelve = new TwelveSlots(entries, rows, huge, arena);
        for (int row = 0; row < entries; row++) {
            final long address = address(row);
            final long hash = hash(row);
            rows.write(row, hash);
            five.put(address, hash, row);
            seven.put(address, hash, row);
            twelve.put(address, hash, row);
        }
        return new Tables(huge ? ", 2 MiB pages" : ", 4 KiB pages", rows, five, seven, twelve);
    }

    private Rounds.Run oneByOne(BucketLayout layout, RowMemory rows, boolean dependent) {
        final long start = System.nanoTime();
        long checksum = 0;
        for (int done = 0; done < lookups; done++) {
            final long random = KeySequence.next(done, dependent ? checksum : 0);
            final long row = row(random);
            checksum = folded(checksum, rows.read(layout.find(address(row), hash(row)), bit(random)));
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private Rounds.Run unknown(BucketLayout layout) {
        final long start = System.nanoTime();
        long checksum = 0;
        for (int done = 0; done < lookups; done++) {
            final long row = row(KeySequence.next(done, checksum)) + entries;
            checksum = folded(checksum, layout.find(address(row), hash(row)));
        }
        return new Rounds.Run((System.nanoTime() - start) / (double) lookups, checksum);
    }

    private Rounds.Run batch(BucketLayout layout, RowMemory rows) {
        final long[] addresses = new long[BATCH];
        final long[] hashes = new long[BATCH];
        final int[] bits = new int[BATCH];
        final int[] ordinals = new int[BATCH];
        final long start = System.nanoTime();
        long checksum = 0;
        long touched = 0;
        for (int done = 0; done < lookups; ) {
            final int count = Math.min(BATCH, lookups - done);
            for (int i = 0; i < count; i++, done++) {
                final long random = KeySequence.next(done, 0);
                final long row = row(random);
                addresses[i] = address(row);
                hashes[i] = hash(row);
                bits[i] = bit(random);
            }
            touched += layout.touch(addresses, count);
            layout.candidates(addresses, hashes, ordinals, count);
            for (int i = 0; i < count; i++) {
                touched += rows.read(ordinals[i], bits[i]);
            }
            for (int i = 0; i < count; i++) {
                int ordinal = ordinals[i];
                if (layout.isCandidateToBeChecked() && rows.hash(ordinal) != hashes[i]) {
                    ordinal = layout.find(addresses[i], hashes[i]);
                }
                checksum = folded(checksum, rows.read(ordinal, bits[i]));
            }
        }
        final double nanos = (System.nanoTime() - start) / (double) lookups;
        if (touched == 0) {
            throw new IllegalStateException("nothing was loaded");
        }
        return new Rounds.Run(nanos, checksum);
    }

    private static long folded(long checksum, long answer) {
        return Long.rotateLeft(checksum, 1) ^ answer;
    }

    private long row(long random) {
        return Math.unsignedMultiplyHigh(random, entries);
    }

    private static int bit(long random) {
        return (int) random & (BenchProfiles.SEGMENTS - 1);
    }

    private static long address(long row) {
        return KeySequence.mixed(row + 0x5A5A_5A5A_5A5AL);
    }

    private static long hash(long row) {
        return KeySequence.mixed(row ^ 0x1234_5678_9ABC_DEF0L);
    }
}
