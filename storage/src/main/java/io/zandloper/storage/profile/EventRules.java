package io.zandloper.storage.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an event's own text may be, whichever way it came in. Ids of offers, placements and products are {@link Ids}. */
public final class EventRules {
    private EventRules() {}

    /**
     * Everything that is wrong, under the fields' names.
     *
     * @param type null where it was found wrong already
     * @param context values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
     */
    public static List<FieldError> check(
            @Nullable String id, @Nullable String type, @Nullable String product, Map<String, Object> context) {
        final List<FieldError> errors = new ArrayList<>();
        if (id != null && id.isEmpty()) {
            errors.add(new FieldError("id", "an event's id is not empty"));
        }
        if (type != null) {
            checkType(type, errors);
        }
        long bytes = length(id) + length(type) + length(product);
        for (Map.Entry<String, Object> entry : context.entrySet()) {
            bytes += Text.utf8Length(entry.getKey());
            bytes += entry.getValue() instanceof String text ? Text.utf8Length(text) : 0;
        }
        if (bytes > ProfileLimits.EVENT_TEXT_BYTES_MAX) {
            errors.add(new FieldError(
                    "",
                    "id, type, product, and the names and strings of the context are " + bytes
                            + " bytes together, at most " + ProfileLimits.EVENT_TEXT_BYTES_MAX));
        }
        return errors;
    }

    private static void checkType(String type, List<FieldError> errors) {
        if (type.isEmpty() || Text.utf8Length(type) > ProfileLimits.EVENT_TYPE_BYTES_MAX) {
            errors.add(
                    new FieldError("type", "an event's type is 1 to " + ProfileLimits.EVENT_TYPE_BYTES_MAX + " bytes"));
        } else if (type.codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL)) {
            errors.add(new FieldError("type", "an event's type has no control characters"));
        }
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : Text.utf8Length(text);
    }
}
