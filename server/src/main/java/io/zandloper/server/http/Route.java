package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpMethod;
import io.zandloper.server.metrics.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call.
 *
 * @param template a path whose segments are literal or, in braces, parameters
 * @param takes the bodies it takes; none for a call that ignores its body
 * @param whole what gets bodies that are collected, null where none is
 * @param streamed what gets bodies of lines piece by piece, null where none is
 * @param kind whether a server may answer it that takes no writes
 */
record Route(
        HttpMethod method,
        String template,
        Operation operation,
        EnumSet<MediaType> takes,
        @Nullable Call whole,
        @Nullable StreamedCall streamed,
        Kind kind) {

    /** What a call does to what is stored. */
    enum Kind {
        READS,
        WRITES,
        /** Writes events, which a replica may send on. */
        RECORDS_EVENTS
    }

    /** Runs on the connection's event loop, must not wait there, and answers through the exchange, then or later. */
    interface Call {
        void handle(Exchange exchange, byte[] body);
    }

    /** Likewise. */
    interface StreamedCall {
        BodyStream open(Exchange exchange);
    }

    static Route read(String template, Operation operation, Call call) {
        return new Route(HttpMethod.GET, template, operation, EnumSet.noneOf(MediaType.class), call, null, Kind.READS);
    }

    /** A call with a body that changes nothing. */
    static Route ask(HttpMethod method, String template, Operation operation, EnumSet<MediaType> takes, Call call) {
        return new Route(method, template, operation, takes, call, null, Kind.READS);
    }

    static Route write(HttpMethod method, String template, Operation operation, EnumSet<MediaType> takes, Call call) {
        return new Route(method, template, operation, takes, call, null, Kind.WRITES);
    }

    /** Lines of changes. */
    static Route stream(String template, Operation operation, StreamedCall streamed) {
        return new Route(
                HttpMethod.POST, template, operation, EnumSet.of(MediaType.NDJSON), null, streamed, Kind.WRITES);
    }

    /** One event, or lines of them. */
    static Route events(String template, Operation operation, Call call, StreamedCall streamed) {
        return new Route(
                HttpMethod.POST,
                template,
                operation,
                EnumSet.of(MediaType.JSON, MediaType.NDJSON),
                call,
                streamed,
                Kind.RECORDS_EVENTS);
    }

    static Route lines(String template, Operation operation, StreamedCall streamed) {
        return new Route(
                HttpMethod.POST,
                template,
                operation,
                EnumSet.of(MediaType.NDJSON, MediaType.TEXT),
                null,
                streamed,
                Kind.WRITES);
    }

    /** The parameters of the path, decoded; null where the path is another. */
    @Nullable
    List<String> match(List<String> rawSegments) {
        final List<String> expected = Arrays.asList(template.substring(1).split("/", -1));
        if (expected.size() != rawSegments.size()) {
            return null;
        }
        final List<String> parameters = new ArrayList<>(1);
        for (int i = 0; i < expected.size(); i++) {
            if (expected.get(i).startsWith("{")) {
                parameters.add(rawSegments.get(i));
            } else if (!expected.get(i).equals(rawSegments.get(i))) {
                return null;
            }
        }
        parameters.replaceAll(RequestTarget::decode);
        return parameters;
    }
}
