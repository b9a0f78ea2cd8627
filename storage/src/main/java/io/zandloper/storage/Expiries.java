package io.zandloper.storage;

import io.zandloper.storage.expiry.ExpiryCalendar;
import io.zandloper.storage.profile.Times;
import java.util.function.IntPredicate;
import org.roaringbitmap.RoaringBitmap;

/**
 * Tidies profiles when a membership ends: knows from the rows when each is due, and asks for the change when it is. The
 * writer's own, in bounded steps between its batches and while it has nothing to do, so that neither waits for long for
 * the other. No reader depends on it.
 *
 * <p>After a start, and when a new catalog brought new rows, the calendar is filled from the rows in the same steps: a walk
 * over 10 million rows is less than a second of the writer's time, and no thread has to hand it anything.
 */
final class Expiries {
    /** Profiles tidied, or moved in the calendar, between two batches of changes. */
    private static final int STEPS_BETWEEN_BATCHES = 64;
    /** The same where no change waits. */
    private static final int STEPS_IDLE = 256;
    /** Rows looked at between two batches until all have been. */
    private static final int ROWS_A_TURN = 4 * 1024;

    /** Between one time that everything due is done and the next, so that many share one sync of the journal. */
    static final long INTERVAL_MICROS = 100_000;

    /** Until a change that was refused, because the disk is full, is tried again. */
    private static final long PAUSE_MICROS = 1_000_000;

    private final Tables tables;
    private final MicrosClock clock;
    private final boolean enabled;
    private ExpiryCalendar calendar;
    /** Of the rows that the calendar is of. */
    private int rowGeneration;

    private int ordinalsAtStart;
    private int rowsSeen;
    /** What was refused, to be put into the calendar again. */
    private final RoaringBitmap again = new RoaringBitmap();

    private long pausedUntilMicros = Long.MIN_VALUE;
    private long doneUntilMicros = Long.MIN_VALUE;

    /** @param enabled false where no changes are made, as on a replica */
    Expiries(Tables tables, MicrosClock clock, boolean enabled) {
        this.tables = tables;
        this.clock = clock;
        this.enabled = enabled;
        this.calendar = new ExpiryCalendar(this::dueMicros, clock.nowMicros());
        this.rowGeneration = tables.published().rowGeneration();
        this.ordinalsAtStart = tables.ordinals();
        tables.rows().follow(enabled ? calendar : null);
    }

    /** Other rows serve: a calendar of these, as after a start. */
    private void followRows() {
        final int generation = tables.published().rowGeneration();
        if (generation != rowGeneration) {
            rowGeneration = generation;
            calendar = new ExpiryCalendar(this::dueMicros, clock.nowMicros());
            ordinalsAtStart = tables.ordinals();
            rowsSeen = 0;
            again.clear();
            doneUntilMicros = Long.MIN_VALUE;
            tables.rows().follow(calendar);
        }
    }

    /**
     * Does some of what is due; false where nothing was.
     *
     * @param idle whether no change waits
     * @param tidy tidies an ordinal at once; false where that is to be tried again later
     */
    boolean work(boolean idle, IntPredicate tidy) {
        if (!enabled) {
            return false;
        }
        followRows();
        final boolean filling = rowsSeen < ordinalsAtStart;
        fill();
        final long nowMicros = clock.nowMicros();
        if (nowMicros < pausedUntilMicros || nowMicros < doneUntilMicros) {
            return filling;
        }
        resume();
        final int stepsMax = idle ? STEPS_IDLE : STEPS_BETWEEN_BATCHES;
        final int steps = calendar.advance(nowMicros, stepsMax, ordinal -> tidy(ordinal, tidy));
        if (steps < stepsMax) {
            doneUntilMicros = nowMicros + INTERVAL_MICROS;
        }
        return steps > 0 || filling;
    }

    /** How long there is nothing to do unless a row changes, in microseconds, at most {@code atMost}. */
    long idleMicros(long atMost) {
        final long nowMicros = Math.max(0, clock.nowMicros());
        final long nextMicros = isPaused() ? pausedUntilMicros : Math.max(calendar.nextMicros(), doneUntilMicros);
        return nextMicros <= nowMicros ? 0 : Math.min(atMost, nextMicros - nowMicros);
    }

    private void fill() {
        final int end = Math.min(ordinalsAtStart, rowsSeen + ROWS_A_TURN);
        for (; rowsSeen < end; rowsSeen++) {
            calendar.move(rowsSeen, Times.NEVER, dueMicros(rowsSeen));
        }
    }

    private void tidy(int ordinal, IntPredicate tidy) {
        if (isPaused()) {
            again.add(ordinal); // one was refused just now
        } else if (!tidy.test(ordinal)) {
            again.add(ordinal);
            pausedUntilMicros = clock.nowMicros() + PAUSE_MICROS;
        }
    }

    private boolean isPaused() {
        return pausedUntilMicros != Long.MIN_VALUE;
    }

    private void resume() {
        pausedUntilMicros = Long.MIN_VALUE;
        again.forEach((int ordinal) -> calendar.move(ordinal, Times.NEVER, dueMicros(ordinal)));
        again.clear();
    }

    private long dueMicros(int ordinal) {
        return tables.nextExpiryMicros(ordinal);
    }
}
