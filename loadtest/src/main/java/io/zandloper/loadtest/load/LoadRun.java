package io.zandloper.loadtest.load;

import io.zandloper.loadtest.load.LoadResult.OperationResult;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Connects, starts the workers, shows once a second how it goes, and sums up. One run; for one thread. */
public final class LoadRun {
    /** Rows drawn beforehand: enough that caches do not learn the order. */
    private static final int ROWS_DRAWN = 1 << 20;

    private static final long START_DELAY_NANOS = 50_000_000;
    private static final long TICK_NANOS = 1_000_000_000;

    private final LoadPlan plan;
    private final LoadListener listener;
    private final List<LoadWorker> workers = new ArrayList<>();
    private final Map<Operation, Histogram> totals = new EnumMap<>(Operation.class);

    /** @param listener called on the thread that runs this */
    public LoadRun(LoadPlan plan, LoadListener listener) {
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * Runs to its end, which comes at the latest {@link LoadPlan#grace} after the planned time.
     *
     * @throws IOException where no connection can be made or none is left, in one sentence
     */
    public LoadResult run() throws IOException, InterruptedException {
        connect();
        final List<Thread> threads = new ArrayList<>();
        final long startNanos = System.nanoTime() + START_DELAY_NANOS;
        for (final LoadWorker worker : workers) {
            worker.startAt(startNanos);
            final Thread thread = new Thread(worker, "load-" + threads.size());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        watch(threads, startNanos);
        return sumUp(startNanos);
    }

    private void connect() throws IOException {
        final int digitsMax = Integer.toString(plan.rows()).length();
        final RequestTemplate[][] templates = new RequestTemplate[Operation.values().length][];
        for (final Operation operation : Operation.values()) {
            templates[operation.ordinal()] = RequestTemplate.forDigits(digitsMax, operation, plan);
        }
        final int[] rows = plan.keys().draw(plan.rows(), ROWS_DRAWN, plan.seed());
        int connected = 0;
        for (int i = 0; i < plan.threads(); i++) {
            final int share = (plan.connections() - connected) / (plan.threads() - i);
            final List<SocketChannel> channels = new ArrayList<>();
            for (int c = 0; c < share; c++) {
                channels.add(Handshake.connect(plan.host(), plan.port()));
            }
            workers.add(new LoadWorker(
                    plan,
                    channels,
                    connected,
                    templates,
                    schedule(i),
                    rows,
                    (int) ((long) ROWS_DRAWN * i / plan.threads()),
                    plan.requestsMax() / plan.threads() + (i < plan.requestsMax() % plan.threads() ? 1 : 0)));
            connected += share;
        }
    }

    private Schedule schedule(int worker) {
        if (plan.mode() == LoadPlan.Mode.CLOSED) {
            return Schedule.even(1, 0);
        }
        final double share = plan.ratePerSecond() / plan.threads();
        return plan.arrivals() == LoadPlan.Arrivals.EVEN
                ? Schedule.even(share, worker * 1e9 / plan.ratePerSecond())
                : Schedule.poisson(share, plan.seed() + worker);
    }

    private void watch(List<Thread> threads, long startNanos) throws InterruptedException {
        final long measureNanos = startNanos + plan.warmup().toNanos();
        long fromNanos = startNanos;
        boolean warm = plan.warmup().isZero();
        while (true) {
            final long tickNanos = fromNanos + TICK_NANOS;
            final long untilNanos = !warm && tickNanos - measureNanos > -TICK_NANOS / 4 ? measureNanos : tickNanos;
            final boolean running = await(threads, untilNanos);
            final long nowNanos = System.nanoTime();
            report(warm, fromNanos, nowNanos, startNanos);
            if (!running) {
                return;
            }
            warm |= nowNanos >= measureNanos;
            fromNanos = nowNanos;
        }
    }

    /** Until that time or the end of all threads: true where one still runs. */
    private static boolean await(List<Thread> threads, long untilNanos) throws InterruptedException {
        boolean running = false;
        for (final Thread thread : threads) {
            final long leftNanos = untilNanos - System.nanoTime();
            running |= !thread.join(Duration.ofNanos(Math.max(1, leftNanos)));
        }
        return running;
    }

    private void report(boolean warm, long fromNanos, long nowNanos, long startNanos) {
        final Histogram all = histogram();
        long errors = 0;
        for (final Operation operation : plan.workload().operations()) {
            final Histogram measured = histogram();
            for (final LoadWorker worker : workers) {
                measured.add(worker.recordings().takeInterval(operation, null));
                all.add(worker.warmupRecordings().takeInterval(operation, null));
            }
            all.add(measured);
            totals.computeIfAbsent(operation, o -> histogram()).add(measured);
            if (warm || measured.getTotalCount() > 0) {
                listener.onInterval(operation.title(), measured, fromNanos - startNanos, nowNanos - startNanos);
            }
        }
        for (final LoadWorker worker : workers) {
            errors += worker.recordings().errors();
        }
        listener.onProgress(new LoadListener.Progress(
                !warm,
                TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos),
                all.getTotalCount() * 1e9 / Math.max(1, nowNanos - fromNanos),
                all,
                errors));
    }

    private LoadResult sumUp(long startNanos) throws IOException {
        final Map<String, Long> errors = new TreeMap<>();
        long lastAnswerNanos = startNanos;
        long lastDueNanos = startNanos;
        long due = 0;
        for (final LoadWorker worker : workers) {
            worker.recordings().addErrors(errors);
            lastAnswerNanos = Math.max(lastAnswerNanos, worker.lastAnswerNanos());
            lastDueNanos = Math.max(lastDueNanos, worker.lastDueNanos());
            due += worker.measuredRequests();
            if (worker.failure() != null) {
                throw new IOException("the load stopped: " + worker.failure(), worker.failure());
            }
        }
        final List<OperationResult> operations = new ArrayList<>();
        for (final Operation operation : plan.workload().operations()) {
            long failed = 0;
            for (final LoadWorker worker : workers) {
                failed += worker.recordings().errors(operation);
            }
            operations.add(new OperationResult(
                    operation.title(), totals.computeIfAbsent(operation, o -> histogram()), failed));
        }
        final long measureNanos = startNanos + plan.warmup().toNanos();
        final boolean endedEarly = plan.requestsMax() != Long.MAX_VALUE;
        final long dueEndNanos =
                endedEarly ? lastDueNanos : measureNanos + plan.duration().toNanos();
        return new LoadResult(
                plan,
                operations,
                errors,
                due,
                seconds(dueEndNanos - measureNanos),
                seconds(Math.max(dueEndNanos, lastAnswerNanos) - measureNanos));
    }

    private static double seconds(long nanos) {
        return Math.max(1, nanos) / 1e9;
    }

    private static Histogram histogram() {
        return new Histogram(1, Recordings.LATENCY_MAX_NANOS, 3);
    }
}
