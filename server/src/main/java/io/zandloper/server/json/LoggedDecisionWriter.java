package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.server.decisionlog.LoggedDecision;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedOffer;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedPlacement;
import io.zandloper.server.decisionlog.Visitor;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;

/** Entries of a decision log to JSON. Stateless; any thread. */
public final class LoggedDecisionWriter {
    private LoggedDecisionWriter() {}

    public static JsonBody document(LoggedDecision decision) {
        return out -> {
            out.writeStartObject();
            out.writeStringField("at", Times.formatTime(decision.atMicros()));
            out.writeBooleanField("asOf", decision.isAt());
            out.writeBooleanField("explain", decision.isExplained());
            out.writeStringField("visitor", decision.visitor().label());
            if (decision.visitor() == Visitor.KNOWN) {
                final HexFormat hex = HexFormat.of();
                out.writeStringField(
                        "person", hex.toHexDigits(decision.personHigh()) + hex.toHexDigits(decision.personLow()));
                out.writeNumberField("profileVersion", decision.profileVersion());
                out.writeNumberField("profileSequence", decision.profileSequence());
            }
            out.writeNumberField("catalogVersion", decision.catalogVersion());
            out.writeStringField("reason", decision.reason().name());
            out.writeArrayFieldStart("placements");
            for (final LoggedPlacement placement : decision.placements()) {
                write(placement, out);
            }
            out.writeEndArray();
            out.writeObjectFieldStart("context");
            for (final Map.Entry<String, Object> field : decision.context().entrySet()) {
                out.writeObjectField(field.getKey(), field.getValue());
            }
            out.writeEndObject();
            out.writeArrayFieldStart("exclude");
            for (final String id : decision.excluded()) {
                out.writeString(id);
            }
            out.writeEndArray();
            out.writeEndObject();
        };
    }

    private static void write(LoggedPlacement placement, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", placement.id());
        if (placement.asked() > 0) {
            out.writeNumberField("count", placement.asked());
        }
        out.writeArrayFieldStart("offers");
        for (final LoggedOffer offer : placement.offers()) {
            out.writeStartObject();
            out.writeStringField("id", offer.id());
            if (!offer.fallback()) {
                out.writeNumberField("priority", offer.priority());
            }
            out.writeBooleanField("fallback", offer.fallback());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
