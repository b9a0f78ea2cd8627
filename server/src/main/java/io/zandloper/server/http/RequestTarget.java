package io.zandloper.server.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The path and query of a request. Path segments are split before they are decoded, so an identity may hold an encoded
 * slash; {@code +} is a plus sign in both. Parameters that no call knows are ignored.
 *
 * @param rawSegments of the path, still encoded
 * @param query decoded, each name's values in their order
 */
record RequestTarget(List<String> rawSegments, Map<String, List<String>> query) {
    /** @throws ProblemException with status 400 where it cannot be decoded */
    static RequestTarget parse(String uri) {
        final String target = originForm(uri);
        final int mark = target.indexOf('?');
        final String path = mark < 0 ? target : target.substring(0, mark);
        return new RequestTarget(
                List.of(path.substring(1).split("/", -1)), query(mark < 0 ? "" : target.substring(mark + 1)));
    }

    /** The last value of a parameter; null where it is absent. */
    @Nullable
    String last(String name) {
        final List<String> values = query.get(name);
        return values == null ? null : values.get(values.size() - 1);
    }

    /** All values of a parameter, split at commas; empty where it is absent. */
    List<String> list(String name) {
        final List<String> elements = new ArrayList<>();
        for (String value : query.getOrDefault(name, List.of())) {
            for (String element : value.split(",", -1)) {
                if (!element.isEmpty()) {
                    elements.add(element);
                }
            }
        }
        return elements;
    }

    /** Percent-decodes to UTF-8. */
    static String decode(String text) {
        if (text.indexOf('%') < 0 && isAscii(text)) {
            return text;
        }
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '%') {
                bytes.write((hex(text, i + 1) << 4) | hex(text, i + 2));
                i += 2;
            } else if (c <= 0xFF) {
                // Bytes that were not encoded: the codec reads them as Latin-1.
                bytes.write(c);
            } else {
                throw new ProblemException(400, "the request target has a character that is not percent-encoded");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProblemException(400, "the request target is not percent-encoded UTF-8");
        }
    }

    /** Proxies send the whole URL. */
    private static String originForm(String uri) {
        if (uri.startsWith("/")) {
            return uri;
        }
        final int scheme = uri.indexOf("://");
        if (scheme < 0) {
            throw new ProblemException(400, "the request target is not a path");
        }
        final int path = uri.indexOf('/', scheme + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private static Map<String, List<String>> query(String text) {
        final Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                final int equals = pair.indexOf('=');
                final String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                query.computeIfAbsent(name, first -> new ArrayList<>())
                        .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static int hex(String text, int index) {
        final int digit = index < text.length() ? Character.digit(text.charAt(index), 16) : -1;
        if (digit < 0 || text.charAt(index) > 'f') {
            throw new ProblemException(400, "the request target has a '%' without two hexadecimal digits after it");
        }
        return digit;
    }
}
