package io.zandloper.server.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of a profile document, to a patch of typed values. */
final class AttributesReader {
    /** Two references, of which every stored name, value or element needs at least as many. */
    private static final int OVERHEAD_BYTES_MIN = 8;

    private AttributesReader() {}

    /** Null where the document has none; null as their value clears them. */
    static @Nullable AttributesPatch read(Fields fields, Mode mode, DocumentErrors errors) {
        final ObjectNode object = fields.object("attributes");
        if (object == null) {
            return fields.isNull("attributes") ? new AttributesPatch(true, Map.of()) : null;
        }
        final String path = fields.pathOf("attributes");
        final Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> attribute : object.properties()) {
            final String name = attribute.getKey();
            if (Text.utf8Length(name) > ProfileLimits.ATTRIBUTE_NAME_BYTES_MAX) {
                errors.add(
                        Paths.of(path, name),
                        "an attribute's name is at most " + ProfileLimits.ATTRIBUTE_NAME_BYTES_MAX + " bytes");
            }
            values.put(name, value(attribute.getValue(), Paths.of(path, name), errors));
        }
        return new AttributesPatch(mode == Mode.REPLACE, values);
    }

    /** Bytes that a record holding these attributes has at the least. */
    static long leastBytes(AttributesPatch patch) {
        long bytes = 0;
        for (Map.Entry<String, @Nullable Object> attribute : patch.values().entrySet()) {
            final Object value = attribute.getValue();
            if (value == null) {
                continue;
            }
            bytes += OVERHEAD_BYTES_MIN + Text.utf8Length(attribute.getKey());
            if (value instanceof String text) {
                bytes += Text.utf8Length(text);
            } else if (value instanceof List<?> texts) {
                for (Object text : texts) {
                    bytes += OVERHEAD_BYTES_MIN + Text.utf8Length((String) text);
                }
            }
        }
        return bytes;
    }

    private static @Nullable Object value(JsonNode node, String path, DocumentErrors errors) {
        return switch (node.getNodeType()) {
            case NULL -> null;
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.numberValue();
            case STRING -> string(node, path, errors);
            case ARRAY -> strings((ArrayNode) node, path, errors);
            default -> {
                errors.add(path, "an attribute is a boolean, a number, a string or a list of strings");
                yield null;
            }
        };
    }

    private static String string(JsonNode node, String path, DocumentErrors errors) {
        final String text = node.textValue();
        if (Text.utf8Length(text) > ProfileLimits.STRING_BYTES_MAX) {
            errors.add(path, "a string is at most " + ProfileLimits.STRING_BYTES_MAX + " bytes of UTF-8");
        }
        return text;
    }

    private static List<String> strings(ArrayNode array, String path, DocumentErrors errors) {
        if (array.size() > ProfileLimits.LIST_LENGTH_MAX) {
            errors.add(path, "a list holds at most " + ProfileLimits.LIST_LENGTH_MAX + " strings");
            return List.of();
        }
        final List<String> strings = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            if (array.get(i).isTextual()) {
                strings.add(string(array.get(i), Paths.of(path, i), errors));
            } else {
                errors.add(Paths.of(path, i), "a list holds strings only");
            }
        }
        return List.copyOf(strings);
    }
}
