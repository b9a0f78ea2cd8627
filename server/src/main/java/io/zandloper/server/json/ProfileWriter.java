package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Profiles to JSON, as a reader may see them. Stateless; any thread. */
public final class ProfileWriter {
    private ProfileWriter() {}

    /**
     * The whole document.
     *
     * @param visible of this profile, at the time of the request
     */
    public static JsonBody document(Profile profile, VisibleSegments visible) {
        return out -> {
            out.writeStartObject();
            writeIdentities(profile, out);
            writeAttributes(profile.attributes(), out);
            writeMemberships(profile, visible.listed(), out);
            writeComputed(visible, out);
            writeScores(profile.scores(), out);
            writeConsent(profile, out);
            out.writeNumberField("version", profile.version());
            out.writeStringField("updatedAt", Times.formatTime(profile.updatedAtMicros()));
            out.writeEndObject();
        };
    }

    /** @param value a {@link Boolean}, {@link Long}, {@link Double} or {@link String} */
    static void writeScalar(Object value, JsonGenerator out) throws IOException {
        if (value instanceof Long number) {
            out.writeNumber(number);
        } else if (value instanceof Double number) {
            out.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof String text) {
            out.writeString(text);
        } else {
            throw new IllegalArgumentException("a value of an unknown type, type=" + value.getClass());
        }
    }

    static void writeIdentities(Profile profile, JsonGenerator out) throws IOException {
        final Identity primary = profile.primary();
        out.writeStringField("id", primary == null ? null : primary.text());
        out.writeArrayFieldStart("identities");
        for (Identity identity : profile.identities()) {
            out.writeString(identity.text());
        }
        out.writeEndArray();
    }

    static void writeAttributes(Map<String, Object> attributes, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("attributes");
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            out.writeFieldName(attribute.getKey());
            if (attribute.getValue() instanceof List<?> strings) {
                out.writeStartArray();
                for (Object text : strings) {
                    writeScalar(text, out);
                }
                out.writeEndArray();
            } else {
                writeScalar(attribute.getValue(), out);
            }
        }
        out.writeEndObject();
    }

    /** @param ids of the listed segments to show */
    static void writeMemberships(Profile profile, Collection<String> ids, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("segments");
        for (String id : ids) {
            final Long expiresMicros = profile.expiryOf(id);
            if (expiresMicros == null || expiresMicros == Times.NEVER) {
                out.writeString(id);
            } else {
                out.writeStartObject();
                out.writeStringField("id", id);
                out.writeStringField("expires", Times.formatTime(expiresMicros));
                out.writeEndObject();
            }
        }
        out.writeEndArray();
    }

    static void writeComputed(VisibleSegments visible, JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("computed");
        for (String id : visible.computed()) {
            out.writeString(id);
        }
        out.writeEndArray();
    }

    static void writeScores(Map<String, Number> scores, JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("scores");
        for (Map.Entry<String, Number> score : scores.entrySet()) {
            out.writeFieldName(score.getKey());
            writeScalar(score.getValue(), out);
        }
        out.writeEndObject();
    }

    static void writeConsent(Profile profile, JsonGenerator out) throws IOException {
        final Consent consent = profile.consent();
        if (consent == null) {
            return;
        }
        out.writeObjectFieldStart("consent");
        out.writeArrayFieldStart("purposes");
        for (int purpose = 1; purpose <= ProfileLimits.PURPOSE_MAX; purpose++) {
            if ((consent.purposes() & Consent.purposeBit(purpose)) != 0) {
                out.writeNumber(purpose);
            }
        }
        out.writeEndArray();
        if (consent.tcf() != null) {
            out.writeStringField("tcf", consent.tcf());
        }
        if (consent.gpp() != null) {
            out.writeStringField("gpp", consent.gpp());
        }
        out.writeEndObject();
    }
}
