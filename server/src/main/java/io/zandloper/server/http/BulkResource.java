package io.zandloper.server.http;

import io.zandloper.server.json.ProfileReader;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;

/** {@code /v1/bulk}: a profile a line. */
final class BulkResource {
    BodyStream open(Exchange exchange) {
        final Mode mode = mode(exchange.target());
        return new NdjsonStream(exchange, document -> ProfileReader.readLine(document, mode), new LineTally(false));
    }

    private static Mode mode(RequestTarget target) {
        final List<String> modes = target.query().getOrDefault("mode", List.of("merge"));
        return switch (modes.get(modes.size() - 1)) {
            case "merge" -> Mode.MERGE;
            case "replace" -> Mode.REPLACE;
            default -> throw new InvalidInputException("mode", "merge, which is the default, or replace");
        };
    }
}
