package io.zandloper.server.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.consent.ConsentDecoder;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The consent of a profile document, to a patch with its strings decoded. */
final class ConsentReader {
    private static final Set<String> FIELDS = Set.of("purposes", "tcf", "gpp");
    /** How a patch says that a string goes. */
    private static final String DROPPED = "";

    private ConsentReader() {}

    /** Null where the document has none; with MERGE, null as its value removes what is stored. */
    static @Nullable ConsentPatch read(Fields fields, Mode mode, DocumentErrors errors) {
        final ObjectNode object = fields.object("consent");
        if (object == null) {
            final boolean remove = mode == Mode.MERGE && fields.isNull("consent");
            return remove ? new ConsentPatch(true, null, false, null, null) : null;
        }
        final Fields consent = new Fields(object, fields.pathOf("consent"), errors);
        consent.allowOnly(FIELDS);
        final String tcf = consent.text("tcf");
        final String gpp = consent.text("gpp");
        final Integer ofTcf =
                tcf == null ? null : errors.attempt(() -> ConsentDecoder.decodeTcf(tcf, consent.pathOf("tcf")));
        final Integer ofGpp =
                gpp == null ? null : errors.attempt(() -> ConsentDecoder.decodeGpp(gpp, consent.pathOf("gpp")));
        final Integer written = purposes(consent.array("purposes"), consent.pathOf("purposes"), errors);
        final Integer purposes = ofTcf != null ? ofTcf : ofGpp != null ? ofGpp : written;
        return new ConsentPatch(
                false,
                purposes,
                written != null && tcf == null && gpp == null,
                consent.isNull("tcf") ? DROPPED : tcf,
                consent.isNull("gpp") ? DROPPED : gpp);
    }

    private static @Nullable Integer purposes(@Nullable ArrayNode array, String path, DocumentErrors errors) {
        if (array == null) {
            return null;
        }
        int mask = 0;
        for (int i = 0; i < array.size(); i++) {
            final JsonNode purpose = array.get(i);
            if (purpose.isIntegralNumber()
                    && purpose.longValue() >= 1
                    && purpose.longValue() <= ProfileLimits.PURPOSE_MAX) {
                mask |= Consent.purposeBit(purpose.intValue());
            } else {
                errors.add(Paths.of(path, i), "a purpose is a whole number from 1 to " + ProfileLimits.PURPOSE_MAX);
            }
        }
        return mask;
    }
}
