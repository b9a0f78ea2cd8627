package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Checksum;
import io.zandloper.loadtest.dialect.Dialect;
import io.zandloper.loadtest.dialect.Identities;
import io.zandloper.loadtest.dialect.Operation;
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
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;

/** Connects, starts the workers, shows once a second how it goes, and sums up. One run; for one thread. */
public final class LoadRun {
    /** Drawn beforehand: enough that caches do not learn the order. */
    private static final int IDENTITIES_DRAWN_MIN = 1 << 20;

    /** More of them where there are more: else the few that are asked about would lie in a cache. */
    private static final int IDENTITIES_DRAWN_MAX = 1 << 22;

    private static final long START_DELAY_NANOS = 50_000_000;
    private static final long TICK_NANOS = 1_000_000_000;

    private final LoadPlan plan;
    private final Script script;
    private final LoadListener listener;
    private final List<LoadWorker> workers = new ArrayList<>();
    private final Map<Operation, String> titles = new EnumMap<>(Operation.class);
    private final Map<Operation, Histogram> totals = new EnumMap<>(Operation.class);
    private final Histogram refusals = histogram();

    /** @param listener called on the thread that runs this */
    public LoadRun(LoadPlan plan, LoadListener listener) {
        this.plan = plan;
        this.script = plan.asking().script();
        this.listener = listener;
    }

