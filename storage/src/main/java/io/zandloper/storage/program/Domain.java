package io.zandloper.storage.program;

import java.util.List;

/**
 * What a {@link Conjunct} says of each value that its {@link Variable} can have: whether it is satisfied there. The values
 * are parted so that all of one part are treated alike; it is exact.
 *
 * <p>Integers and doubles are parted into intervals, each named by its first value: interval {@code i} holds the values
 * from {@code starts[i]} to before {@code starts[i + 1]}; {@code starts[0]} is {@link Long#MIN_VALUE}. Doubles are ordered
 * by {@link Values#doubleKey(double)}. Strings are those that the conjunct names, each by itself, and all others
 * together. A list is one with {@link Variable#member()} in it or one without. A segment's values are the booleans: true
 * is a member. Immutable.
 *
 * @param missing where there is no such attribute or field
 * @param booleanFalse where it is false; for a segment: no member
 * @param booleanTrue where it is true; for a segment: a member
 * @param integerStarts ascending
 * @param integerSatisfied for each interval of integers
 * @param doubleStarts ascending, as keys
 * @param doubleSatisfied for each interval of doubles
 * @param strings without order, none twice
 * @param stringSatisfied for each of {@code strings}
 * @param otherString for every other string
 * @param listWithout for a list without the variable's member, and for every list where it has none
 * @param listWith for a list with the variable's member, and for every list where it has none
 */
public record Domain(
        boolean missing,
        boolean booleanFalse,
        boolean booleanTrue,
        long[] integerStarts,
        boolean[] integerSatisfied,
        long[] doubleStarts,
        boolean[] doubleSatisfied,
        List<String> strings,
        boolean[] stringSatisfied,
        boolean otherString,
        boolean listWithout,
        boolean listWith) {}
