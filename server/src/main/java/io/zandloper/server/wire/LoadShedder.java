package io.zandloper.server.wire;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells which requests of one event loop are to be refused because more come than it can answer. Belongs to the event
 * loop; allocates nothing.
 *
 * <p>While a loop answers, further requests wait unseen in their sockets, and nobody knows since when. But a loop goes in
 * rounds: it asks its sockets what there is, and handles that. What is there now was not there when it asked before, so it
 * has waited for no longer than since then, or than since it asked last where it slept until something came. Where a
 * connection's turn leaves something in its socket, that counts as if it had come with the first of it.
 *
 * <p>A request is <em>late</em> where by this reckoning it has waited for longer than the bound. That alone is no
 * overload: a pause or a burst makes many requests late, and they are answered as fast as can be. Where all are late
 * for some rounds and {@link WireLimits#OVERLOAD_NANOS}, the queue does not drain (it is a standing one, as CoDel
 * calls it: Nichols and Jacobson, "Controlling Queue Delay", 2012). From then on the bound is short,
 * {@link WireLimits#OVERLOAD_WAIT_NANOS} at most, and each late request is refused: a queue that stands makes everybody
 * wait and nobody faster, so it is kept no longer than the loop needs to be busy. A refusal costs a fraction of an
 * answer; so the sockets are emptied, and no request that is answered has waited for longer than the short bound. Where
 * for some seconds no refusals came one after the other, it is over.
 */
final class LoadShedder {
    /** Asking takes a microsecond or two where there is something; longer, and the loop has slept. */
    private static final long ASKING_NANOS_MAX = 10_000;

    private final long waitNanosMax;
    private final long overloadWaitNanosMax;
    private final LongSupplier nanoTime;
    /** By which requests are judged: as of the last read or answer, as looking for each would cost more than it tells. */
    private long nowNanos;

    private long round;
    private long askedNanos;
    private long askedBeforeNanos;
    private boolean maySleep;
    private boolean nothingRead = true;
    /** What is read in this round, of a socket that was emptied before, came after it. */
    private long freshSinceNanos;

    private boolean allLate;
    private long allLateSinceNanos;
    private long allLateSinceRound;

    private boolean overloaded;
    private long lastOverloadedNanos;
    /** Of refusals that come one after the other. */
    private long refusingSinceNanos;

    private long lastRefusedNanos;

    /** @param waitMax zero for no limit */
    LoadShedder(Duration waitMax, LongSupplier nanoTime) {
        this.waitNanosMax = waitMax.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(waitMax);
        this.overloadWaitNanosMax = Math.min(waitNanosMax, WireLimits.OVERLOAD_WAIT_NANOS);
        this.nanoTime = nanoTime;
        this.nowNanos = nanoTime.getAsLong();
        this.askedNanos = nowNanos;
        this.askedBeforeNanos = nowNanos;
        this.freshSinceNanos = nowNanos;
    }

    /** Of one connection: since when what is read of it now may have waited. */
    static final class SocketAge {
        private long sinceNanos;
        private boolean emptied = true;
    }

    /**
     * The loop asks its sockets what there is.
     *
     * @param sleeps whether it waits where there is nothing
     */
    void onRoundBegin(boolean sleeps) {
        round++;
        askedBeforeNanos = askedNanos;
        askedNanos = readClock();
        maySleep = sleeps;
        nothingRead = true;
    }

    /** All that there was is handled. */
    void onRoundEnd() {
        if (nothingRead) {
            // It may have slept until a timer woke it.
            askedNanos = readClock();
        }
    }

    /** Something was read; gives the time of it. */
    long onRead(SocketAge age) {
        readClock();
        if (nothingRead) {
            nothingRead = false;
            final boolean slept = maySleep && nowNanos - askedNanos > ASKING_NANOS_MAX;
            if (slept) {
                askedNanos = nowNanos;
            }
            freshSinceNanos = slept ? nowNanos : askedBeforeNanos;
        }
        if (age.emptied) {
            age.sinceNanos = freshSinceNanos;
            age.emptied = false;
        }
        return nowNanos;
    }

    /**
     * It is the next connection's turn; whether there is nothing left in the socket of this one. Gives nanoseconds for
     * which what was handled last may have waited.
     */
    long onTurnEnd(SocketAge age, boolean isEmptied) {
        age.emptied = isEmptied;
        return nowNanos - age.sinceNanos;
    }

    /** A client that was not read from because it left its answers lying has taken them: that wait was its own. */
    void onResumed(SocketAge age) {
        age.sinceNanos = readClock();
        age.emptied = true;
    }

    /** Looks at the clock; requests are judged by what it says until the next look. */
    long readClock() {
        nowNanos = nanoTime.getAsLong();
        return nowNanos;
    }

    /** As of the last look. */
    long nowNanos() {
        return nowNanos;
    }

    /** Whether requests were refused lately: the next ones probably will be, too. */
    boolean isShedding() {
        return overloaded && nowNanos - lastRefusedNanos < WireLimits.OVERLOAD_NANOS;
    }

    /** Whether the request whose turn it is now is to be refused. */
    boolean sheds(SocketAge age) {
        if (overloaded && nowNanos - lastOverloadedNanos >= WireLimits.OVERLOAD_REMEMBERED_NANOS) {
            overloaded = false;
        }
        if (nowNanos - age.sinceNanos <= (overloaded ? overloadWaitNanosMax : waitNanosMax)) {
            allLate = false;
            return false;
        }
        if (overloaded) {
            onRefused();
        } else {
            onLate();
        }
        return overloaded;
    }

    private void onLate() {
        if (!allLate) {
            allLate = true;
            allLateSinceNanos = nowNanos;
            allLateSinceRound = round;
        }
        final long lateNanos = nowNanos - allLateSinceNanos;
        final boolean isStanding =
                lateNanos >= WireLimits.OVERLOAD_NANOS && round - allLateSinceRound >= WireLimits.OVERLOAD_ROUNDS;
        if (isStanding || lateNanos >= WireLimits.OVERLOAD_CERTAIN_NANOS) {
            overloaded = true;
            lastOverloadedNanos = nowNanos;
            refusingSinceNanos = nowNanos;
            lastRefusedNanos = nowNanos;
        }
    }

    /** A pause makes some late, too; an overload goes on where refusals do. */
    private void onRefused() {
        if (nowNanos - lastRefusedNanos >= WireLimits.OVERLOAD_NANOS) {
            refusingSinceNanos = nowNanos;
        }
        lastRefusedNanos = nowNanos;
        if (nowNanos - refusingSinceNanos >= WireLimits.OVERLOAD_NANOS) {
            lastOverloadedNanos = nowNanos;
        }
    }
}
