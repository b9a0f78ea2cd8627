package io.zandloper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Overload without a clock or a socket: one event loop is played through, in which an answer takes 10 µs and a refusal 1.
 */
final class LoadShedderTest {
    private static final long ANSWER_NANOS = 10_000;
    private static final long REFUSAL_NANOS = 1_000;
    private static final long READ_NANOS = 4_000;
    private static final long WAKE_UP_NANOS = 25_000;
    /** As many as fit in a read of 64 KiB. */
    private static final int READ_REQUESTS_MAX = 800;
    /** As many reads as Netty does of one socket before it goes on to the next. */
    private static final int READS_MAX = 16;

    private static final Duration WAIT_MAX = Duration.ofMillis(5);
    /** As servers have it: too long to be waited for all the time. */
    private static final Duration LONG_WAIT_MAX = Duration.ofMillis(250);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** A loop with its sockets, at a time that only its own work and its own sleep move on. */
    private static final class Loop {
        private final List<Deque<Long>> sockets = new ArrayList<>();
        private final List<LoadShedder.SocketAge> ages = new ArrayList<>();
        private final List<Long> waitsNanos = new ArrayList<>();
        private final LoadShedder shedder;
        private long nowNanos = -SECOND;
        private double arrivedNanos = nowNanos;
        private long nextArrival;
        private long refused;

        Loop(int connections, Duration waitMax) {
            for (int i = 0; i < connections; i++) {
                sockets.add(new ArrayDeque<>());
                ages.add(new LoadShedder.SocketAge());
            }
            shedder = new LoadShedder(waitMax, () -> nowNanos);
        }

        /** Requests come evenly, {@code load} times as fast as they can be answered. */
        void run(double load, long nanos) {
            waitsNanos.clear();
            refused = 0;
            final long endNanos = nowNanos + nanos;
            final double gapNanos = ANSWER_NANOS / load;
            while (nowNanos < endNanos) {
                arrive(gapNanos);
                shedder.onRoundBegin(true);
                if (sockets.stream().allMatch(Deque::isEmpty)) {
                    nowNanos = (long) Math.ceil(arrivedNanos + gapNanos) + WAKE_UP_NANOS;
                    arrive(gapNanos);
                }
                for (int i = 0; i < sockets.size(); i++) {
                    handle(sockets.get(i), ages.get(i), gapNanos);
                }
                shedder.onRoundEnd();
            }
        }

        /** What the loop did not see while it stood still. */
        void standStill(long nanos) {
            nowNanos += nanos;
        }

        /** All at once. */
        void burst(int requests) {
            for (int i = 0; i < requests; i++) {
                sockets.get((int) (nextArrival++ % sockets.size())).add(nowNanos);
            }
        }

        private void arrive(double gapNanos) {
            while (arrivedNanos + gapNanos <= nowNanos) {
                arrivedNanos += gapNanos;
                sockets.get((int) (nextArrival++ % sockets.size())).add((long) arrivedNanos);
            }
        }

        private void handle(Deque<Long> socket, LoadShedder.SocketAge age, double gapNanos) {
            boolean isEmptied = socket.isEmpty();
            for (int reads = 0; reads < READS_MAX && !isEmptied; reads++) {
                nowNanos += READ_NANOS;
                final List<Long> read = new ArrayList<>();
                while (!socket.isEmpty() && read.size() < READ_REQUESTS_MAX) {
                    read.add(socket.remove());
                }
                isEmptied = read.size() < READ_REQUESTS_MAX;
                shedder.onRead(age);
                for (final long arrivalNanos : read) {
                    if (shedder.sheds(age)) {
                        refused++;
                        nowNanos += REFUSAL_NANOS;
                    } else {
                        waitsNanos.add(nowNanos - arrivalNanos);
                        nowNanos += ANSWER_NANOS;
                        shedder.readClock();
                    }
                }
                arrive(gapNanos);
            }
            shedder.onTurnEnd(age, isEmptied);
        }

        double refusedShare() {
            return (double) refused / (refused + waitsNanos.size());
        }

