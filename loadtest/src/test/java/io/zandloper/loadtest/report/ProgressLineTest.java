package io.zandloper.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressLineTest {
    private final StringWriter text = new StringWriter();
    private long nowNanos;

    @Test
    void printsALineForEachTenthWhereNobodyWatches() {
        final ProgressLine progress = line(100, false);
        for (int i = 1; i <= 100; i++) {
            nowNanos += 10_000_000;
            progress.update(i);
        }
        progress.finish();
        assertThat(text.toString().lines())
                .hasSize(10)
                .first()
                .isEqualTo("work [###...........................]  10 %  10 of 100  100/s");
    }

    @Test
    void drawsOverItselfOnATerminalAndEndsWithTheWholeBar() {
        final ProgressLine progress = line(1_000, true);
        for (int i = 1; i <= 1_000; i++) {
            nowNanos += 1_000_000;
            progress.update(i);
        }
        progress.finish();
        progress.finish();
        assertThat(text.toString().split("\r")).hasSizeBetween(10, 13);
        assertThat(text.toString()).endsWith("100 %  1,000 of 1,000  1,000/s\u001b[K" + System.lineSeparator());
    }

    @Test
    void ofNothingIsDoneAtOnce() {
        line(0, false).finish();
        assertThat(text.toString()).contains("100 %  0 of 0");
    }

    private ProgressLine line(long total, boolean terminal) {
        return new ProgressLine(new PrintWriter(text), "work", total, terminal, () -> nowNanos);
    }
}
