package io.zandloper.storage.catalog;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final BitSet dynamic;
    private final int[] order;

    private RuleOrder(List<Catalog.Segment> segments) {
        this.segments = segments;
        this.named = named(segments);
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

    private BitSet dynamicClosure() {
        final BitSet closure = new BitSet();
        for (Catalog.Segment segment : segments) {
            final Expression rule = segment.rule();
            if (rule != null && rule.usesSegmentsDynamically()) {
                closure.set(segment.bit());
            }
        }
        boolean grown = !closure.isEmpty();
        while (grown) {
            grown = false;
            for (int bit = closure.nextClearBit(0); bit < segments.size(); bit = closure.nextClearBit(bit + 1)) {
                if (named.get(bit).intersects(closure)) {
                    closure.set(bit);
                    grown = true;
                }
            }
        }
        return closure;
    }

    private int[] sort() {
        final BitSet placed = new BitSet();
        final List<Integer> sorted = new ArrayList<>();
        placeAll(false, placed, sorted);
        placeAll(true, placed, sorted);
        return sorted.stream().mapToInt(Integer::intValue).toArray();
    }

    private void placeAll(boolean ofDynamic, BitSet placed, List<Integer> sorted) {
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Catalog.Segment segment : segments) {
                final int bit = segment.bit();
                if (segment.isComputed()
                        && dynamic.get(bit) == ofDynamic
                        && !placed.get(bit)
                        && containsAll(placed, named.get(bit))) {
                    placed.set(bit);
                    sorted.add(bit);
                    grown = true;
                }
            }
        }
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

    private static boolean containsAll(BitSet set, BitSet wanted) {
        final BitSet missing = (BitSet) wanted.clone();
        missing.andNot(set);
        return missing.isEmpty();
    }
}
