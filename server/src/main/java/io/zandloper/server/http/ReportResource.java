package io.zandloper.server.http;

import io.zandloper.server.json.OfferReportWriter;
import io.zandloper.server.report.OfferReport.Row;
import io.zandloper.server.report.OfferReports;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code /v1/reports/offers}. */
final class ReportResource {
    private final OfferReports reports;
    private final ReportWorker worker;

    ReportResource(OfferReports reports, ReportWorker worker) {
        this.reports = reports;
        this.worker = worker;
    }

    void offers(Exchange exchange, byte[] body) {
        final Predicate<Row> isWanted = OfferReportWriter.of(
                exchange.target().list("offer"), exchange.target().list("placement"));
        final long sequence = exchange.sequence();
        worker.begin();
        try {
            worker.execute(() -> make(exchange, sequence, isWanted));
        } catch (RejectedExecutionException stopping) {
            worker.end();
            throw new ProblemException(503, "the server is stopping");
        }
    }

    private void make(Exchange exchange, long sequence, Predicate<Row> isWanted) {
        final OfferReportWriter writer;
        try {
            reports.settle();
            writer = new OfferReportWriter(reports.report(), sequence, isWanted);
        } catch (RuntimeException e) {
            worker.end();
            exchange.execute(() -> exchange.respond(Outcomes.thrown(e)));
            return;
        }
        exchange.hand(
                () -> exchange.respond(
                        new Response(200, MediaType.JSON.text(), new byte[0], sequence, List.of()),
                        new Pieces(writer, worker),
                        worker),
                worker::end);
    }

    private record Pieces(OfferReportWriter writer, ReportWorker worker) implements AnswerSource {
        @Override
        public byte @Nullable [] next() {
            return writer.next(HttpLimits.ANSWER_PIECE_BYTES);
        }

        @Override
        public void close() {
            worker.end();
        }
    }
}
