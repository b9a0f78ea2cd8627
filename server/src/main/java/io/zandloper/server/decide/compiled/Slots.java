package io.zandloper.server.decide.compiled;

import io.zandloper.storage.program.Domain;
import io.zandloper.storage.program.Kind;
import io.zandloper.storage.program.Values;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * All values that one variable can have, parted into numbered slots such that no condition of the catalog tells two
 * values of a slot apart; members of lists aside, which are no matter of slots. Immutable.
 *
 * <pre>
 *   0        1      2     3     4             5 ...           integersFrom ...    doublesFrom ...    count
 *   missing  false  true  list  other string  named strings   intervals           intervals
 * </pre>
 */
final class Slots {
    static final int MISSING = 0;
    static final int FALSE = 1;
    static final int TRUE = 2;
    static final int LIST = 3;
    static final int OTHER_STRING = 4;
    static final int NAMED_STRINGS = 5;

    private final NamedStrings strings;
    private final long[] integerStarts;
    private final long[] doubleStarts;

    private Slots(NamedStrings strings, long[] integerStarts, long[] doubleStarts) {
        this.strings = strings;
        this.integerStarts = integerStarts;
        this.doubleStarts = doubleStarts;
    }

    /** The coarsest that part values as all these do. */
    static Slots of(Collection<Domain> domains) {
        final Set<String> strings = new LinkedHashSet<>();
        final Set<Long> integerStarts = new TreeSet<>(Set.of(Long.MIN_VALUE));
        final Set<Long> doubleStarts = new TreeSet<>(Set.of(Long.MIN_VALUE));
        for (final Domain domain : domains) {
            strings.addAll(domain.strings());
            Arrays.stream(domain.integerStarts()).forEach(integerStarts::add);
            Arrays.stream(domain.doubleStarts()).forEach(doubleStarts::add);
        }
        return new Slots(new NamedStrings(List.copyOf(strings)), array(integerStarts), array(doubleStarts));
    }

    private static long[] array(Set<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    int count() {
        return doublesFrom() + doubleStarts.length;
    }

    int integersFrom() {
        return NAMED_STRINGS + strings.size();
    }

    int doublesFrom() {
        return integersFrom() + integerStarts.length;
    }

    /** The strings that have slots of their own, by {@code slot - NAMED_STRINGS}. */
    NamedStrings strings() {
        return strings;
    }

    int ofInteger(long value) {
        return integersFrom() + interval(integerStarts, value);
    }

    /** @param key of a double, in their order */
    int ofDouble(long key) {
        return doublesFrom() + interval(doubleStarts, key);
    }

    /** The slot of a string that a condition names. */
    int ofNamed(String text) {
        return NAMED_STRINGS + strings.number(text);
    }

    /** The slot of a variable's value. */
    int of(Values values, int name) {
        return switch (values.kind(name)) {
            case Kind.BOOLEAN -> values.booleanValue(name) ? TRUE : FALSE;
            case Kind.INTEGER -> ofInteger(values.integerValue(name));
            case Kind.DOUBLE -> ofDouble(values.doubleKey(name));
            case Kind.STRING -> {
                final int number = strings.find(values, name);
                yield number == Names.UNKNOWN ? OTHER_STRING : NAMED_STRINGS + number;
            }
            case Kind.STRINGS -> LIST;
            default -> MISSING;
        };
    }

    private static int interval(long[] starts, long value) {
        int low = 0;
        for (int length = starts.length; length > 1; ) {
            final int half = length >>> 1;
            low += starts[low + half] <= value ? half : 0;
            length -= half;
        }
        return low;
    }
}
