package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.zandloper.server.json.JsonBody;
import io.zandloper.server.json.Problem;
import io.zandloper.storage.profile.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer. Immutable.
 *
 * @param body empty for none
 * @param sequence the answer's {@code Zandloper-Sequence} is at least this; 0 for what was read before the call
 * @param headers beyond those that every answer has
 */
record Response(int status, @Nullable String contentType, byte[] body, long sequence, List<Header> headers) {
    static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";
    private static final byte[] NO_BODY = new byte[0];

    record Header(CharSequence name, String value) {}

    static Response ok(JsonBody body) {
        return new Response(200, JSON, body.toUtf8(), 0, List.of());
    }

    static Response empty(int status) {
        return new Response(status, null, NO_BODY, 0, List.of());
    }

    static Response problem(int status, String detail) {
        return problem(Problem.of(status, title(status), detail));
    }

    static Response problem(int status, List<FieldError> errors) {
        return problem(Problem.of(status, title(status), errors));
    }

    /** With further members. */
    static Response problem(int status, String detail, JsonBody members) {
        return problem(new Problem(status, title(status), detail, members));
    }

    /** The writer's queue, or another bounded thing, is full. */
    static Response busy(String detail) {
        return problem(429, detail).with("Retry-After", String.valueOf(HttpLimits.RETRY_AFTER_SECONDS));
    }

    Response with(CharSequence name, String value) {
        final List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Response(status, contentType, body, sequence, List.copyOf(more));
    }

    Response withVersion(long version) {
        return with("ETag", EntityTags.of(version));
    }

    Response withSequence(long changeSequence) {
        return new Response(status, contentType, body, changeSequence, headers);
    }

    private static Response problem(Problem problem) {
        return new Response(problem.status(), PROBLEM, problem.toUtf8(), 0, List.of());
    }

    private static String title(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
