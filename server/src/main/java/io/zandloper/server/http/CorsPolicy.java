package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which pages of other origins may call (the Fetch standard's CORS protocol). Immutable. */
final class CorsPolicy {
    private static final String ANY = "*";
    private static final String REQUEST_HEADERS =
            "Authorization, Content-Type, If-Match, If-None-Match, Prefer, Zandloper-Min-Sequence";
    private static final String RESPONSE_HEADERS = "ETag, Retry-After, Zandloper-Sequence";
    private static final String PREFLIGHT_MAX_AGE_SECONDS = "600";

    private final Set<String> origins;

    CorsPolicy(List<String> origins) {
        this.origins = new HashSet<>(origins);
    }

    /** Lets the page that sent {@code request} read the answer, where its origin is allowed. */
    void addHeaders(HttpHeaders request, HttpHeaders response) {
        if (origins.isEmpty()) {
            return;
        }
        response.add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
        final String origin = allowedOrigin(request);
        if (origin != null) {
            response.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
        }
    }

    /** The answer to an {@code OPTIONS} request, be it a preflight or not. */
    Response options(HttpHeaders request, String allow) {
        final Response response = Response.empty(204).with(HttpHeaderNames.ALLOW, allow);
        final boolean preflight = request.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
        if (!preflight || allowedOrigin(request) == null) {
            return response;
        }
        return response.with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, allow)
                .with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
                .with(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE_SECONDS);
    }

    private @Nullable String allowedOrigin(HttpHeaders request) {
        final String origin = request.get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            return null;
        }
        return origins.contains(ANY) ? ANY : origins.contains(origin) ? origin : null;
    }
}
