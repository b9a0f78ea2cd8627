package io.zandloper.server.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Text;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Event documents to changes. Stateless; any thread. */
public final class EventReader {
    private static final Set<String> FIELDS =
            Set.of("id", "profile", "type", "offer", "placement", "at", "product", "value", "context");

    private EventReader() {}

    /**
     * @param arrivalMicros the time of an event that gives none
     * @throws MalformedBodyException where a part is of the wrong kind
     * @throws InvalidInputException with everything else that is wrong
     */
    public static RecordEvent read(ObjectNode document, long arrivalMicros) {
        final DocumentErrors errors = new DocumentErrors();
        final Fields fields = new Fields(document, "", errors);
        fields.allowOnly(FIELDS);
        final Identity profile = fields.identity("profile");
        if (profile == null && !fields.has("profile")) {
            errors.add("profile", "the profile's identity is missing");
        }
        final String id = fields.text("id");
        if (id != null && id.isEmpty()) {
            errors.add("id", "an event's id is not empty");
        }
        final String type = type(fields, errors);
        final String offer = fields.id("offer");
        final String placement = fields.id("placement");
        final Long atMicros = fields.timeMicros("at");
        final String product = fields.id("product");
        final Number value = fields.number("value");
        final Map<String, Object> context = ContextReader.read(fields, errors);
        checkOwnText(id, type, product, context, errors);
        errors.throwIfAny();
        if (profile == null || type == null) {
            throw new IllegalStateException("an event without profile or type was let through");
        }
        return new RecordEvent(
                profile,
                id,
                type,
                offer,
                placement,
                atMicros == null ? arrivalMicros : atMicros,
                product,
                value,
                context);
    }

    private static @Nullable String type(Fields fields, DocumentErrors errors) {
        final String type = fields.text("type");
        if (type == null) {
            if (!fields.has("type")) {
                errors.add("type", "the event's type is missing");
            }
        } else if (type.isEmpty() || Text.utf8Length(type) > ProfileLimits.EVENT_TYPE_BYTES_MAX) {
            errors.add("type", "an event's type is 1 to " + ProfileLimits.EVENT_TYPE_BYTES_MAX + " bytes");
        } else if (type.codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL)) {
            errors.add("type", "an event's type has no control characters");
        }
        return type;
    }

    private static void checkOwnText(
            @Nullable String id,
            @Nullable String type,
            @Nullable String product,
            Map<String, Object> context,
            DocumentErrors errors) {
        long bytes = length(id) + length(type) + length(product);
        for (Map.Entry<String, Object> entry : context.entrySet()) {
            bytes += Text.utf8Length(entry.getKey());
            bytes += entry.getValue() instanceof String text ? Text.utf8Length(text) : 0;
        }
        if (bytes > ProfileLimits.EVENT_TEXT_BYTES_MAX) {
            errors.add(
                    "",
                    "id, type, product, and the names and strings of the context are " + bytes
                            + " bytes together, at most " + ProfileLimits.EVENT_TEXT_BYTES_MAX);
        }
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : Text.utf8Length(text);
    }
}
