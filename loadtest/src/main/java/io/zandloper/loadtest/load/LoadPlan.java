package io.zandloper.loadtest.load;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a run does, concluded before it starts.
 *
 * @param ratePerSecond requests a second in sum; only in the open loop
 * @param pipeline requests in flight on a connection: exactly as many in the closed loop, at most in the open one
 * @param grace how long answers are waited for after the last request was due
 * @param requestsMax ends the run early; warm-up counts too
 * @param rows rows 1 to this are asked about
 * @param segments asked for in one segment test
 * @param placements asked for in one decision
 */
public record LoadPlan(
        String host,
        int port,
        Mode mode,
        Arrivals arrivals,
        Waiting waiting,
        double ratePerSecond,
        int connections,
        int threads,
        int pipeline,
        Workload workload,
        KeyDistribution keys,
        IdPattern id,
        int rows,
        List<String> segments,
        List<String> placements,
        Duration warmup,
        Duration duration,
        Duration grace,
        long requestsMax,
        long seed) {

    /** Segments that every generated catalog with at least eight has: four listed, one computed. */
    static final String SEGMENTS_DEFAULT = "high-value,cart-abandoner,debt-care,churn-risk,senior";

    static final Duration GRACE_DEFAULT = Duration.ofSeconds(5);

    static final String PLACEMENTS_DEFAULT = "web-list";

    /** {@code OPEN}: due at fixed times. {@code CLOSED}: the next when one is answered. */
    enum Mode {
        OPEN,
        CLOSED
    }

    /** How the due times of the open loop lie. */
    enum Arrivals {
        EVEN,
        POISSON
    }

    /** {@code SPIN} sees an answer as soon as it is there and takes a core; {@code BLOCK} sleeps in between. */
    enum Waiting {
        SPIN,
        BLOCK
    }

    /** A closed loop of mixed requests to a server on this machine that has a generated data set. */
    public static LoadPlan mixed(String host, int port, int connections, int rows, Duration warmup, Duration duration) {
        return new LoadPlan(
                host,
                port,
                Mode.CLOSED,
                Arrivals.EVEN,
                Waiting.BLOCK,
                0,
                connections,
                1,
                1,
                Workload.MIXED,
                new KeyDistribution(KeyDistribution.ZIPF_EXPONENT_DEFAULT),
                IdPattern.parse("crm:{row}"),
                rows,
                List.of(SEGMENTS_DEFAULT.split(",")),
                List.of(PLACEMENTS_DEFAULT),
                warmup,
                duration,
                GRACE_DEFAULT,
                Long.MAX_VALUE,
                1);
    }

    /** How it reads in a heading: the loop, its size and what is asked. */
    String summary() {
        final String loop = mode == Mode.OPEN
                ? String.format(Locale.ROOT, "open loop, %,.0f/s due (%s)", ratePerSecond, name(arrivals))
                : "closed loop, " + pipeline + " in flight on each of";
        return loop + (mode == Mode.OPEN ? " on " : " ") + connections
                + (connections == 1 ? " connection" : " connections") + ", " + name(workload) + ", " + keys
                + " keys of " + String.format(Locale.ROOT, "%,d", rows);
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
