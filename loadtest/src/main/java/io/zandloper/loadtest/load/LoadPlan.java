package io.zandloper.loadtest.load;

import io.zandloper.loadtest.dialect.Protocol;
import io.zandloper.loadtest.dialect.Questions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a run does, concluded before it starts.
 *
 * @param seed of identities and due times
 */
public record LoadPlan(Target target, Loop loop, Asking asking, Extent extent, long seed) {
    /** Segments that every generated catalog with at least eight has: four listed, one computed. */
    static final String SEGMENTS_DEFAULT = "high-value,cart-abandoner,debt-care,churn-risk,senior";

    static final String PLACEMENTS_DEFAULT = "web-list";

    static final Duration GRACE_DEFAULT = Duration.ofSeconds(5);

    static final int BATCH_DEFAULT = 50;

    static final int VALUE_BYTES_DEFAULT = 256;

    /** {@code OPEN}: due at fixed times. {@code CLOSED}: the next when one is answered. */
    public enum Mode {
        OPEN,
        CLOSED
    }

    /** How the due times of the open loop lie. */
    public enum Arrivals {
        EVEN,
        POISSON,
        /** As they were recorded. */
        TRACE
    }

    /** {@code SPIN} sees an answer as soon as it is there and takes a core; {@code BLOCK} sleeps in between. */
    public enum Waiting {
        SPIN,
        BLOCK
    }

    /** Who is under load. */
    public record Target(Endpoint endpoint, Protocol protocol) {}

    /**
     * When requests are sent.
     *
     * @param ratePerSecond requests a second in sum; only in the open loop
     * @param pipeline requests in flight on a connection: exactly as many in the closed loop, at most in the open one
     */
    public record Loop(
            Mode mode,
            Arrivals arrivals,
            Waiting waiting,
            double ratePerSecond,
            int connections,
            int threads,
            int pipeline) {
        /** The next request when one is answered, from one thread. */
        public static Loop closed(Waiting waiting, int connections, int pipeline) {
            return new Loop(Mode.CLOSED, Arrivals.EVEN, waiting, 0, connections, 1, pipeline);
        }

        /** Requests due at times that know nothing of each other, from one thread that spins. */
        public static Loop open(double ratePerSecond, int connections, int pipeline) {
            return new Loop(Mode.OPEN, Arrivals.POISSON, Waiting.SPIN, ratePerSecond, connections, 1, pipeline);
        }

        Loop withRate(double newRatePerSecond) {
            return new Loop(Mode.OPEN, arrivals, waiting, newRatePerSecond, connections, threads, pipeline);
        }
    }

    /**
     * What is asked, about whom.
     *
     * @param trace instead of workload, keys, id and rows; null for none
     * @param rows rows 1 to this are asked about
     */
    public record Asking(
            Workload workload,
            Questions questions,
            KeyDistribution keys,
            IdPattern id,
            int rows,
            @Nullable Trace trace) {
        Script script() {
            return trace != null ? trace : workload;
        }
    }

    /**
     * How long.
     *
     * @param grace how long answers are waited for after the last request was due
     * @param requestsMax ends the run early; warm-up counts too
     */
    public record Extent(Duration warmup, Duration duration, Duration grace, long requestsMax) {}

    /** A closed loop of page views to a server on this machine that has a generated data set. */
    public static LoadPlan pages(String host, int port, int connections, int rows, Duration warmup, Duration duration) {
        return new LoadPlan(
                new Target(Endpoint.tcp(host, port), Protocol.ZANDLOPER),
                Loop.closed(Waiting.BLOCK, connections, 1),
                new Asking(
                        Workload.PAGE,
                        new Questions(
                                List.of(SEGMENTS_DEFAULT.split(",")),
                                List.of(PLACEMENTS_DEFAULT),
                                BATCH_DEFAULT,
                                VALUE_BYTES_DEFAULT),
                        new KeyDistribution(KeyDistribution.ZIPF_EXPONENT_DEFAULT),
                        IdPattern.parse("crm:{row}"),
                        rows,
                        null),
                new Extent(warmup, duration, GRACE_DEFAULT, Long.MAX_VALUE),
                1);
    }

    LoadPlan with(Loop newLoop) {
        return new LoadPlan(target, newLoop, asking, extent, seed);
    }

    LoadPlan with(Target newTarget) {
        return new LoadPlan(newTarget, loop, asking, extent, seed);
    }

    boolean isOpenLoop() {
        return loop.mode() == Mode.OPEN;
    }

    /** How it reads in a heading: the loop, its size and what is asked. */
    String summary() {
        final String how = isOpenLoop()
                ? String.format(
                        Locale.ROOT, "open loop, %,.0f/s due (%s) on ", loop.ratePerSecond(), name(loop.arrivals()))
                : "closed loop, " + loop.pipeline() + " in flight on each of ";
        final Trace trace = asking.trace();
        final String what = trace != null
                ? String.format(Locale.ROOT, "%,d recorded requests", trace.size())
                : String.format(
                        Locale.ROOT, "%s, %s keys of %,d", name(asking.workload()), asking.keys(), asking.rows());
        return how
                + loop.connections()
                + (loop.connections() == 1 ? " connection, " : " connections, ")
                + what
                + (target.protocol() == Protocol.ZANDLOPER ? "" : ", " + target.protocol());
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
