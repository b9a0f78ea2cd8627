package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is held of a person, for whoever has a right to know it: the profile document, in the form in which it can be
 * written again, with every listed membership, and everything beside it. Stateless; any thread.
 */
public final class ExportWriter {
    private ExportWriter() {}

    /** Why a membership does not count for any reader. */
    private enum Invisible {
        /** Its segment has left the catalog; it counts again should the segment come back. */
        NOT_IN_CATALOG,
        /** The catalog computes the segment now. */
        COMPUTED,
        EXPIRED,
        /** The segment requires a purpose that is not granted. */
        CONSENT
    }

    /** @param visible of this profile, at {@code nowMicros} */
    public static JsonBody document(Profile profile, VisibleSegments visible, Catalog catalog, long nowMicros) {
        return out -> {
            out.writeStartObject();
            ProfileWriter.writeIdentities(profile, out);
            ProfileWriter.writeAttributes(profile.attributes(), out);
            ProfileWriter.writeMemberships(profile, profile.listed().keySet(), out);
            writeInvisible(profile, visible, catalog, nowMicros, out);
            ProfileWriter.writeComputed(visible, out);
            ProfileWriter.writeScores(profile.scores(), out);
            ProfileWriter.writeConsent(profile, out);
            writeHistory(profile.history(), out);
            out.writeNumberField("version", profile.version());
            out.writeStringField("updatedAt", Times.formatTime(profile.updatedAtMicros()));
            out.writeNumberField("createdSequence", profile.createdSequence());
            out.writeNumberField("sequence", profile.sequence());
            out.writeEndObject();
        };
    }

    private static void writeInvisible(
            Profile profile, VisibleSegments visible, Catalog catalog, long nowMicros, JsonGenerator out)
            throws IOException {
        out.writeObjectFieldStart("invisible");
        for (Map.Entry<String, Long> membership : profile.listed().entrySet()) {
            final Catalog.Segment segment = catalog.segment(membership.getKey());
            if (segment == null) {
                out.writeStringField(membership.getKey(), Invisible.NOT_IN_CATALOG.name());
            } else if (segment.isComputed()) {
                out.writeStringField(membership.getKey(), Invisible.COMPUTED.name());
            } else if (!visible.isVisible(segment.bit())) {
                final boolean expired = membership.getValue() <= nowMicros;
                out.writeStringField(
                        membership.getKey(), expired ? Invisible.EXPIRED.name() : Invisible.CONSENT.name());
            }
        }
        out.writeEndObject();
    }

    private static void writeHistory(EventHistory history, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("events");
        for (Event event : history.events()) {
            writeEvent(event, out);
        }
        out.writeEndArray();
        out.writeObjectFieldStart("lastConverts");
        for (Map.Entry<String, Long> convert : history.lastConverts().entrySet()) {
            out.writeStringField(convert.getKey(), Times.formatTime(convert.getValue()));
        }
        out.writeEndObject();
        out.writeArrayFieldStart("eventIdHashes");
        for (Long hash : history.recentIds()) {
            out.writeString(HexFormat.of().toHexDigits(hash));
        }
        out.writeEndArray();
    }

    private static void writeEvent(Event event, JsonGenerator out) throws IOException {
        out.writeStartObject();
        writeIfPresent("id", event.id(), out);
        out.writeStringField("type", event.type());
        writeIfPresent("offer", event.offer(), out);
        writeIfPresent("placement", event.placement(), out);
        out.writeStringField("at", Times.formatTime(event.atMicros()));
        writeIfPresent("product", event.product(), out);
        writeIfPresent("value", event.value(), out);
        out.writeObjectFieldStart("context");
        for (Map.Entry<String, Object> fact : event.context().entrySet()) {
            writeIfPresent(fact.getKey(), fact.getValue(), out);
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void writeIfPresent(String name, @Nullable Object value, JsonGenerator out) throws IOException {
        if (value != null) {
            out.writeFieldName(name);
            ProfileWriter.writeScalar(value, out);
        }
    }
}
