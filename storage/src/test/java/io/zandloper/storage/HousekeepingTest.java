package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is asked in turn; ticks are made by the test. */
class HousekeepingTest {
    private final List<String> told = new ArrayList<>();
    private final Failures failures = new Failures((work, cause) -> told.add(work + ": " + cause.getMessage()));
    private final List<Integer> failing = new ArrayList<>();
    private final List<Integer> other = new ArrayList<>();
    private @Nullable Throwable thrown;
    private int tick;

    private final Housekeeping housekeeping = new Housekeeping(
            () -> 0,
            List.of(
                    new Housekeeping.Task("sweeping", nowMicros -> {
                        failing.add(tick);
                        throwWhatIsToBeThrown();
                    }),
                    new Housekeeping.Task("dusting", nowMicros -> other.add(tick))),
            failures);

    private void throwWhatIsToBeThrown() {
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void ticks(int count) {
        for (int i = 0; i < count; i++) {
            housekeeping.tick();
            tick++;
        }
    }

    @AfterEach
    void close() {
        housekeeping.close();
    }

    @Test
    void aChoreThatFailsIsToldAndAskedAgainAfterPausesThatDouble() {
        thrown = new IllegalStateException("the broom is gone");
        ticks(16);
        assertThat(failing).containsExactly(0, 2, 5, 10);
        assertThat(told).hasSize(4).containsOnly("sweeping: the broom is gone");
        assertThat(failures.status().count()).isEqualTo(4);
        assertThat(failures.status().last())
                .isEqualTo("sweeping failed: java.lang.IllegalStateException: the broom is gone");
    }

    @Test
    void theOthersGoOn() {
        thrown = new InternalError("a page could not be read");
        ticks(100);
        assertThat(other).hasSize(100);
        assertThat(failures.status().last()).contains("a page could not be read");
    }

    @Test
    void thePauseIsBoundedAndShortAgainAfterASuccess() {
        thrown = new StorageException("the disk is full");
        ticks(4 * Housekeeping.PAUSE_TICKS_MAX);
        final int last = failing.size() - 1;
        assertThat(failing.get(last) - failing.get(last - 1)).isEqualTo(Housekeeping.PAUSE_TICKS_MAX + 1);
        assertThat(failures.status().last()).isEqualTo("sweeping failed: the disk is full");
        thrown = null;
        failing.clear();
        ticks(2 * Housekeeping.PAUSE_TICKS_MAX);
        assertThat(failing).as("each tick again").hasSizeGreaterThan(Housekeeping.PAUSE_TICKS_MAX - 1);
        thrown = new StorageException("the disk is full again");
        failing.clear();
        final int from = tick;
        ticks(3);
        assertThat(failing).containsExactly(from, from + 2);
    }

    @Test
    void whatTheStopInterruptsIsNoFailure() {
        thrown = new IllegalStateException("interrupted");
        housekeeping.close();
        assertThatCode(() -> ticks(1)).doesNotThrowAnyException();
        assertThat(told).isEmpty();
        assertThat(failures.status()).isEqualTo(new FailureStatus(0, null));
    }
}
