package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.report.HoldoutComparison;
import io.zandloper.server.report.HoldoutComparison.Estimate;
import io.zandloper.server.report.HoldoutComparison.Group;
import io.zandloper.server.report.OfferReport;
import io.zandloper.server.report.OfferReport.Row;
import io.zandloper.server.report.RateInterval;
import io.zandloper.storage.profile.Times;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A report of offers to JSON, piece by piece, since it may be of many. For one thread at a time. */
public final class OfferReportWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator out;
    private final OfferReport report;
    private final long sequence;
    private final Iterator<Row> rows;
    private boolean begun;
    private boolean ended;

    /**
     * @param sequence of the storage before the report was made
     * @param isWanted of which offers and placements it is
     */
    public OfferReportWriter(OfferReport report, long sequence, Predicate<Row> isWanted) {
        this.report = report;
        this.sequence = sequence;
        this.rows = report.rows().stream().filter(isWanted).iterator();
        try {
            this.out = StrictJson.factory().createGenerator(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Some {@code lengthBytes} more; null where there is no more. */
    public byte @Nullable [] next(int lengthBytes) {
        if (ended) {
            return null;
        }
        bytes.reset();
        try {
            if (!begun) {
                begin();
            }
            while (rows.hasNext() && bytes.size() + out.getOutputBuffered() < lengthBytes) {
                writeRow(rows.next());
            }
            if (!rows.hasNext()) {
                end();
            }
            out.flush();
        } catch (IOException e) {
            throw failed(e);
        }
        return bytes.toByteArray();
    }

    private static UncheckedIOException failed(IOException cause) {
        return new UncheckedIOException("writing to memory failed", cause);
    }

    private void begin() throws IOException {
        begun = true;
        out.writeStartObject();
        out.writeStringField("since", Times.formatTime(report.sinceMicros()));
        out.writeNumberField("sequence", sequence);
        out.writeObjectFieldStart("decisions");
        out.writeNumberField("counted", report.decisions());
        out.writeNumberField("explained", report.explained());
        out.writeNumberField("whatIf", report.whatIfs());
        out.writeEndObject();
        writeHoldout();
        out.writeArrayFieldStart("offers");
    }

    private void end() throws IOException {
        ended = true;
        out.writeEndArray();
        final Row other = report.other();
        if (other != null) {
            out.writeFieldName("other");
            writeRow(other);
        }
        out.writeEndObject();
    }

    private void writeRow(Row row) throws IOException {
        out.writeStartObject();
        out.writeStringField("offer", row.offer());
        out.writeStringField("placement", row.placement());
        out.writeNumberField("decided", row.decided());
        out.writeNumberField("fallback", row.fallback());
        out.writeNumberField("shown", row.shown());
        out.writeNumberField("clicked", row.clicked());
        out.writeNumberField("converted", row.converted());
        out.writeNumberField("rejected", row.rejected());
        out.writeNumberField("explained", row.explained());
        out.writeObjectFieldStart("reasons");
        for (final ReasonCode code : ReasonCode.values()) {
            if (row.reason(code) > 0) {
                out.writeNumberField(code.name(), row.reason(code));
            }
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private void writeHoldout() throws IOException {
        final HoldoutComparison comparison = report.holdout();
        if (comparison == null) {
            out.writeNullField("holdout");
            return;
        }
        out.writeObjectFieldStart("holdout");
        out.writeNumberField("percent", comparison.percent());
        out.writeStringField("since", Times.formatTime(comparison.sinceMicros()));
        out.writeNumberField("confidence", HoldoutComparison.CONFIDENCE);
        writeGroup("treated", comparison.treated());
        writeGroup("heldOut", comparison.holdout());
        writeEstimate("difference", comparison.difference());
        writeEstimate("lift", comparison.lift());
        out.writeEndObject();
    }

    private void writeGroup(String name, Group group) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("people", group.people());
        out.writeNumberField("converted", group.converted());
        final RateInterval interval = group.interval();
        writeBounds("rate", group.people() == 0 ? null : group.rate(), interval.low(), interval.high());
        out.writeEndObject();
    }

    private void writeEstimate(String name, Estimate estimate) throws IOException {
        out.writeObjectFieldStart(name);
        writeBounds("value", estimate.value(), estimate.low(), estimate.high());
        out.writeEndObject();
    }

    private void writeBounds(String valueName, @Nullable Double value, @Nullable Double low, @Nullable Double high)
            throws IOException {
        writeNumber(valueName, value);
        writeNumber("low", low);
        writeNumber("high", high);
    }

    private void writeNumber(String name, @Nullable Double number) throws IOException {
        if (number == null) {
            out.writeNullField(name);
        } else {
            out.writeNumberField(name, number);
        }
    }

    /** Rows of some offers and placements; an empty list names all. */
    public static Predicate<Row> of(List<String> offers, List<String> placements) {
        return row -> (offers.isEmpty() || offers.contains(Objects.requireNonNullElse(row.offer(), "")))
                && (placements.isEmpty() || placements.contains(Objects.requireNonNullElse(row.placement(), "")));
    }
}
