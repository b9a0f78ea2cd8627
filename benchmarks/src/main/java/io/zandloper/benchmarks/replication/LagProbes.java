package io.zandloper.benchmarks.replication;

import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.UpsertResult;
import io.zandloper.protocol.client.ZandloperClient;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Writes at even times, whatever became of the last one, and asks the replica for each as soon as it is acknowledged: how long
 * until it can be read there? Every other one asks the replica without waiting for the write, which is what asking takes.
 */
final class LagProbes {
    private static final int PENDING_MAX = 100_000;
    private static final long LATENCY_NANOS_MAX = Duration.ofMinutes(10).toNanos();
    private static final int DIGITS = 3;

    private final ZandloperClient writer;
    private final ZandloperClient reader;
    private final long intervalNanos;
    private final Histogram lagNanos = new ConcurrentHistogram(LATENCY_NANOS_MAX, DIGITS);
    private final Histogram askingNanos = new ConcurrentHistogram(LATENCY_NANOS_MAX, DIGITS);
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    private final Semaphore free = new Semaphore(PENDING_MAX);

    LagProbes(ZandloperClient writer, ZandloperClient reader, double perSecond) {
        this.writer = writer;
        this.reader = reader;
        this.intervalNanos = (long) (1e9 / perSecond);
    }

    /** Returns when all of them have their answers. */
    void run(Duration duration) throws InterruptedException {
        final long startNanos = System.nanoTime();
        for (long number = 0; number * intervalNanos < duration.toNanos(); number++) {
            final long dueNanos = startNanos + number * intervalNanos;
            for (long wait = dueNanos - System.nanoTime(); wait > 0; wait = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            free.acquire();
            final boolean waits = number % 2 == 0;
            writer.upsert(ProfileChange.merge(DataSet.crm(number)).attribute("probe", System.nanoTime()))
                    .whenComplete((done, failure) -> {
                        if (done == null) {
                            onFailed(failure);
                        } else {
                            ask(done, waits);
                        }
                    });
        }
        free.acquire(PENDING_MAX);
        final Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("a probe was refused", failure);
        }
    }

    private void ask(UpsertResult written, boolean waits) {
        final long askedNanos = System.nanoTime();
        (waits ? reader.withMinSequence(written.sequence()) : reader).ping().whenComplete((there, failure) -> {
            if (failure != null) {
                onFailed(failure);
                return;
            }
            (waits ? lagNanos : askingNanos).recordValue(Math.min(LATENCY_NANOS_MAX, System.nanoTime() - askedNanos));
            free.release();
        });
    }

    private void onFailed(@Nullable Throwable failure) {
        failed.compareAndSet(null, failure);
        free.release();
    }

    /** From the acknowledgement of a write until the replica said that it has it. */
    Histogram lagNanos() {
        return lagNanos;
    }

    /** The same without waiting for the write. */
    Histogram askingNanos() {
        return askingNanos;
    }
}
