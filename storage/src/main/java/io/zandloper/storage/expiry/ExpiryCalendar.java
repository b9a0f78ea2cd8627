package io.zandloper.storage.expiry;

import io.zandloper.storage.profile.Times;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which ordinals are due when: a hierarchical timing wheel whose slots are compressed bitmaps of ordinals. The writer's
 * own; times are microseconds since 1970.
 *
 * <p>Every slot holds only ordinals, no times: an ordinal's time stands in its row, and is asked for when the ordinal
 * moves to a finer slot or comes due. A slot of level {@code n} is {@code 64^n} ticks long, a tick a millisecond (1,024
 * µs), and there are 64 slots to a level:
 *
 * <pre>
 *   level      0        1        2        3          4         5         6         7         8
 *   slot    1 ms    66 ms    4.2 s   4.5 min    4.8 h    12.7 days  2.2 years  143 years  9,159 years
 * </pre>
 *
 * An ordinal lies in the level of the highest group of six bits in which its tick differs from that of the time reached,
 * in the slot those six bits name. So its place follows from its time alone: to move or remove one costs no search and
 * no reference back from the profile to its timer. When the time reaches the beginning of a slot of a level above 0, its
 * ordinals move to finer slots; a slot of level 0 is handed out once its millisecond is over. Both go in bounded steps.
 *
 * <p><b>Why not Agrona's {@code DeadlineTimerWheel}.</b> It keeps a deadline of 8 bytes for each timer and knows a timer
 * by an id that it gives out, so that two more mappings are needed, from the id to the ordinal and from the ordinal to
 * the id to move a timer: some 24 bytes a profile on the heap, 240 MB for 10 million; and it visits each timer of a spoke
 * once per turn of its single wheel, however far away its deadline. Here 10 million ordinals with random times cost 7 to 18 MB
 * altogether, whether the times lie in a day or in ten years, some 40 ns to come in and 100 ns to come due, and each is
 * visited at most once per level. To move one costs 300 to 900 ns.
 */
public final class ExpiryCalendar {
    /** A tick is {@code 2^10} µs. */
    private static final int TICK_SHIFT = 10;

    /** Ordinals taken from a bitmap at a time. */
    private static final int EMPTYING_LENGTH = 256;

    private static final int SLOT_SHIFT = 6;
    private static final int SLOTS = 1 << SLOT_SHIFT;
    /** Nine levels of six bits are all of a positive time's ticks. */
    private static final int LEVELS = (Long.SIZE - 1 - TICK_SHIFT + SLOT_SHIFT - 1) / SLOT_SHIFT;

    private final IntToLongFunction dueMicros;
    private final @Nullable RoaringBitmap[][] slots = new RoaringBitmap[LEVELS][SLOTS];
    /** Bit {@code s} of element {@code l}: slot {@code s} of level {@code l} is there. */
    private final long[] occupied = new long[LEVELS];
    /** The slot that is being emptied, its ordinals not yet in their places; null for none. */
    private @Nullable RoaringBitmap emptying;

    /**
     * Before this tick nothing lies in a slot: what is due earlier lies in its slot of level 0, and it goes on only once
     * that is empty.
     */
    private long reachedTick;

    /**
     * An empty calendar.
     *
     * @param dueMicros the time of an ordinal, {@link Times#NEVER} where it has none (any more)
     */
    public ExpiryCalendar(IntToLongFunction dueMicros, long nowMicros) {
        this.dueMicros = dueMicros;
        this.reachedTick = tick(nowMicros);
    }

    /**
     * Moves an ordinal.
     *
     * @param beforeMicros the time under which it may be in the calendar, {@link Times#NEVER} where it cannot be
     * @param micros its time from now on, {@link Times#NEVER} to take it out
     */
    public void move(int ordinal, long beforeMicros, long micros) {
        if (beforeMicros != Times.NEVER && beforeMicros != micros) {
            remove(ordinal, beforeMicros);
        }
        if (micros != Times.NEVER) {
            place(ordinal, micros);
        }
    }

    /**
     * Goes on to {@code nowMicros} and hands out what is due. It is then out of the calendar; who takes it moves it to its
     * next time. To be given it again it is moved to the same time, but only when this call has returned.
     *
     * @param stepsMax how many ordinals at most are handed out or moved
     * @return steps made; fewer than {@code stepsMax} where everything is done that was due a millisecond ago
     */
    public int advance(long nowMicros, int stepsMax, IntConsumer due) {
        final long nowTick = tick(nowMicros);
        int steps = 0;
        while (steps < stepsMax) {
            if (emptying != null) {
                steps += empty(emptying, nowMicros, stepsMax - steps, due);
                emptying = emptying.isEmpty() ? null : emptying;
            } else if (!beginNextSlot(nowTick)) {
                break;
            }
        }
        return steps;
    }

