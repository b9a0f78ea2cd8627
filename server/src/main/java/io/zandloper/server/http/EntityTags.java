package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.zandloper.storage.change.UpsertProfile.Precondition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entity tags and the headers that hold them (RFC 9110, section 13). The tag of a document is its version in quotes; a
 * tag that is no version of ours is allowed, and matches nothing.
 */
final class EntityTags {
    private static final long NO_VERSION = -1;
    private static final int VERSION_DIGITS_MAX = 18;

    private EntityTags() {}

    static String of(long version) {
        return '"' + Long.toString(version) + '"';
    }

    /**
     * The versions of which {@code If-Match} wants one; null where the header is absent, empty where it is {@code *}.
     * Weak tags never match.
     */
    static @Nullable List<Long> ifMatch(HttpHeaders headers) {
        return versions(headers, HttpHeaderNames.IF_MATCH, false);
    }

    /** What a write has to find; null where it does not say. */
    static @Nullable Precondition precondition(HttpHeaders headers) {
        final List<Long> ifMatch = ifMatch(headers);
        final List<Long> ifNoneMatch = versions(headers, HttpHeaderNames.IF_NONE_MATCH, true);
        if (ifNoneMatch != null && !ifNoneMatch.isEmpty()) {
            throw new ProblemException(400, "If-None-Match of a write is *; If-Match names versions");
        }
        return ifMatch == null && ifNoneMatch == null ? null : new Precondition(ifMatch, ifNoneMatch != null);
    }

    /**
     * Judges the preconditions of a read whose document exists: 412, 304, or 0 to go on.
     *
     * @param version the document's
     */
    static int judgeRead(HttpHeaders headers, long version) {
        final List<Long> ifMatch = ifMatch(headers);
        if (ifMatch != null && !ifMatch.isEmpty() && !ifMatch.contains(version)) {
            return 412;
        }
        final List<Long> ifNoneMatch = versions(headers, HttpHeaderNames.IF_NONE_MATCH, true);
        return ifNoneMatch != null && (ifNoneMatch.isEmpty() || ifNoneMatch.contains(version)) ? 304 : 0;
    }

    private static @Nullable List<Long> versions(HttpHeaders headers, CharSequence name, boolean weakMatches) {
        final List<String> values = headers.getAll(name);
        if (values.isEmpty()) {
            return null;
        }
        final String text = String.join(",", values).trim();
        if (text.equals("*")) {
            return List.of();
        }
        final List<Long> versions = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            final char c = text.charAt(i);
            if (c == ',' || c == ' ' || c == '\t') {
                i++;
                continue;
            }
            final boolean weak = text.startsWith("W/", i);
            final int open = weak ? i + 2 : i;
            final int close = open < text.length() && text.charAt(open) == '"' ? text.indexOf('"', open + 1) : -1;
            if (close < 0) {
                throw new ProblemException(400, name + " is a list of entity tags such as \"17\", or *");
            }
            versions.add(weak && !weakMatches ? NO_VERSION : version(text.substring(open + 1, close)));
            i = close + 1;
        }
        return versions.isEmpty() ? List.of(NO_VERSION) : versions;
    }

    private static long version(String tag) {
        final boolean digits = !tag.isEmpty()
                && tag.length() <= VERSION_DIGITS_MAX
                && tag.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && Long.toString(Long.parseLong(tag)).equals(tag) ? Long.parseLong(tag) : NO_VERSION;
    }
}