    /**
     * Runs to its end, which comes at the latest {@link LoadPlan.Extent#grace} after the planned time.
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
        final LoadPlan.Loop loop = plan.loop();
        final Identities identities = identities();
        int connected = 0;
        for (int i = 0; i < loop.threads(); i++) {
            final Dialect dialect =
                    plan.target().protocol().newDialect(plan.asking().questions(), identities.lengthBytesMax());
            for (final Operation operation : script.operations()) {
                if (!dialect.knows(operation)) {
                    throw new IOException(
                            plan.target().protocol() + " knows nothing like it: operation=" + operation.title());
                }
                titles.put(operation, dialect.title(operation));
            }
            final int share = (loop.connections() - connected) / (loop.threads() - i);
            final List<SocketChannel> channels = new ArrayList<>();
            for (int c = 0; c < share; c++) {
                channels.add(Handshake.connect(plan.target().endpoint(), dialect));
            }
            workers.add(new LoadWorker(plan, dialect, channels, connected, schedule(i), share(i, identities)));
            connected += share;
        }
    }

    private Identities identities() {
        final LoadPlan.Asking asking = plan.asking();
        final Trace trace = asking.trace();
        if (trace != null) {
            return trace;
        }
        final int count = Math.clamp(asking.rows(), IDENTITIES_DRAWN_MIN, IDENTITIES_DRAWN_MAX);
        return new RowIdentities(asking.id(), asking.rows(), asking.keys().draw(asking.rows(), count, plan.seed()));
    }

    private LoadWorker.Share share(int worker, Identities identities) {
        final int threads = plan.loop().threads();
        final long max = plan.extent().requestsMax();
        final long requests = max / threads + (worker < max % threads ? 1 : 0);
        if (plan.asking().trace() == null) {
            final int first = (int) ((long) identities.size() * worker / threads);
            return new LoadWorker.Share(identities, first, 0, 1, requests);
        }
        final int lines = (identities.size() - worker + threads - 1) / threads;
        return new LoadWorker.Share(identities, worker, worker, threads, Math.min(lines, requests));
    }

    private Schedule schedule(int worker) {
        final LoadPlan.Loop loop = plan.loop();
        if (!plan.isOpenLoop()) {
            return Schedule.even(1, 0);
        }
        final Trace trace = plan.asking().trace();
        final double share = loop.ratePerSecond() / loop.threads();
        if (trace != null) {
            return Schedule.at(trace.dueNanos(worker, loop.threads()));
        }
        return loop.arrivals() == LoadPlan.Arrivals.EVEN
                ? Schedule.even(share, worker * 1e9 / loop.ratePerSecond())
                : Schedule.poisson(share, plan.seed() + worker);
    }

    private void watch(List<Thread> threads, long startNanos) throws InterruptedException {
        final long measureNanos = startNanos + plan.extent().warmup().toNanos();
        long fromNanos = startNanos;
        boolean warm = plan.extent().warmup().isZero();
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
        for (final Operation operation : script.operations()) {
            final Histogram measured = histogram();
            for (final LoadWorker worker : workers) {
                measured.add(worker.recordings().takeInterval(operation, null));
                all.add(worker.warmupRecordings().takeInterval(operation, null));
            }
            all.add(measured);
            totals.computeIfAbsent(operation, o -> histogram()).add(measured);
            if (warm || measured.getTotalCount() > 0) {
                listener.onInterval(title(operation), measured, fromNanos - startNanos, nowNanos - startNanos);
            }
        }
        for (final LoadWorker worker : workers) {
            refusals.add(worker.recordings().takeRefusals());
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
        long checksum = 0;
        for (final LoadWorker worker : workers) {
            worker.recordings().addErrors(errors);
            lastAnswerNanos = Math.max(lastAnswerNanos, worker.lastAnswerNanos());
            lastDueNanos = Math.max(lastDueNanos, worker.lastDueNanos());
            due += worker.measuredRequests();
            checksum += worker.checksum();
            if (worker.failure() != null) {
                throw new IOException("the load stopped: " + worker.failure(), worker.failure());
            }
        }
        final List<OperationResult> operations = new ArrayList<>();
        for (final Operation operation : script.operations()) {
            long failed = 0;
            for (final LoadWorker worker : workers) {
                failed += worker.recordings().errors(operation);
            }
            operations.add(new OperationResult(
                    title(operation),
                    totals.computeIfAbsent(operation, o -> histogram()),
                    failed,
                    plan.asking().questions().profilesOf(operation)));
        }
        final long measureNanos = startNanos + plan.extent().warmup().toNanos();
        final boolean endedEarly = plan.extent().requestsMax() != Long.MAX_VALUE;
        final long dueEndNanos = endedEarly
                ? lastDueNanos
                : measureNanos + plan.extent().duration().toNanos();
        return new LoadResult(
                plan,
                operations,
                refusals,
                errors,
                due,
                seconds(dueEndNanos - measureNanos),
                seconds(Math.max(dueEndNanos, lastAnswerNanos) - measureNanos),
                checksum);
    }

    /**
     * What the checksum over the answers is where each was answered, and rightly; after {@link #run}. Only where all
     * operations that were asked have the same content, as reads of one kind do.
     *
     * @param contents of the answer about the profile of that number
     */
    public long expectedChecksum(LongUnaryOperator contents) {
        long sum = 0;
        for (final LoadWorker worker : workers) {
            final Identities identities = worker.share().identities();
            final long[] each = new long[identities.size()];
            long all = 0;
            for (int i = 0; i < Math.min(each.length, worker.identitiesAsked()); i++) {
                final int index = (worker.share().firstIdentity() + i) % each.length;
                final long number = identities.number(index);
                each[i] = Checksum.of(number, contents.applyAsLong(number));
                all += each[i];
            }
            sum += all * Math.max(1, worker.identitiesAsked() / each.length);
            if (worker.identitiesAsked() > each.length) {
                for (int i = 0; i < worker.identitiesAsked() % each.length; i++) {
                    sum += each[i];
                }
            }
        }
        return sum;
    }

    private String title(Operation operation) {
        return titles.getOrDefault(operation, operation.title());
    }

    private static double seconds(long nanos) {
        return Math.max(1, nanos) / 1e9;
    }

    private static Histogram histogram() {
        return new Histogram(1, Recordings.LATENCY_MAX_NANOS, Recordings.DIGITS);
    }
}
