package io.zandloper.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.util.RawValue;

/** Values of {@code --context KEY=VALUE}: what reads as a JSON number, boolean or quoted string is one, else a string. */
final class ContextValues {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private ContextValues() {}

    static JsonNode read(String text) {
        try {
            final JsonNode value = JSON.readTree(text);
            if (value.isNumber()) {
                return number(text);
            }
            if (value.isBoolean() || value.isTextual()) {
                return value;
            }
        } catch (JsonProcessingException notJson) {
            return JsonNodeFactory.instance.textNode(text);
        }
        return JsonNodeFactory.instance.textNode(text);
    }

    /** A number in the caller's own spelling, which says whether it is an integer. */
    static JsonNode number(String text) {
        return JsonNodeFactory.instance.rawValueNode(new RawValue(text.strip()));
    }
}
