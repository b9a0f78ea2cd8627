package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Domain;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * What one variable's value leaves of the 64 offers of one block: a word for every run of slots that leave the same.
 * Made while a catalog is compiled, by one thread; {@link Blocks} copies it.
 */
final class Column {
    private final Slots slots;
    /** First slot of each run, ascending; the first is 0. */
    private int[] starts;
    /** For each run, the offers that are still in the race. */
    private long[] words;

    /**
     * @param bits for each domain, the offers of the block that have such a condition
     */
    Column(Slots slots, Domain[] domains, long[] bits) {
        this.slots = slots;
        this.starts = starts(slots, domains);
        this.words = new long[starts.length];
        Arrays.fill(words, -1);
        for (int i = 0; i < domains.length; i++) {
            exclude(domains[i], bits[i]);
        }
        join();
    }

    int[] starts() {
        return starts;
    }

    long[] words() {
        return words;
    }

    /** The word of every single slot. */
    long[] wordsBySlot() {
        final long[] bySlot = new long[slots.count()];
        for (int run = 0; run < starts.length; run++) {
            Arrays.fill(bySlot, starts[run], run + 1 < starts.length ? starts[run + 1] : bySlot.length, words[run]);
        }
        return bySlot;
    }

    private static int[] starts(Slots slots, Domain[] domains) {
        final TreeSet<Integer> starts = new TreeSet<>();
        for (int slot = 0; slot <= Slots.NAMED_STRINGS; slot++) {
            starts.add(slot);
        }
        starts.add(slots.integersFrom());
        starts.add(slots.doublesFrom());
        for (final Domain domain : domains) {
            for (final String string : domain.strings()) {
                final int slot = slots.ofNamed(string);
                starts.add(slot);
                starts.add(slot + 1);
            }
            Arrays.stream(domain.integerStarts()).forEach(start -> starts.add(slots.ofInteger(start)));
            Arrays.stream(domain.doubleStarts()).forEach(start -> starts.add(slots.ofDouble(start)));
        }
        return starts.stream().mapToInt(Integer::intValue).toArray();
    }

    private void exclude(Domain domain, long bits) {
        excludeUnless(domain.missing(), Slots.MISSING, Slots.FALSE, bits);
        excludeUnless(domain.booleanFalse(), Slots.FALSE, Slots.TRUE, bits);
        excludeUnless(domain.booleanTrue(), Slots.TRUE, Slots.LIST, bits);
        // Where the two differ, the block asks for the member itself.
        excludeUnless(domain.listWithout() || domain.listWith(), Slots.LIST, Slots.OTHER_STRING, bits);
        excludeUnless(domain.otherString(), Slots.OTHER_STRING, Slots.NAMED_STRINGS, bits);
        excludeStrings(domain, bits);
        for (int i = 0; i < domain.integerStarts().length; i++) {
            final int end = i + 1 < domain.integerStarts().length
                    ? slots.ofInteger(domain.integerStarts()[i + 1])
                    : slots.doublesFrom();
            excludeUnless(domain.integerSatisfied()[i], slots.ofInteger(domain.integerStarts()[i]), end, bits);
        }
        for (int i = 0; i < domain.doubleStarts().length; i++) {
            final int end =
                    i + 1 < domain.doubleStarts().length ? slots.ofDouble(domain.doubleStarts()[i + 1]) : slots.count();
            excludeUnless(domain.doubleSatisfied()[i], slots.ofDouble(domain.doubleStarts()[i]), end, bits);
        }
    }

    private void excludeStrings(Domain domain, long bits) {
        final Map<Integer, Boolean> named = new HashMap<>();
        for (int i = 0; i < domain.strings().size(); i++) {
            named.put(slots.ofNamed(domain.strings().get(i)), domain.stringSatisfied()[i]);
        }
        for (int run = indexOf(Slots.NAMED_STRINGS); run < starts.length && starts[run] < slots.integersFrom(); run++) {
            // A run of several strings has none that the domain names.
            if (!named.getOrDefault(starts[run], domain.otherString())) {
                words[run] &= ~bits;
            }
        }
    }

    private void excludeUnless(boolean satisfied, int from, int to, long bits) {
        if (!satisfied) {
            for (int run = indexOf(from); run < starts.length && starts[run] < to; run++) {
                words[run] &= ~bits;
            }
        }
    }

    private int indexOf(int slot) {
        final int index = Arrays.binarySearch(starts, slot);
        if (index < 0) {
            throw new IllegalStateException("a domain changes within a run of slots, slot=" + slot);
        }
        return index;
    }

    /** Neighbouring runs that leave the same become one. */
    private void join() {
        int last = 0;
        for (int run = 1; run < starts.length; run++) {
            if (words[run] != words[last]) {
                last++;
                starts[last] = starts[run];
                words[last] = words[run];
            }
        }
        starts = Arrays.copyOf(starts, last + 1);
        words = Arrays.copyOf(words, last + 1);
    }
}
