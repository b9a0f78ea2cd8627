package io.zandloper.storage.program;

import io.zandloper.storage.program.Variable.Source;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Gathers what a condition reads and where its result may change; then finds out its {@link Domain}. One thread. */
final class DomainBuilder {
    /** Below it, as above the highest, are only keys of what is no number. */
    private static final long LOWEST_KEY = Values.doubleKey(Double.NEGATIVE_INFINITY);

    private @Nullable Source source;
    private int number;
    private @Nullable String member;
    private boolean mixed;
    private final Set<Long> integerStarts = new TreeSet<>(List.of(Long.MIN_VALUE));
    private final Set<Long> doubleStarts = new TreeSet<>(List.of(Long.MIN_VALUE));
    private final Set<String> strings = new LinkedHashSet<>();

    /** The condition reads this. */
    void reads(Source from, int itsNumber) {
        mixed |= source != null && (source != from || number != itsNumber);
        source = from;
        number = itsNumber;
    }

    /** The condition reads the segments in another way than by one of them. */
    void readsSegments() {
        reads(Source.SEGMENT, 0);
        mixed = true;
    }

    boolean readsNothing() {
        return source == null;
    }

    /** The condition asks whether this string is in the list it reads. */
    void asksMember(String text) {
        mixed |= member != null && !member.equals(text);
        member = text;
    }

    /** The condition's result depends on more of the values than a domain can tell. */
    void isMixed() {
        mixed = true;
    }

    /** The condition compares what it reads with a literal, for order or equality. */
    void comparesWith(Literal literal) {
        switch (literal.kind) {
            case Kind.INTEGER -> {
                addPoint(integerStarts, literal.bits);
                addPoint(doubleStarts, Values.doubleKey((double) literal.bits));
            }
            case Kind.DOUBLE -> {
                final double point = Double.longBitsToDouble(literal.bits);
                addPoint(doubleStarts, Values.doubleKey(point));
                if (point == 0) {
                    // Both zeros equal it where doubles are compared.
                    addPoint(doubleStarts, Values.doubleKey(-0.0));
                    addPoint(doubleStarts, Values.doubleKey(0.0));
                }
                addFirst(integer -> Comparing.compare(point, integer) <= 0);
                addFirst(integer -> Comparing.compare(point, integer) < 0);
            }
            case Kind.STRING -> strings.add(literal.string());
            case Kind.STRINGS -> mixed = true;
            default -> {}
        }
    }

    boolean isSingle() {
        return !mixed && source != null;
    }

    Variable variable() {
        if (source == null) {
            throw new IllegalStateException("a condition that reads nothing");
        }
        return new Variable(source, number, member);
    }

    /** Evaluates the condition with one value of each part. */
    Domain build(Node condition, ProgramLayout layout) {
        final Variable variable = variable();
        final Evaluation evaluation = layout.newEvaluation();
        final Trial trial = value -> {
            evaluation.pose(variable, value);
            return condition.test(evaluation) == Node.TRUE;
        };
        if (variable.source() == Source.SEGMENT) {
            return new Domain(
                    false,
                    trial.holds(false),
                    trial.holds(true),
                    new long[0],
                    new boolean[0],
                    new long[0],
                    new boolean[0],
                    List.of(),
                    new boolean[0],
                    false,
                    false,
                    false);
        }
        final long[] integers = longs(integerStarts);
        final long[] doubles = longs(doubleStarts);
        final List<String> points = List.copyOf(strings);
        final List<String> without = List.of(other());
        return new Domain(
                trial.holds(null),
                trial.holds(false),
                trial.holds(true),
                integers,
                each(integers.length, i -> trial.holds(integers[i])),
                doubles,
                each(doubles.length, i -> trial.holds(Values.ofKey(Math.max(LOWEST_KEY, doubles[i])))),
                points,
                each(points.size(), i -> trial.holds(points.get(i))),
                trial.holds(other()),
                trial.holds(without),
                trial.holds(member == null ? without : List.of(member)));
    }

    /** Whether a condition holds for a value; null where there is none. */
    private interface Trial {
        boolean holds(@Nullable Object value);
    }

    private interface Each {
        boolean at(int index);
    }

    private static boolean[] each(int count, Each each) {
        final boolean[] results = new boolean[count];
        for (int i = 0; i < count; i++) {
            results[i] = each.at(i);
        }
        return results;
    }

    /** A string that the condition does not name. */
    private String other() {
        final StringBuilder other = new StringBuilder("other");
        final List<String> named = new ArrayList<>(strings);
        if (member != null) {
            named.add(member);
        }
        while (named.contains(other.toString())) {
            other.append('-');
        }
        return other.toString();
    }

    private static void addPoint(Set<Long> starts, long point) {
        starts.add(point);
        if (point != Long.MAX_VALUE) {
            starts.add(point + 1);
        }
    }

    /** Adds the first integer for which {@code reached} holds; it holds for all after one for which it does. */
    private void addFirst(LongPredicate reached) {
        if (!reached.test(Long.MAX_VALUE)) {
            return;
        }
        long low = Long.MIN_VALUE;
        long high = Long.MAX_VALUE;
        while (low < high) {
            final long middle = (low & high) + ((low ^ high) >> 1);
            if (reached.test(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        integerStarts.add(low);
    }

    private static long[] longs(Set<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
