package io.zandloper.server.report;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns why offers were not returned, without a decision paying for it: the decider stops as soon as the places are
 * filled, and so knows the reasons of few offers. Decisions are explained once more on a thread of its own, as of their
 * time: every one of them as long as that takes no more than a set share of one processor, beyond that as many as it
 * takes. How many were explained is counted beside the reasons.
 *
 * <p>What was explained is a sample by time: where the share is used up, the next decision to be explained is the first
 * one after it is there again.
 */
final class ReasonSampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReasonSampler.class);

    /** What may be used at once after a quiet time. */
    private static final long SAVED_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** For what was handed over before the stop. */
    private static final long LAST_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final double PERCENT = 100;

    private final double share;
    private final LongSupplier nanoTime;
    private final ReasonTally tally;
    private final List<SampleRing> rings = new CopyOnWriteArrayList<>();
    private long refilledNanos;
    private double savedNanos = SAVED_NANOS_MAX;
    private boolean failed;
    private volatile boolean open;
    private volatile boolean closing;
    private @Nullable Thread thread;

    /**
     * @param sharePercent of one processor; 0 explains nothing
     * @param nanoTime tells how long an explanation took
     */
    ReasonSampler(int sharePercent, LongSupplier nanoTime, ReasonTally tally) {
        this.share = sharePercent / PERCENT;
        this.nanoTime = nanoTime;
        this.tally = tally;
    }

    /** Begins to explain. */
    void start(Explaining explaining) {
        if (share == 0) {
            explaining.close();
            return;
        }
        refilledNanos = nanoTime.getAsLong();
        open = true;
        final Thread started =
                Thread.ofPlatform().name("zandloper-reasons").daemon().unstarted(() -> run(explaining));
        thread = started;
        started.start();
    }

    /** Whether a decision is to be handed over now. Any thread; one read of a field. */
    boolean isOpen() {
        return open;
    }

    /** For one event loop. */
    SampleRing newRing() {
        final SampleRing ring = new SampleRing();
        rings.add(ring);
        return ring;
    }

    /** Waits until what was handed over so far is explained; at most so long. */
    void await(long nanosMax) {
        final long startNanos = System.nanoTime();
        while (open && !areEmpty() && System.nanoTime() - startNanos < nanosMax) {
            LockSupport.unpark(thread);
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private boolean areEmpty() {
        return rings.stream().allMatch(SampleRing::isEmpty);
    }

    private void run(Explaining explaining) {
        try (explaining) {
            while (!closing) {
                if (!work(explaining)) {
                    LockSupport.parkNanos(this, IDLE_NANOS);
                }
            }
            final long stoppedNanos = nanoTime.getAsLong();
            boolean more = true;
            while (more && nanoTime.getAsLong() - stoppedNanos < LAST_NANOS_MAX) {
                more = work(explaining);
            }
        }
    }

    /** One decision of each event loop; false where there was none. */
    boolean work(Explaining explaining) {
        boolean worked = false;
        for (final SampleRing ring : rings) {
            worked |= ring.poll((request, atMicros) -> explain(explaining, request, atMicros));
        }
        final long nowNanos = nanoTime.getAsLong();
        savedNanos = Math.min((double) SAVED_NANOS_MAX, savedNanos + (nowNanos - refilledNanos) * share);
        refilledNanos = nowNanos;
        open = savedNanos > 0;
        return worked;
    }

    private void explain(Explaining explaining, DecisionRequest request, long atMicros) {
        final long startNanos = nanoTime.getAsLong();
        try {
            if (explaining.explain(request, atMicros, tally)) {
                tally.onExplained();
            }
        } catch (InvalidInputException catalogReplaced) {
            // What was asked for is not in the catalog any more; the decision counts as one that was not explained.
        } catch (RuntimeException e) {
            if (!failed) {
                failed = true;
                LOG.error("A decision could not be explained; further failures are not told", e);
            }
        }
        savedNanos -= nanoTime.getAsLong() - startNanos;
    }

    @Override
    public void close() {
        open = false;
        closing = true;
        final Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join();
            open = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
