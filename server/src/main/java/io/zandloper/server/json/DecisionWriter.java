package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.Decision.Rejection;
import java.io.IOException;
import java.util.List;

/**
 * Decisions to JSON. Fields are always in the same order: equal decisions are equal bytes, id and duration aside.
 * Stateless; any thread.
 */
public final class DecisionWriter {
    private DecisionWriter() {}

    /**
     * @param sequence of the storage before the profile was looked up
     * @param tookNanos to look up and decide
     */
    public static JsonBody document(String decisionId, Decision decision, long sequence, long tookNanos) {
        return out -> {
            out.writeStartObject();
            out.writeStringField("decisionId", decisionId);
            out.writeStringField("profile", decision.profile());
            out.writeStringField("reason", decision.reason().name());
            out.writeArrayFieldStart("placements");
            for (FilledPlacement placement : decision.placements()) {
                out.writeStartObject();
                out.writeStringField("id", placement.id());
                out.writeArrayFieldStart("offers");
                for (ChosenOffer offer : placement.offers()) {
                    writeChosen(offer, out);
                }
                out.writeEndArray();
                out.writeEndObject();
            }
            out.writeEndArray();
            final List<ExplainedPlacement> explanations = decision.explanations();
            if (explanations != null) {
                writeExplanations(explanations, out);
            }
            out.writeNumberField("catalogVersion", decision.catalogVersion());
            out.writeNumberField("sequence", sequence);
            out.writeNumberField("tookNanos", tookNanos);
            out.writeEndObject();
        };
    }

    private static void writeChosen(ChosenOffer offer, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", offer.id());
        out.writeNumberField("rank", offer.rank());
        final Factors factors = offer.factors();
        if (factors != null) {
            out.writeNumberField("priority", factors.priority());
            out.writeNumberField("propensity", factors.propensity());
            out.writeNumberField("value", factors.value());
            out.writeNumberField("contextWeight", factors.contextWeight());
            out.writeNumberField("lever", factors.lever());
        }
        out.writeBooleanField("fallback", offer.isFallback());
        if (offer.payload() != null) {
            out.writeFieldName("payload");
            out.writeRawValue(offer.payload());
        }
        out.writeEndObject();
    }

    private static void writeExplanations(List<ExplainedPlacement> explanations, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("explain");
        for (ExplainedPlacement placement : explanations) {
            out.writeStartObject();
            out.writeStringField("id", placement.id());
            out.writeArrayFieldStart("offers");
            for (ExplainedOffer offer : placement.offers()) {
                writeExplained(offer, out);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeExplained(ExplainedOffer offer, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", offer.id());
        out.writeStringField("status", offer.status().name());
        out.writeBooleanField("fallback", offer.fallback());
        final Double priority = offer.priority();
        if (priority != null) {
            out.writeNumberField("priority", priority);
        }
        out.writeArrayFieldStart("reasons");
        for (Rejection reason : offer.reasons()) {
            out.writeStartObject();
            out.writeStringField("code", reason.code().name());
            out.writeStringField("detail", reason.detail());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