        long longestWaitNanos() {
            return Collections.max(waitsNanos);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "1, 0.95", "8, 0.5", "8, 0.95", "100, 0.5"})
    void nobodyIsRefusedWhereAllCanBeAnswered(int connections, double load) {
        final Loop loop = new Loop(connections, WAIT_MAX);
        loop.run(load, 5 * SECOND);
        assertThat(loop.refused).isZero();
        assertThat(loop.longestWaitNanos()).isLessThan(WAIT_MAX.toNanos());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1.1, 5",
        "1, 1.5, 5",
        "1, 2, 5",
        "1, 4, 5",
        "8, 1.1, 5",
        "8, 1.5, 5",
        "8, 2, 5",
        "8, 4, 5",
        "100, 1.1, 5",
        "100, 1.5, 5",
        "100, 2, 5",
        "100, 4, 5",
        "1, 1.1, 250",
        "1, 2, 250",
        "1, 4, 250",
        "8, 1.1, 250",
        "8, 2, 250",
        "8, 4, 250",
        "100, 1.1, 250",
        "100, 2, 250",
        "100, 4, 250",
    })
    void inOverloadWhatIsAnsweredHasNotWaitedForLong(int connections, double load, long waitMillisMax) {
        final Loop loop = new Loop(connections, Duration.ofMillis(waitMillisMax));
        loop.run(load, 5 * SECOND);
        // From here on it has long been seen to be one.
        loop.run(load, 5 * SECOND);
        // A clock that is read after each answer, and not before each request, is behind by one.
        assertThat(loop.longestWaitNanos()).isLessThanOrEqualTo(WireLimits.OVERLOAD_WAIT_NANOS + ANSWER_NANOS);
        // Of a second, refusing takes its share, and all else is left for answers: a (10 µs) + (n - a) (1 µs) = 1 s.
        // What
        // reading takes, and refusing somewhat too much, is allowed for.
        final double answeredAtBest = (1 / load - 0.1) / 0.9;
        assertThat(1 - loop.refusedShare()).isBetween(0.6 * answeredAtBest, answeredAtBest + 0.01);
    }

    @Test
    void withoutABoundTheWaitGrowsForAsLongAsTheOverloadLasts() {
        final Loop loop = new Loop(8, Duration.ZERO);
        loop.run(2, SECOND);
        assertThat(loop.refused).isZero();
        assertThat(loop.longestWaitNanos()).isGreaterThan(SECOND / 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 100})
    void aPauseIsNoOverload(int connections) {
        final Loop loop = new Loop(connections, WAIT_MAX);
        for (int i = 0; i < 20; i++) {
            loop.run(0.5, SECOND / 10);
            loop.standStill(SECOND / 20);
            loop.run(0.5, SECOND / 2);
            assertThat(loop.refused).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 100})
    void whenTheOverloadIsOverNobodyIsRefusedAnyMore(int connections) {
        final Loop loop = new Loop(connections, WAIT_MAX);
        loop.run(2, SECOND);
        assertThat(loop.refused).isPositive();
        loop.run(0.5, SECOND / 10);
        loop.run(0.5, WireLimits.OVERLOAD_REMEMBERED_NANOS);
        assertThat(loop.refused).isZero();
        // Nor does a pause count for what was before.
        loop.standStill(SECOND / 20);
        loop.run(0.5, SECOND);
        assertThat(loop.refused).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 100})
    void pausesAfterAnOverloadDoNotKeepItInMind(int connections) {
        final Loop loop = new Loop(connections, LONG_WAIT_MAX);
        loop.run(2, 5 * SECOND);
        assertThat(loop.refused).isPositive();
        long elapsedNanos = 0;
        for (; elapsedNanos < 2 * WireLimits.OVERLOAD_REMEMBERED_NANOS; elapsedNanos += SECOND) {
            loop.standStill(SECOND / 50);
            loop.run(0.5, SECOND - SECOND / 50);
        }
        assertThat(loop.refused).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 100})
    void aBurstIsNoOverloadHoweverLongItTakes(int connections) {
        final Loop loop = new Loop(connections, WAIT_MAX);
        // Half a second's requests at once, and then hardly any.
        loop.run(0.5, SECOND / 10);
        loop.burst(Math.min(50_000, 2 * connections * READS_MAX * READ_REQUESTS_MAX));
        loop.run(0.01, 2 * SECOND);
        assertThat(loop.refused).isZero();
        assertThat(loop.longestWaitNanos()).isGreaterThan(WireLimits.OVERLOAD_NANOS);
    }

    @Test
    void whatAClientWaitedForBecauseOfItselfDoesNotCount() {
        final long[] nowNanos = {0};
        final LoadShedder shedder = new LoadShedder(WAIT_MAX, () -> nowNanos[0]);
        final LoadShedder.SocketAge age = new LoadShedder.SocketAge();
        shedder.onRoundBegin(true);
        shedder.onRead(age);
        shedder.onTurnEnd(age, false);
        for (int i = 0; i < 1_000; i++) {
            nowNanos[0] += SECOND;
            shedder.onResumed(age);
            assertThat(shedder.sheds(age)).isFalse();
        }
    }
}
