package io.zandloper.server.http;

import io.zandloper.storage.Storage;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Times;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code /v1/segments/{id}/members}: an audience list, an identity a line. */
final class SegmentMembersResource {
    private final Storage storage;
    private final Semaphore replacements = new Semaphore(HttpLimits.MEMBER_LISTS_MAX);

    SegmentMembersResource(Storage storage) {
        this.storage = storage;
    }

    BodyStream open(Exchange exchange) {
        final String segment = segment(exchange.pathParameter());
        final Mode mode = Mode.of(exchange.target().last("mode"));
        final long expiresMicros = expiresMicros(exchange.target().last("expires"), mode);
        return new NdjsonStream(exchange, handler(exchange, segment, mode, expiresMicros), new LineTally(false));
    }

    private enum Mode {
        ADD,
        REMOVE,
        REPLACE;

        static Mode of(@Nullable String name) {
            return switch (name == null ? "" : name) {
                case "add" -> ADD;
                case "remove" -> REMOVE;
                case "replace" -> REPLACE;
                default -> throw new InvalidInputException("mode", "add, remove or replace");
            };
        }
    }

    private LineHandler handler(Exchange exchange, String segment, Mode mode, long expiresMicros) {
        return switch (mode) {
            case ADD -> new MemberChanges(exchange.loop().reader(), segment, true, expiresMicros);
            case REMOVE -> new MemberChanges(exchange.loop().reader(), segment, false, expiresMicros);
            case REPLACE -> {
                if (!replacements.tryAcquire()) {
                    throw ProblemException.busy("too many segments are being replaced, try again");
                }
                yield new MemberReplacement(
                        exchange.loop().reader(),
                        storage.newIdentityHash(),
                        segment,
                        expiresMicros,
                        replacements::release);
            }
        };
    }

    private String segment(String id) {
        final Catalog.Segment segment = storage.catalog().segment(id);
        if (segment == null) {
            throw new ProblemException(404, "the catalog has no segment '" + id + "'");
        }
        if (segment.isComputed()) {
            throw new InvalidInputException(
                    "id", "the segment '" + id + "' is computed by a rule, nobody is listed in it");
        }
        return id;
    }

    private static long expiresMicros(@Nullable String expires, Mode mode) {
        if (expires == null) {
            return Times.NEVER;
        }
        if (mode == Mode.REMOVE) {
            throw new InvalidInputException("expires", "who is removed has no expiry");
        }
        return Times.parseTime(expires, "expires");
    }
}
