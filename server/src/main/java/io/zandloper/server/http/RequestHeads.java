package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.zandloper.server.json.Paths;
import io.zandloper.server.role.Role;
import org.jspecify.annotations.Nullable;

/** What a request's head alone decides. */
final class RequestHeads {
    static final String MINIMUM_SEQUENCE = "Zandloper-Min-Sequence";

    private RequestHeads() {}

    /** The answer to a head that the codec could not read. */
    static Response undecodable(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Response.problem(
                    414, "the request line is longer than " + HttpLimits.REQUEST_LINE_BYTES_MAX + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return Response.problem(431, "the headers are longer than " + HttpLimits.HEADERS_BYTES_MAX + " bytes");
        }
        return Response.problem(400, "not an HTTP request");
    }

    /** @throws ProblemException where HTTP itself forbids the request */
    static void check(HttpRequest head) {
        if (head.protocolVersion().majorVersion() != 1) {
            throw new ProblemException(505, "HTTP/1.1 and HTTP/1.0 are spoken here");
        }
        final int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            throw new ProblemException(400, "an HTTP/1.1 request has one Host header");
        }
        final String expect = head.headers().get(HttpHeaderNames.EXPECT);
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            throw new ProblemException(417, "Expect is 100-continue or absent");
        }
    }

    /** The answer to a request that no call is for: 404, 405, or to OPTIONS what there is. */
    static Response unroutable(HttpRequest head, String allow, CorsPolicy cors) {
        if (allow.isEmpty()) {
            return Response.problem(
                    404, "there is no " + Paths.printable(head.uri()) + "; a slash within an identity is written %2F");
        }
        if (head.method().equals(HttpMethod.OPTIONS)) {
            return cors.options(head.headers(), allow);
        }
        return Response.problem(405, "the method is one of " + allow + " here").with(HttpHeaderNames.ALLOW, allow);
    }

    /** @throws ProblemException where the call writes and this server takes no writes */
    static void checkTaken(Route route, Role role) {
        final boolean taken = switch (route.kind()) {
            case READS -> true;
            case WRITES -> role.takesWrites();
            case RECORDS_EVENTS -> role.takesEvents();
        };
        if (!taken) {
            throw new ProblemException(Outcomes.readOnly(role));
        }
    }

    /** The sequence a request wants to see, 0 for any. */
    static long minimumSequence(HttpHeaders headers) {
        final String text = headers.get(MINIMUM_SEQUENCE);
        if (text == null) {
            return 0;
        }
        try {
            final long minimum = Long.parseLong(text.trim());
            if (minimum >= 0) {
                return minimum;
            }
        } catch (NumberFormatException notANumber) {
            // falls through to the one error below
        }
        throw new ProblemException(400, MINIMUM_SEQUENCE + " is a whole number, not negative");
    }
}
