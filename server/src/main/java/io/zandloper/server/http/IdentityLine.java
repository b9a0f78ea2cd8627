package io.zandloper.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.profile.Identity;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * An identity as a line of a list: as it is, as a JSON string, or as an object with an {@code id}, which is how a list of
 * members comes. None begins another's way: a namespace has neither quotes nor braces. Blanks before it are skipped, those
 * after it belong to its value.
 */
final class IdentityLine {
    private static final int BYTE_ORDER_MARK = '\uFEFF';

    private IdentityLine() {}

    /**
     * @throws MalformedBodyException where it is not UTF-8 or not JSON
     * @throws io.zandloper.storage.profile.InvalidInputException where it is no identity
     */
    static Identity read(byte[] bytes, int length) {
        int start = 0;
        while (start < length && (bytes[start] == ' ' || bytes[start] == '\t')) {
            start++;
        }
        if (start < length && (bytes[start] == '"' || bytes[start] == '{')) {
            final JsonNode json = StrictJson.parse(bytes, start, length - start);
            final JsonNode id = json.isObject() ? json.path("id") : json;
            if (!id.isTextual()) {
                throw new MalformedBodyException("a line of JSON is an identity or an object with an id");
            }
            return Identity.parse(id.textValue(), "id");
        }
        return Identity.parse(text(bytes, start, length - start), "id");
    }

    private static String text(byte[] bytes, int start, int length) {
        final String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedBodyException("the line is not UTF-8");
        }
        // Programs for tables of numbers put one before the first line.
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
