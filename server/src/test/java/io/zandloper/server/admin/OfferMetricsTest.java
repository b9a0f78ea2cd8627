package io.zandloper.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.zandloper.server.report.OfferReports;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OfferMetricsTest {
    private static final String OUTCOMES = "zandloper_offer_outcomes_total{";

    private final OfferReports reports = new OfferReports(() -> 0, System::nanoTime, () -> Catalog.EMPTY, 0);
    private final OfferMetrics metrics = new OfferMetrics(reports);

    private void show(String offer, String placement, int times) {
        for (int i = 0; i < times; i++) {
            reports.observer()
                    .onEvent(
                            new RecordEvent(
                                    new Identity("crm", "1"),
                                    null,
                                    "impression",
                                    offer,
                                    placement,
                                    0,
                                    null,
                                    null,
                                    Map.of()),
                            1);
        }
    }

    private List<String> lines() {
        final MetricSnapshots.Builder all = MetricSnapshots.builder();
        metrics.addTo(all);
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, all.build());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void namesOfferAndPlacement() {
        show("loan", "hero", 3);
        show("loan", null, 1);
        assertThat(lines())
                .contains(OUTCOMES + "offer=\"loan\",outcome=\"shown\",placement=\"hero\"} 3.0")
                .contains(OUTCOMES + "offer=\"loan\",outcome=\"shown\",placement=\"(none)\"} 1.0")
                .contains(OUTCOMES + "offer=\"loan\",outcome=\"clicked\",placement=\"hero\"} 0.0")
                .contains("zandloper_offer_not_returned_total{reason=\"CAPPED\"} 0.0")
                .contains("zandloper_decisions_total 0.0");
    }

    @Test
    void soManyHaveLabelsAndTheRestIsOne() {
        for (int i = 0; i < OfferMetrics.PAIRS_MAX + 20; i++) {
            show("o" + i, "hero", 1 + i);
        }
        final List<String> first = lines();
        // The twenty smallest: 1 + 2 + … + 20.
        assertThat(first).contains(OUTCOMES + "offer=\"(other)\",outcome=\"shown\",placement=\"(other)\"} 210.0");
        show("o0", "hero", 1_000);
        show("new", "hero", 1_000);
        final List<String> second = lines();
        assertThat(second).contains(OUTCOMES + "offer=\"(other)\",outcome=\"shown\",placement=\"(other)\"} 2210.0");
        for (List<String> lines : List.of(first, second)) {
            assertThat(lines.stream().filter(line -> line.startsWith(OUTCOMES)))
                    .hasSize((OfferMetrics.PAIRS_MAX + 1) * 6);
            double sum = 0;
            for (String line : lines) {
                sum += line.startsWith(OUTCOMES) ? Double.parseDouble(line.substring(line.indexOf('}') + 2)) : 0;
            }
            assertThat(String.format(Locale.ROOT, "%.0f", sum)).isEqualTo(lines.equals(first) ? "7260" : "9260");
        }
    }
}
