package io.zandloper.server.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.EventRules;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.Map;
import java.util.Set;

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
        final String type = fields.text("type");
        if (type == null && !fields.has("type")) {
            errors.add("type", "the event's type is missing");
        }
        final String offer = fields.id("offer");
        final String placement = fields.id("placement");
        final Long atMicros = fields.timeMicros("at");
        final String product = fields.id("product");
        final Number value = fields.number("value");
        final Map<String, Object> context = ContextReader.read(fields, errors);
        EventRules.check(id, type, product, context).forEach(error -> errors.add(error.path(), error.reason()));
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
}