    /**
     * When {@link #advance} has something to do next: not later than this time, {@link Times#NEVER} for an empty
     * calendar.
     */
    public long nextMicros() {
        if (emptying != null) {
            return Long.MIN_VALUE;
        }
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] != 0) {
                final long startTick = startTick(level, Long.numberOfTrailingZeros(occupied[level]));
                return (level == 0 ? startTick + 1 : startTick) << TICK_SHIFT;
            }
        }
        return Times.NEVER;
    }

    /** Ordinals in the calendar. */
    public long size() {
        long size = emptying == null ? 0 : emptying.getLongCardinality();
        for (final @Nullable RoaringBitmap[] level : slots) {
            for (final RoaringBitmap slot : level) {
                size += slot == null ? 0 : slot.getLongCardinality();
            }
        }
        return size;
    }

    /** Bytes on the heap, near enough. */
    public long sizeBytes() {
        long bytes = emptying == null ? 0 : emptying.getLongSizeInBytes();
        for (final @Nullable RoaringBitmap[] level : slots) {
            for (final RoaringBitmap slot : level) {
                bytes += slot == null ? 0 : slot.getLongSizeInBytes();
            }
        }
        return bytes;
    }

    /** Takes out the first slot that has begun (of level 0: that is over); false where there is none, then time passes. */
    private boolean beginNextSlot(long nowTick) {
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] == 0) {
                continue;
            }
            final int slot = Long.numberOfTrailingZeros(occupied[level]);
            final long startTick = startTick(level, slot);
            if (level == 0 ? startTick >= nowTick : startTick > nowTick) {
                break; // coarser slots begin later still
            }
            reachedTick = startTick;
            emptying = take(level, slot);
            return true;
        }
        reachedTick = Math.max(reachedTick, nowTick);
        return false;
    }

    /** Hands out or places what a bitmap holds, which is in no slot, from its smallest ordinal on. */
    private int empty(RoaringBitmap bitmap, long nowMicros, int stepsMax, IntConsumer due) {
        int steps = 0;
        final int[] ordinals = new int[Math.min(stepsMax, EMPTYING_LENGTH)];
        while (steps < stepsMax && !bitmap.isEmpty()) {
            final PeekableIntIterator iterator = bitmap.getIntIterator();
            int count = 0;
            while (count < ordinals.length && count < stepsMax - steps && iterator.hasNext()) {
                ordinals[count++] = iterator.next();
            }
            bitmap.remove(0L, ordinals[count - 1] + 1L);
            for (int i = 0; i < count; i++) {
                final long micros = dueMicros.applyAsLong(ordinals[i]);
                if (micros <= nowMicros) {
                    due.accept(ordinals[i]);
                } else if (micros != Times.NEVER) {
                    place(ordinals[i], micros);
                }
            }
            steps += count;
        }
        return steps;
    }

    private void place(int ordinal, long micros) {
        final long tick = Math.max(tick(micros), reachedTick);
        final int level = level(tick);
        final int slot = slot(tick, level);
        RoaringBitmap bitmap = slots[level][slot];
        if (bitmap == null) {
            bitmap = new RoaringBitmap();
            slots[level][slot] = bitmap;
            occupied[level] |= 1L << slot;
        }
        bitmap.add(ordinal);
    }

    private void remove(int ordinal, long micros) {
        final long tick = Math.max(tick(micros), reachedTick);
        if (emptying != null) {
            emptying.remove(ordinal);
        }
        final int level = level(tick);
        final int slot = slot(tick, level);
        final RoaringBitmap bitmap = slots[level][slot];
        if (bitmap != null) {
            bitmap.remove(ordinal);
            if (bitmap.isEmpty()) {
                take(level, slot);
            }
        }
    }

    private @Nullable RoaringBitmap take(int level, int slot) {
        final RoaringBitmap bitmap = slots[level][slot];
        slots[level][slot] = null;
        occupied[level] &= ~(1L << slot);
        return bitmap;
    }

    /** Of a tick that is not before the one reached. */
    private int level(long tick) {
        final long differing = tick ^ reachedTick;
        return differing == 0 ? 0 : (Long.SIZE - 1 - Long.numberOfLeadingZeros(differing)) / SLOT_SHIFT;
    }

    private static int slot(long tick, int level) {
        return (int) (tick >>> (level * SLOT_SHIFT)) & (SLOTS - 1);
    }

    /** The first tick of a slot that lies ahead. */
    private long startTick(int level, int slot) {
        final int shift = level * SLOT_SHIFT;
        return ((reachedTick >>> shift & -SLOTS) | slot) << shift;
    }

    /** Before 1970 there is only one. */
    private static long tick(long micros) {
        return Math.max(0, micros) >> TICK_SHIFT;
    }
}
