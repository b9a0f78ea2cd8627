package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.server.simulate.SimulationReport;
import io.zandloper.server.simulate.SimulationReport.Both;
import io.zandloper.server.simulate.SimulationReport.OfferReport;
import io.zandloper.server.simulate.SimulationReport.PlacementReport;
import io.zandloper.server.simulate.SimulationReport.ReasonCount;
import io.zandloper.server.simulate.SimulationRequest;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The lines of one simulation. Immutable. */
public final class SimulationWriter {
    private final int stored;
    private final long sequence;
    private final long catalogVersion;
    private final long atMicros;
    private final SimulationRequest request;
    private final long startNanos;

    /**
     * @param stored how many profiles there were
     * @param sequence when they were counted
     * @param catalogVersion of the catalog in force
     * @param atMicros the time of every decision
     * @param startNanos of {@link System#nanoTime}
     */
    public SimulationWriter(
            int stored, long sequence, long catalogVersion, long atMicros, SimulationRequest request, long startNanos) {
        this.stored = stored;
        this.sequence = sequence;
        this.catalogVersion = catalogVersion;
        this.atMicros = atMicros;
        this.request = request;
        this.startNanos = startNanos;
    }

    /** When the profiles were counted. */
    public long sequence() {
        return sequence;
    }

    /** {@code {"progress":{"done","of"}}} */
    public JsonBody progress(int done, int of) {
        return out -> {
            out.writeStartObject();
            out.writeObjectFieldStart("progress");
            out.writeNumberField("done", done);
            out.writeNumberField("of", of);
            out.writeEndObject();
            out.writeEndObject();
        };
    }

    /** {@code {"stopped"}}: there will be no report. */
    public JsonBody stopped() {
        return out -> {
            out.writeStartObject();
            out.writeStringField("stopped", "the server is stopping");
            out.writeEndObject();
        };
    }

    /** {@code {"report":{…}}} */
    public JsonBody report(SimulationReport report) {
        return out -> {
            out.writeStartObject();
            out.writeObjectFieldStart("report");
            out.writeNumberField("profiles", report.profiles());
            out.writeNumberField("stored", stored);
            if (request.sample() != null) {
                out.writeNumberField("seed", request.seed());
            }
            out.writeStringField("at", Times.formatTime(atMicros));
            out.writeNumberField("catalogVersion", catalogVersion);
            out.writeNumberField("sequence", sequence);
            out.writeNumberField("tookMillis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            write("withNothing", report.withNothing(), out);
            out.writeNumberField("different", report.different());
            out.writeArrayFieldStart("placements");
            for (final PlacementReport placement : report.placements()) {
                write(placement, out);
            }
            out.writeEndArray();
            out.writeEndObject();
            out.writeEndObject();
        };
    }

    private static void write(PlacementReport placement, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", placement.id());
        write("withNothing", placement.withNothing(), out);
        out.writeNumberField("different", placement.different());
        out.writeArrayFieldStart("offers");
        for (final OfferReport offer : placement.offers()) {
            out.writeStartObject();
            out.writeStringField("id", offer.id());
            write("returned", offer.returned(), out);
            write("fallback", offer.fallback(), out);
            out.writeNumberField("gained", offer.gained());
            out.writeNumberField("lost", offer.lost());
            out.writeArrayFieldStart("reasons");
            for (final ReasonCount reason : offer.reasons()) {
                out.writeStartObject();
                out.writeStringField("code", reason.code().name());
                out.writeNumberField("profiles", reason.profiles());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void write(String name, Both both, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeNumberField("current", both.current());
        out.writeNumberField("candidate", both.candidate());
        out.writeEndObject();
    }
}
