package io.zandloper.server.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Ids;
import io.zandloper.storage.profile.Times;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to the members of one object of a document. A container of the wrong kind makes the whole body malformed;
 * a value of the wrong kind is one of the document's errors, and reads as absent. Null reads as absent throughout.
 */
final class Fields {
    private final ObjectNode object;
    private final String path;
    private final DocumentErrors errors;

    Fields(ObjectNode object, String path, DocumentErrors errors) {
        this.object = object;
        this.path = path;
        this.errors = errors;
    }

    /** Notes every member that is not among {@code known}. */
    void allowOnly(Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                errors.add(pathOf(name), "unknown field");
            }
        });
    }

    String pathOf(String name) {
        return Paths.of(path, name);
    }

    /** Whether it is written, and not as null. */
    boolean has(String name) {
        return object.hasNonNull(name);
    }

    /** Whether it is written, and as null. */
    boolean isNull(String name) {
        final JsonNode value = object.get(name);
        return value != null && value.isNull();
    }

    /** The value, null where it is absent or null. */
    @Nullable
    JsonNode value(String name) {
        return object.hasNonNull(name) ? object.get(name) : null;
    }

    @Nullable
    ObjectNode object(String name) {
        final JsonNode value = value(name);
        if (value == null || value instanceof ObjectNode) {
            return (ObjectNode) value;
        }
        throw new MalformedBodyException(pathOf(name) + " is not an object");
    }

    @Nullable
    ArrayNode array(String name) {
        final JsonNode value = value(name);
        if (value == null || value instanceof ArrayNode) {
            return (ArrayNode) value;
        }
        throw new MalformedBodyException(pathOf(name) + " is not a list");
    }

    @Nullable
    String text(String name) {
        final JsonNode value = value(name);
        if (value == null || value.isTextual()) {
            return value == null ? null : value.textValue();
        }
        errors.add(pathOf(name), "not a string");
        return null;
    }

    @Nullable
    Boolean bool(String name) {
        final JsonNode value = value(name);
        if (value == null || value.isBoolean()) {
            return value == null ? null : value.booleanValue();
        }
        errors.add(pathOf(name), "not true or false");
        return null;
    }

    /** A {@link Long} or a {@link Double}, as it is written. */
    @Nullable
    Number number(String name) {
        final JsonNode value = value(name);
        if (value == null || value.isNumber()) {
            return value == null ? null : value.numberValue();
        }
        errors.add(pathOf(name), "not a number");
        return null;
    }

    /** An id of an offer, a placement or a product. */
    @Nullable
    String id(String name) {
        final String id = text(name);
        if (id != null && !Ids.isValid(id)) {
            errors.add(pathOf(name), "an id is 1-64 of [A-Za-z0-9_.:-]");
            return null;
        }
        return id;
    }

    @Nullable
    Identity identity(String name) {
        final String text = text(name);
        return text == null ? null : errors.attempt(() -> Identity.parse(text, pathOf(name)));
    }

    /** Microseconds since 1970 UTC. */
    @Nullable
    Long timeMicros(String name) {
        final String text = text(name);
        return text == null ? null : errors.attempt(() -> Times.parseTime(text, pathOf(name)));
    }
}
