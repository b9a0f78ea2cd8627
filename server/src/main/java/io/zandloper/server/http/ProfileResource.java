package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.zandloper.server.json.ExportWriter;
import io.zandloper.server.json.ProfileReader;
import io.zandloper.server.json.ProfileWriter;
import io.zandloper.server.json.StrictJson;
import io.zandloper.server.metrics.Operation;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/profiles/{identity}} and what is beneath it. */
final class ProfileResource {
    /** Makes an answer of a profile that was found. */
    @FunctionalInterface
    private interface ReadAnswer {
        Response of(Profile profile, VisibleSegments visible, Catalog catalog, long nowMicros);
    }

    void get(Exchange exchange, byte[] body) {
        exchange.respond(read(exchange, (profile, visible, catalog, nowMicros) -> {
            final Response response = switch (EntityTags.judgeRead(exchange.headers(), profile.version())) {
                case 304 -> Response.empty(304);
                case 412 -> Response.problem(412, "the version is " + profile.version() + ", not one of If-Match");
                default -> Response.ok(ProfileWriter.document(profile, visible));
            };
            return response.withVersion(profile.version());
        }));
    }

    void put(Exchange exchange, byte[] body) {
        upsert(exchange, body, Mode.REPLACE);
    }

    void patch(Exchange exchange, byte[] body) {
        upsert(exchange, body, Mode.MERGE);
    }

    /** Erases; the answer comes once no reader sees the person any more. */
    void delete(Exchange exchange, byte[] body) {
        if (exchange.headers().contains(HttpHeaderNames.IF_NONE_MATCH)) {
            throw new ProblemException(400, "If-None-Match says nothing about a DELETE; If-Match names versions");
        }
        final EraseProfile change = new EraseProfile(identity(exchange), EntityTags.ifMatch(exchange.headers()));
        exchange.submit(
                change,
                outcome -> Response.ok(out -> {
                    out.writeStartObject();
                    out.writeArrayFieldStart("erased");
                    for (Identity identity : outcome.erased()) {
                        out.writeString(identity.text());
                    }
                    out.writeEndArray();
                    out.writeNumberField("sequence", outcome.sequence());
                    out.writeStringField("at", Times.formatTime(outcome.atMicros()));
                    out.writeEndObject();
                }));
    }

    void export(Exchange exchange, byte[] body) {
        exchange.respond(read(
                exchange,
                (profile, visible, catalog, nowMicros) ->
                        Response.ok(ExportWriter.document(profile, visible, catalog, nowMicros))));
    }

    void segments(Exchange exchange, byte[] body) {
        final boolean isTest = exchange.target().query().containsKey("test");
        final List<String> tested = exchange.target().list("test");
        if (isTest) {
            exchange.countAs(Operation.HTTP_SEGMENT_TEST);
        }
        exchange.respond(read(
                exchange,
                (profile, visible, catalog, nowMicros) -> Response.ok(out -> {
                    out.writeStartObject();
                    final Identity primary = profile.primary();
                    out.writeStringField("profile", primary == null ? null : primary.text());
                    if (isTest) {
                        out.writeObjectFieldStart("test");
                        for (String segment : tested.stream().distinct().toList()) {
                            out.writeBooleanField(segment, visible.contains(segment));
                        }
                        out.writeEndObject();
                    } else {
                        out.writeArrayFieldStart("segments");
                        for (String segment : visible.ids()) {
                            out.writeString(segment);
                        }
                        out.writeEndArray();
                    }
                    out.writeEndObject();
                })));
    }

    /** What {@code answer} makes of the profile in the path and what is visible of it now; 404 where nobody has it. */
    private static Response read(Exchange exchange, ReadAnswer answer) {
        final Identity identity = identity(exchange);
        final View view = exchange.loop().reader().enter();
        try {
            final @Nullable Profile profile = view.profile(identity);
            if (profile == null) {
                return Response.problem(404, "no profile has the identity " + identity);
            }
            final long nowMicros = exchange.loop().clock().nowMicros();
            final VisibleSegments visible = VisibleSegments.of(profile, view.catalog(), nowMicros);
            return answer.of(profile, visible, view.catalog(), nowMicros);
        } finally {
            exchange.loop().reader().leave();
        }
    }

    private static void upsert(Exchange exchange, byte[] body, Mode mode) {
        final Identity identity = identity(exchange);
        final UpsertProfile change = ProfileReader.read(
                StrictJson.parseObject(body), identity, mode, EntityTags.precondition(exchange.headers()));
        exchange.submit(
                change,
                outcome -> Response.ok(out -> {
                            out.writeStartObject();
                            final Identity primary = outcome.profile();
                            out.writeStringField("id", (primary == null ? identity : primary).text());
                            out.writeNumberField("version", outcome.version());
                            out.writeNumberField("sequence", outcome.sequence());
                            out.writeEndObject();
                        })
                        .withVersion(outcome.version()));
    }

    private static Identity identity(Exchange exchange) {
        return Identity.parse(exchange.pathParameter(), "identity");
    }
}
