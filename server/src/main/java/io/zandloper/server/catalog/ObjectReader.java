package io.zandloper.server.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.json.Paths;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object. What is not as it should be is added to the errors, the first of each path, and
 * read as absent; JSON's {@code null} is absent too.
 */
final class ObjectReader {
    private final ObjectNode object;
    private final String path;
    private final Map<String, FieldError> errors;

    private ObjectReader(ObjectNode object, String path, Map<String, FieldError> errors) {
        this.object = object;
        this.path = path;
        this.errors = errors;
    }

    /** Adds an error for each field that is not among {@code known}. */
    static ObjectReader of(ObjectNode object, String path, Map<String, FieldError> errors, Set<String> known) {
        final ObjectReader reader = new ObjectReader(object, path, errors);
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                reader.addError(name, "unknown field");
            }
        });
        return reader;
    }

    void addError(String field, String reason) {
        final String at = pathOf(field);
        errors.putIfAbsent(at, new FieldError(at, reason));
    }

    boolean has(String field) {
        return get(field) != null;
    }

    String requiredText(String field) {
        final String text = text(field);
        if (text == null) {
            addMissing(field);
            return "";
        }
        return text;
    }

    String text(String field, String orElse) {
        final String text = text(field);
        return text == null ? orElse : text;
    }

    @Nullable
    String text(String field) {
        final JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            addError(field, "not a string");
            return null;
        }
        return value.textValue();
    }

    boolean bool(String field, boolean orElse) {
        final JsonNode value = get(field);
        if (value == null) {
            return orElse;
        }
        if (!value.isBoolean()) {
            addError(field, "not a boolean");
            return orElse;
        }
        return value.booleanValue();
    }

    double number(String field, double orElse) {
        final JsonNode value = get(field);
        if (value == null) {
            return orElse;
        }
        if (!value.isNumber()) {
            addError(field, "not a number");
            return orElse;
        }
        return value.doubleValue();
    }

    double requiredNumber(String field) {
        if (!has(field)) {
            addMissing(field);
        }
        return number(field, 0);
    }

    @Nullable
    Long integer(String field) {
        final JsonNode value = get(field);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber()) {
            addError(field, "not an integer");
            return null;
        }
        return value.longValue();
    }

    /** What an {@code int} cannot hold becomes the nearest it can, which no range of ours includes. */
    int smallInteger(String field, int orElse) {
        final Long value = integer(field);
        return value == null ? orElse : (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
    }

    int requiredSmallInteger(String field, int orElse) {
        if (!has(field)) {
            addMissing(field);
        }
        return smallInteger(field, orElse);
    }

    long timeMicros(String field, long orElse) {
        final String text = text(field);
        return text == null ? orElse : parsed(() -> Times.parseTime(text, pathOf(field)), orElse);
    }

    long durationMicros(String field, long orElse) {
        final String text = text(field);
        return text == null ? orElse : parsed(() -> Times.parseDuration(text, pathOf(field)), orElse);
    }

    /** Purpose numbers as a mask. */
    int purposes(String field) {
        int mask = 0;
        final JsonNode list = list(field);
        for (int i = 0; list != null && i < list.size(); i++) {
            final JsonNode purpose = list.get(i);
            if (purpose.isIntegralNumber()
                    && purpose.longValue() >= 1
                    && purpose.longValue() <= ProfileLimits.PURPOSE_MAX) {
                mask |= Consent.purposeBit(purpose.intValue());
            } else {
                addError(field + "[" + i + "]", "not a purpose, which is a number 1-" + ProfileLimits.PURPOSE_MAX);
            }
        }
        return mask;
    }

    List<String> texts(String field) {
        final List<String> texts = new ArrayList<>();
        final JsonNode list = list(field);
        for (int i = 0; list != null && i < list.size(); i++) {
            if (!list.get(i).isTextual()) {
                addError(field + "[" + i + "]", "not a string");
            }
            // An element that is none keeps its place, so that later ones keep theirs.
            texts.add(list.get(i).isTextual() ? list.get(i).textValue() : "");
        }
        return texts;
    }

    /** The objects in a list, each read by {@code read}; an element that is none is read as an empty one. */
    <T> List<T> objects(String field, Set<String> known, Function<ObjectReader, T> read) {
        final List<T> objects = new ArrayList<>();
        final JsonNode list = list(field);
        for (int i = 0; list != null && i < list.size(); i++) {
            final String at = field + "[" + i + "]";
            objects.add(read.apply(nested(at, list.get(i), known)));
        }
        return objects;
    }

    /** The object in a field; null where there is none. */
    @Nullable
    ObjectReader object(String field, Set<String> known) {
        final JsonNode value = get(field);
        return value == null ? null : nested(field, value, known);
    }

    @Nullable
    JsonNode get(String field) {
        final JsonNode value = object.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private ObjectReader nested(String field, JsonNode value, Set<String> known) {
        if (value instanceof ObjectNode nested) {
            return of(nested, pathOf(field), errors, known);
        }
        addError(field, "not an object");
        // Its missing fields are no errors of their own.
        return new ObjectReader(object.objectNode(), pathOf(field), new HashMap<>());
    }

    private @Nullable JsonNode list(String field) {
        final JsonNode value = get(field);
        if (value != null && !value.isArray()) {
            addError(field, "not a list");
            return null;
        }
        return value;
    }

    private long parsed(LongSupplier parse, long orElse) {
        try {
            return parse.getAsLong();
        } catch (InvalidInputException invalid) {
            invalid.errors().forEach(error -> errors.putIfAbsent(error.path(), error));
            return orElse;
        }
    }

    private void addMissing(String field) {
        // A value that is there but is wrong has its error already.
        addError(field, "is missing");
    }

    private String pathOf(String field) {
        return Paths.of(path, field);
    }
}
