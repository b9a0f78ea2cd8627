package io.zandloper.server.metrics;

import java.util.concurrent.TimeUnit;

/** The bounds of what is recorded. */
public final class MetricsLimits {
    /** Longer latencies count as this: a streamed bulk body may take minutes, nothing takes longer than an hour. */
    static final long LATENCY_MAX_NANOS = TimeUnit.HOURS.toNanos(1);

    /** A percentile is exact to one part in a thousand. */
    static final int SIGNIFICANT_DIGITS = 3;

    /** The rolling interval of "last 10 s", in ticks of a second. */
    public static final int WINDOW_SECONDS = 10;

    /** How many of the slowest requests are kept. */
    public static final int SLOWEST_REQUESTS = 100;

    private MetricsLimits() {}
}
