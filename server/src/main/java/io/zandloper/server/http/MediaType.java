package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a call takes as its body. A request without {@code Content-Type} means the first, in the order below, that its
 * call takes.
 */
enum MediaType {
    JSON("application/json"),
    MERGE_PATCH("application/merge-patch+json"),
    NDJSON("application/x-ndjson"),
    TEXT("text/plain");

    private static final Pattern OTHER_NDJSON =
            Pattern.compile("application/(ndjson|jsonl|x-jsonl|jsonlines|x-jsonlines)");
    private static final Pattern CHARSET = Pattern.compile("\\s*charset\\s*=\\s*\"?([^\"]*?)\"?\\s*");
    private static final Set<String> UTF8 = Set.of("utf-8", "utf8");

    private final String text;

    MediaType(String text) {
        this.text = text;
    }

    /**
     * Which one a request sends.
     *
     * @param taken by the call, empty for a call without a body, which takes anything
     * @throws ProblemException with status 415 where it is none of them, or compressed, or not in UTF-8
     */
    static MediaType of(HttpHeaders headers, EnumSet<MediaType> taken) {
        if (taken.isEmpty()) {
            return JSON;
        }
        final String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING, "identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw new ProblemException(415, "Content-Encoding is not supported, send the body as it is");
        }
        final String header = headers.get(HttpHeaderNames.CONTENT_TYPE);
        if (header == null || header.isBlank()) {
            return taken.iterator().next();
        }
        final String[] parts = header.toLowerCase(Locale.ROOT).split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            final Matcher charset = CHARSET.matcher(parts[i]);
            if (charset.matches() && !UTF8.contains(charset.group(1))) {
                throw new ProblemException(415, "Content-Type: the charset is UTF-8");
            }
        }
        for (MediaType type : taken) {
            if (type.is(parts[0].trim())) {
                return type;
            }
        }
        throw new ProblemException(415, "Content-Type is " + names(taken) + " here");
    }

    /** Whether its bodies are lines, which are taken one by one and may be of any number. */
    boolean isLines() {
        return this == NDJSON || this == TEXT;
    }

    private boolean is(String mediaType) {
        return mediaType.equals(text)
                || (this == NDJSON && OTHER_NDJSON.matcher(mediaType).matches());
    }

    String text() {
        return text;
    }

    private static String names(Set<MediaType> taken) {
        return String.join(" or ", taken.stream().map(type -> type.text).toList());
    }
}
