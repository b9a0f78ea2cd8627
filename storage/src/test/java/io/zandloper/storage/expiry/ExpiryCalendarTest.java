package io.zandloper.storage.expiry;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryCalendarTest {
    private static final long MILLI = 1_000;
    private static final long SECOND = 1_000_000;
    private static final long DAY = 86_400 * SECOND;
    private static final long TICK = 1_024;
    private static final long NOW = 1_793_534_400 * SECOND;

    private final Map<Integer, Long> rows = new HashMap<>();
    private final ExpiryCalendar calendar = new ExpiryCalendar(o -> rows.getOrDefault(o, Times.NEVER), NOW);

    private void write(int ordinal, long micros) {
        final long before = rows.getOrDefault(ordinal, Times.NEVER);
        rows.put(ordinal, micros);
        calendar.move(ordinal, before, micros);
    }

    private List<Integer> advance(long now, int stepsMax) {
        final List<Integer> due = new ArrayList<>();
        calendar.advance(now, stepsMax, due::add);
        return due;
    }

    private List<Integer> advance(long now) {
        return advance(now, Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, MILLI, 65 * MILLI, SECOND, 3_600 * SECOND, DAY, 400 * DAY, 40_000 * DAY, 9_000_000 * DAY})
    void comesDueAtItsTimeHoweverFarAway(long distance) {
        write(7, NOW + distance);
        assertThat(calendar.size()).isEqualTo(1);
        assertThat(advance(NOW + distance - 1)).isEmpty();
        assertThat(calendar.nextMicros()).isLessThanOrEqualTo(NOW + distance + TICK);
        assertThat(advance(NOW + distance + TICK)).containsExactly(7);
        assertThat(calendar.size()).isZero();
        assertThat(calendar.nextMicros()).isEqualTo(Times.NEVER);
    }

    @Test
    void whatIsDueAlreadyIsHandedOutNext() {
        write(1, NOW - 1);
        write(2, Long.MIN_VALUE);
        write(3, -5);
        assertThat(calendar.nextMicros()).isLessThanOrEqualTo(NOW + TICK);
        assertThat(advance(NOW)).isEmpty();
        assertThat(advance(NOW + TICK)).containsExactly(1, 2, 3);
    }

    @Test
    void stepsAreBoundedAndWhatIsMovedMeanwhileIsNotHandedOut() {
        for (int i = 0; i < 10_000; i++) {
            write(i, NOW + SECOND);
        }
        final Set<Integer> due = new HashSet<>();
        final long then = NOW + 2 * SECOND;
        assertThat(calendar.advance(then, 300, due::add)).isEqualTo(300);
        write(9_999, then + DAY);
        write(9_998, Times.NEVER);
        int steps = 300;
        while (steps == 300) {
            steps = calendar.advance(then, 300, due::add);
            assertThat(steps).isLessThanOrEqualTo(300);
        }
        assertThat(due).hasSize(9_998).doesNotContain(9_998, 9_999);
        assertThat(calendar.size()).isEqualTo(1);
        assertThat(advance(then + 2 * DAY)).containsExactly(9_999);
    }

    @Test
    void whoCannotBeTidiedNowIsHandedOutAgain() {
        write(5, NOW + SECOND);
        final long then = NOW + 2 * SECOND;
        assertThat(advance(then)).containsExactly(5);
        assertThat(advance(then)).isEmpty();
        calendar.move(5, Times.NEVER, NOW + SECOND);
        assertThat(advance(then + TICK)).containsExactly(5);
    }

    @Test
    void anOrdinalThatIsAddedTwiceIsHandedOutOnce() {
        write(5, NOW + SECOND);
        calendar.move(5, Times.NEVER, NOW + SECOND);
        assertThat(calendar.size()).isEqualTo(1);
        assertThat(advance(NOW + 2 * SECOND)).containsExactly(5);
    }

    @Test
    void timeThatGoesBackIsWaitedFor() {
        write(5, NOW + SECOND);
        assertThat(advance(NOW + SECOND / 2)).isEmpty();
        write(6, NOW + SECOND / 4);
        write(7, NOW + SECOND / 4);
        rows.remove(7);
        assertThat(advance(NOW + SECOND / 3)).isEmpty();
        assertThat(advance(NOW + SECOND / 2 + TICK)).containsExactly(6);
        assertThat(advance(NOW + SECOND + TICK)).containsExactly(5);
    }

    /** Random moves and steps of time, beside a sorted map of all times. */
    @RepeatedTest(200)
    void agreesWithASortedMap(RepetitionInfo repetition) {
        final long seed = 20_261_122L + repetition.getCurrentRepetition();
        final Random random = new Random(seed);
        final NavigableMap<Long, Set<Integer>> model = new TreeMap<>();
        final long[] spreads = {MILLI, SECOND, 3_600 * SECOND, DAY, 100 * DAY, 10_000 * DAY};
        long now = NOW;
        for (int round = 0; round < 2_000; round++) {
            if (random.nextInt(4) > 0) {
                final int ordinal = random.nextInt(200) * 700;
                final long before = rows.getOrDefault(ordinal, Times.NEVER);
                final long micros = random.nextInt(5) == 0
                        ? Times.NEVER
                        : now - 10 + random.nextLong(spreads[random.nextInt(spreads.length)]);
                write(ordinal, micros);
                model.getOrDefault(before, new HashSet<>()).remove(ordinal);
                model.computeIfAbsent(micros, m -> new HashSet<>()).add(ordinal);
            } else {
                now += random.nextLong(spreads[random.nextInt(random.nextInt(spreads.length) + 1)]);
                checkAdvance(seed, random, now, model);
            }
            assertThat(calendar.size())
                    .as("seed=%d round=%d", seed, round)
                    .isEqualTo(model.headMap(Times.NEVER).values().stream()
                            .mapToInt(Set::size)
                            .sum());
        }
    }

    private void checkAdvance(long seed, Random random, long now, NavigableMap<Long, Set<Integer>> model) {
        final boolean all = random.nextBoolean();
        final Set<Integer> due = new HashSet<>();
        calendar.advance(
                now,
                all ? Integer.MAX_VALUE : random.nextInt(1, 50),
                ordinal -> assertThat(due.add(ordinal)).isTrue());
        final Set<Integer> expected = new HashSet<>();
        model.headMap(now, true).values().forEach(expected::addAll);
        assertThat(expected).as("seed=%d now=%d", seed, now).containsAll(due);
        if (all) {
            final Set<Integer> certain = new HashSet<>();
            model.headMap(now - TICK, true).values().forEach(certain::addAll);
            assertThat(due).as("seed=%d now=%d", seed, now).containsAll(certain);
        }
        for (final int ordinal : due) {
            model.get(rows.remove(ordinal)).remove(ordinal);
        }
    }

    /** What the calendar costs: far less than one reference a profile. */
    @ParameterizedTest
    @ValueSource(longs = {1, 30, 3_650})
    void aMillionRandomTimesCostAFewBytesEach(long days) {
        final int count = 1_000_000;
        final long[] times = new long[count];
        final ExpiryCalendar large = new ExpiryCalendar(ordinal -> times[ordinal], NOW);
        final Random random = new Random(1);
        for (int ordinal = 0; ordinal < count; ordinal++) {
            times[ordinal] = NOW + random.nextLong(days * DAY);
            large.move(ordinal, Times.NEVER, times[ordinal]);
        }
        assertThat(large.sizeBytes()).isLessThan(4L * count);
        final long[] sorted = times.clone();
        Arrays.sort(sorted);
        final long median = sorted[count / 2];
        final int[] handedOut = new int[1];
        large.advance(median + TICK, Integer.MAX_VALUE, ordinal -> {
            assertThat(times[ordinal] <= median + TICK).isTrue();
            handedOut[0]++;
        });
        assertThat(handedOut[0]).isBetween(count / 2 + 1, count / 2 + 100);
        assertThat(large.sizeBytes()).isLessThan(4L * count);
    }
}
