package io.zandloper.storage.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The order in which rules are evaluated, each after those it depends on.
 *
 * <p>A rule depends on the computed segments that it names as {@code 'id' in segments}. A rule that reads
 * {@code segments} dynamically depends also on every rule that neither is dynamic nor depends on one that is; so these
 * come first, in the order of their bits, and the others follow.
 */
final class RuleOrder {
    private final List<Catalog.Segment> segments;
    /** For each bit the bits of the computed segments that its rule names; empty for a listed segment. */
    private final List<BitSet> named;
    /** The other way round: for each bit the bits whose rules name it. */
    private final List<BitSet> namedBy;

    private final BitSet dynamic;
    private final int[] order;

    private RuleOrder(List<Catalog.Segment> segments) {
        this.segments = segments;
        this.named = named(segments);
        this.namedBy = reversed(named);
        this.dynamic = dynamicClosure();
        this.order = sort();
    }

    static RuleOrder of(List<Catalog.Segment> segments) {
        return new RuleOrder(segments);
    }

    /** Bits of the computed segments in the order of evaluation; those in or behind a cycle are missing. */
    int[] order() {
        return order.clone();
    }

    /** Bits of the rules that read {@code segments} dynamically or depend on one that does. */
    BitSet dynamic() {
        return (BitSet) dynamic.clone();
    }

    /** Cycles between rules, each as the bits along it from its lowest; every rule that is in one is in one of these. */
    List<List<Integer>> cycles() {
        final BitSet reported = new BitSet();
        final List<List<Integer>> cycles = new ArrayList<>();
        final BitSet unordered = unordered();
        for (int bit = unordered.nextSetBit(0); bit >= 0; bit = unordered.nextSetBit(bit + 1)) {
            if (!reported.get(bit)) {
                final List<Integer> cycle = shortestCycle(bit);
                cycle.forEach(reported::set);
                if (!cycle.isEmpty()) {
                    cycles.add(cycle);
                }
            }
        }
        return cycles;
    }

    private static List<BitSet> named(List<Catalog.Segment> segments) {
        final Map<String, Integer> computed = new HashMap<>();
        segments.stream().filter(Catalog.Segment::isComputed).forEach(s -> computed.put(s.id(), s.bit()));
        final List<BitSet> named = new ArrayList<>(segments.size());
        for (Catalog.Segment segment : segments) {
            final BitSet bits = new BitSet();
            final Expression rule = segment.rule();
            if (rule != null) {
                for (String id : rule.literalSegments()) {
                    final Integer bit = computed.get(id);
                    if (bit != null) {
                        bits.set(bit);
                    }
                }
            }
            named.add(bits);
        }
        return named;
    }

    private static List<BitSet> reversed(List<BitSet> edges) {
        final List<BitSet> reversed = new ArrayList<>(edges.size());
        edges.forEach(from -> reversed.add(new BitSet()));
        for (int from = 0; from < edges.size(); from++) {
            final int target = from;
            edges.get(from).stream().forEach(to -> reversed.get(to).set(target));
        }
        return reversed;
    }

    private BitSet dynamicClosure() {
        final BitSet closure = new BitSet();
        final Deque<Integer> next = new ArrayDeque<>();
        for (Catalog.Segment segment : segments) {
            final Expression rule = segment.rule();
            if (rule != null && rule.usesSegmentsDynamically()) {
                next.add(segment.bit());
            }
        }
        while (!next.isEmpty()) {
            final int bit = next.remove();
            if (!closure.get(bit)) {
                closure.set(bit);
                namedBy.get(bit).stream().forEach(next::add);
            }
        }
        return closure;
    }

    /** Takes a rule when all it names have been taken; among those ready the dynamic ones last, then by bit. */
    private int[] sort() {
        final int[] waitingFor = named.stream().mapToInt(BitSet::cardinality).toArray();
        final PriorityQueue<Integer> ready = new PriorityQueue<>(
                Comparator.comparing((Integer bit) -> dynamic.get(bit)).thenComparing(bit -> bit));
        segments.stream()
                .filter(segment -> segment.isComputed() && waitingFor[segment.bit()] == 0)
                .forEach(segment -> ready.add(segment.bit()));
        final List<Integer> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            final int bit = ready.remove();
            sorted.add(bit);
            namedBy.get(bit).stream()
                    .filter(dependent -> --waitingFor[dependent] == 0)
                    .forEach(ready::add);
        }
        return sorted.stream().mapToInt(Integer::intValue).toArray();
    }

    private BitSet unordered() {
        final BitSet unordered = new BitSet();
        segments.stream().filter(Catalog.Segment::isComputed).forEach(s -> unordered.set(s.bit()));
        for (int bit : order) {
            unordered.clear(bit);
        }
        return unordered;
    }

    /** Breadth first from {@code start} back to it; empty where it is in no cycle. */
    private List<Integer> shortestCycle(int start) {
        final Map<Integer, Integer> reachedFrom = new HashMap<>();
        final Deque<Integer> next = new ArrayDeque<>(List.of(start));
        while (!next.isEmpty()) {
            final int bit = next.remove();
            if (named.get(bit).get(start)) {
                return pathTo(bit, reachedFrom);
            }
            named.get(bit).stream()
                    .filter(to -> to != start && reachedFrom.putIfAbsent(to, bit) == null)
                    .forEach(next::add);
        }
        return List.of();
    }

    private static List<Integer> pathTo(int end, Map<Integer, Integer> reachedFrom) {
        final List<Integer> path = new ArrayList<>();
        for (@Nullable Integer bit = end; bit != null; bit = reachedFrom.get(bit)) {
            path.add(bit);
        }
        Collections.reverse(path);
        return path;
    }
}
