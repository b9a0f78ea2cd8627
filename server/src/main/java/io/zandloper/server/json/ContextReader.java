package io.zandloper.server.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The context of an event or a decision: a flat map to {@link String}, {@link Long}, {@link Double}, {@link Boolean}. */
final class ContextReader {
    private ContextReader() {}

    static Map<String, Object> read(Fields fields, DocumentErrors errors) {
        final Map<String, Object> context = new LinkedHashMap<>();
        final ObjectNode object = fields.object("context");
        if (object != null) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                final JsonNode value = entry.getValue();
                switch (value.getNodeType()) {
                    case STRING -> context.put(entry.getKey(), value.textValue());
                    case BOOLEAN -> context.put(entry.getKey(), value.booleanValue());
                    case NUMBER -> context.put(entry.getKey(), value.numberValue());
                    default ->
                        errors.add(
                                Paths.of(fields.pathOf("context"), entry.getKey()),
                                "a context value is a string, a number or a boolean");
                }
            }
        }
        return context;
    }
}
