package io.zandloper.server.admin;

import static io.zandloper.server.admin.Series.count;
import static io.zandloper.server.admin.Series.counter;
import static io.zandloper.server.admin.Series.gauge;
import static io.zandloper.server.admin.Series.level;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.report.HoldoutComparison;
import io.zandloper.server.report.OfferReport;
import io.zandloper.server.report.OfferReport.Row;
import io.zandloper.server.report.OfferReports;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * The report of offers as metrics. The number of series is bounded: the first {@link #PAIRS_MAX} pairs of an offer and a
 * placement have labels of their own for as long as the process lives, all others are one. Where there are more from the
 * beginning, those counted most are the first. Thread-safe.
 */
final class OfferMetrics {
    /** Pairs of an offer and a placement with labels of their own: 6 series each. */
    static final int PAIRS_MAX = 100;

    /** What cannot be an id. */
    private static final String OTHER = "(other)";

    private static final String NONE = "(none)";

    private static final Map<String, ToLongFunction<Row>> OUTCOMES = new LinkedHashMap<>();

    static {
        OUTCOMES.put("decided", Row::decided);
        OUTCOMES.put("fallback", Row::fallback);
        OUTCOMES.put("shown", Row::shown);
        OUTCOMES.put("clicked", Row::clicked);
        OUTCOMES.put("converted", Row::converted);
        OUTCOMES.put("rejected", Row::rejected);
    }

    private final OfferReports reports;
    private final Map<Pair, Labels> labels = new LinkedHashMap<>();

    private record Pair(String offer, String placement) {
        static Pair of(Row row) {
            return new Pair(
                    Objects.requireNonNullElse(row.offer(), OTHER),
                    Objects.requireNonNullElse(row.placement(), row.offer() == null ? OTHER : NONE));
        }
    }

    OfferMetrics(OfferReports reports) {
        this.reports = reports;
    }

    synchronized void addTo(MetricSnapshots.Builder all) {
        final OfferReport report = reports.report();
        label(report.rows());
        outcomes(all, report);
        reasons(all, report);
        all.metricSnapshot(
                counter("zandloper_decisions", "Decisions that were counted, what-ifs left out.", report.decisions()));
        all.metricSnapshot(counter(
                "zandloper_decisions_explained",
                "Those of them of which the reasons were counted.",
                report.explained()));
        all.metricSnapshot(counter(
                "zandloper_decisions_what_if",
                "Decisions for another time or for a profile document.",
                report.whatIfs()));
        final HoldoutComparison holdout = report.holdout();
        if (holdout != null) {
            people(all, "zandloper_holdout_people", "People decided for, by group.", holdout, group -> group.people());
            people(
                    all,
                    "zandloper_holdout_converted_people",
                    "Those of them who converted afterwards.",
                    holdout,
                    group -> group.converted());
        }
    }

    private void label(List<Row> rows) {
        if (labels.size() == PAIRS_MAX) {
            return;
        }
        rows.stream()
                .filter(row -> OUTCOMES.values().stream().anyMatch(count -> count.applyAsLong(row) > 0))
                .sorted(Comparator.comparingLong((Row row) -> row.decided() + row.shown())
                        .reversed())
                .map(Pair::of)
                .filter(pair -> !labels.containsKey(pair))
                .limit(PAIRS_MAX - labels.size())
                .toList()
                .forEach(pair -> labels.put(pair, Labels.of("offer", pair.offer(), "placement", pair.placement())));
    }

    private void outcomes(MetricSnapshots.Builder all, OfferReport report) {
        final Map<Labels, long[]> sums = new LinkedHashMap<>();
        final Labels other = Labels.of("offer", OTHER, "placement", OTHER);
        report.rows().forEach(row -> add(sums, labels.getOrDefault(Pair.of(row), other), row));
        if (report.other() != null) {
            add(sums, other, report.other());
        }
        final CounterSnapshot.Builder outcomes =
                counter("zandloper_offer_outcomes", "What became of offers: decisions that returned them, and events.");
        sums.forEach((label, counts) -> {
            int i = 0;
            for (final String outcome : OUTCOMES.keySet()) {
                outcomes.dataPoint(count(label.merge(Labels.of("outcome", outcome)), counts[i++]));
            }
        });
        all.metricSnapshot(outcomes.build());
    }

    private static void add(Map<Labels, long[]> sums, Labels label, Row row) {
        final long[] counts = sums.computeIfAbsent(label, absent -> new long[OUTCOMES.size()]);
        int i = 0;
        for (final ToLongFunction<Row> outcome : OUTCOMES.values()) {
            counts[i++] += outcome.applyAsLong(row);
        }
    }

    private static void reasons(MetricSnapshots.Builder all, OfferReport report) {
        final CounterSnapshot.Builder reasons = counter(
                "zandloper_offer_not_returned",
                "Offers, over all placements, that explained decisions did not return, by the first reason.");
        for (final ReasonCode code : ReasonCode.values()) {
            long count = report.other() == null ? 0 : report.other().reason(code);
            for (final Row row : report.rows()) {
                count += row.reason(code);
            }
            reasons.dataPoint(count(Labels.of("reason", code.name()), count));
        }
        all.metricSnapshot(reasons.build());
    }

    private static void people(
            MetricSnapshots.Builder all,
            String name,
            String help,
            HoldoutComparison holdout,
            ToLongFunction<HoldoutComparison.Group> count) {
        all.metricSnapshot(gauge(name, help)
                .dataPoint(level(Labels.of("group", "treated"), count.applyAsLong(holdout.treated())))
                .dataPoint(level(Labels.of("group", "held_out"), count.applyAsLong(holdout.holdout())))
                .build());
    }
}
