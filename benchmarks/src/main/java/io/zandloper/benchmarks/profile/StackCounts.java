package io.zandloper.benchmarks.profile;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Stacks, outermost frame first, and how much was seen with each. For one thread. */
final class StackCounts {
    private final Map<List<String>, Long> amounts = new LinkedHashMap<>();
    private long total;

    void add(List<String> stack, long amount) {
        amounts.merge(List.copyOf(stack), amount, Long::sum);
        total += amount;
    }

    long total() {
        return total;
    }

    /** By innermost frame: what was seen in itself. */
    Map<String, Long> self() {
        final Map<String, Long> self = new TreeMap<>();
        amounts.forEach((stack, amount) -> self.merge(stack.get(stack.size() - 1), amount, Long::sum));
        return self;
    }

    /** By frame: what was seen in it and in what it called, counted once where it called itself. */
    Map<String, Long> withCallees(Predicate<String> which) {
        final Map<String, Long> all = new TreeMap<>();
        amounts.forEach((stack, amount) ->
                new HashSet<>(stack).stream().filter(which).forEach(frame -> all.merge(frame, amount, Long::sum)));
        return all;
    }

    /** The largest first. */
    static List<Map.Entry<String, Long>> largest(Map<String, Long> amounts, int count) {
        return amounts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(count)
                .collect(Collectors.toList());
    }

    Map<List<String>, Long> amounts() {
        return amounts;
    }
}
