package io.zandloper.server.http;

import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.json.Problem;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.BackFillStatus;
import io.zandloper.storage.Storage;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.program.CatalogCosts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/catalog}. Catalogs are read and compiled on the {@link CatalogWorker}'s thread, one after the other; the
 * writer replaces them.
 */
final class CatalogResource {
    /** What a server shows that has not been given one. */
    private static final byte[] NONE =
            "{\"segments\":[],\"offers\":[],\"placements\":[],\"policies\":{}}".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] ACCEPTED = "{\"status\":\"accepted\"}".getBytes(StandardCharsets.US_ASCII);

    private final Storage storage;
    private final CatalogWorker worker;
    private final Decisions decisions;

    CatalogResource(Storage storage, CatalogWorker worker, Decisions decisions) {
        this.decisions = decisions;
        this.storage = storage;
        this.worker = worker;
    }

    void get(Exchange exchange, byte[] body) {
        final long version;
        final byte[] source;
        final View view = exchange.loop().reader().enter();
        try {
            version = view.catalog().version();
            source = view.catalogSource();
        } finally {
            exchange.loop().reader().leave();
        }
        final Response response = switch (EntityTags.judgeRead(exchange.headers(), version)) {
            case 304 -> Response.empty(304);
            case 412 -> Response.problem(412, "the version is " + version + ", not one of If-Match");
            default -> new Response(200, Response.JSON, version == 0 ? NONE : source, 0, List.of());
        };
        exchange.respond(response.withVersion(version));
    }

    void put(Exchange exchange, byte[] body) {
        final List<Long> ifVersions = EntityTags.ifMatch(exchange.headers());
        final boolean async = Preferences.of(exchange.headers()).respondAsync();
        worker.execute(() -> exchange.compute(() -> compile(body, ifVersions), compiled -> {
            if (compiled.change() == null) {
                exchange.respond(Response.problem(422, compiled.errors()));
            } else {
                replace(exchange, compiled.change(), async);
            }
        }));
    }

    void validate(Exchange exchange, byte[] body) {
        worker.execute(() -> exchange.compute(
                () -> check(body),
                checked -> exchange.respond(Response.ok(out -> {
                    out.writeStartObject();
                    out.writeBooleanField("valid", checked.errors().isEmpty());
                    Problem.writeErrors(checked.errors(), out);
                    final CatalogCosts costs = checked.costs();
                    Problem.writeErrors("warnings", costs == null ? List.of() : costs.interpreted(), out);
                    if (costs != null) {
                        out.writeObjectFieldStart("costs");
                        out.writeNumberField("expressions", costs.expressions());
                        out.writeNumberField("interpreted", costs.interpreted().size());
                        out.writeEndObject();
                    }
                    out.writeEndObject();
                }))));
    }

    /** @param costs null where there are errors */
    private record Checked(
            List<FieldError> errors, @Nullable CatalogCosts costs) {}

    private Checked check(byte[] json) {
        final CatalogCompilation compilation = CatalogReader.read(json).compile(storage.catalog());
        final Catalog catalog = compilation.catalog();
        return new Checked(compilation.errors(), catalog == null ? null : CatalogCosts.of(catalog));
    }

    /** @param change null where there are errors */
    private record Compiled(@Nullable ReplaceCatalog change, List<FieldError> errors) {}

    private Compiled compile(byte[] json, @Nullable List<Long> ifVersions) {
        final CatalogCompilation compilation = CatalogReader.read(json).compile(storage.catalog());
        final Catalog catalog = compilation.catalog();
        if (catalog == null) {
            return new Compiled(null, compilation.errors());
        }
        final long equalVersion = equalVersion(json);
        if (equalVersion == ReplaceCatalog.NO_VERSION || isReplacing()) {
            // Before it replaces the present one, so that it decides at full speed from its first request on.
            decisions.prepare(catalog);
        }
        return new Compiled(new ReplaceCatalog(catalog, json, ifVersions, equalVersion), List.of());
    }

    /** The version that serves now where its document is equal as JSON. */
    private long equalVersion(byte[] json) {
        final long version = storage.catalog().version();
        final byte[] source = storage.catalogSource();
        final boolean equal = source.length > 0
                && version == storage.catalog().version()
                && StrictJson.parse(source).equals(StrictJson.parse(json));
        return equal ? version : ReplaceCatalog.NO_VERSION;
    }

    /** Whether the present catalog is about to go, so that one that is equal to it may have to replace another. */
    private boolean isReplacing() {
        return storage.status().backFill().state() == BackFillStatus.State.RUNNING;
    }

    private void replace(Exchange exchange, ReplaceCatalog change, boolean async) {
        final long version = storage.catalog().version();
        final List<Long> ifVersions = change.ifVersions();
        if (ifVersions != null && !ifVersions.isEmpty() && !ifVersions.contains(version)) {
            exchange.respond(Response.problem(412, "the version is " + version + ", not one of If-Match"));
        } else if (async) {
            exchange.submitAsync(
                    change,
                    new Response(202, Response.JSON, ACCEPTED, 0, List.of())
                            .with("Preference-Applied", "respond-async"));
        } else {
            exchange.submit(change, outcome -> answer(outcome.version(), outcome.sequence()));
        }
    }

    private static Response answer(long version, long sequence) {
        return Response.ok(out -> {
                    out.writeStartObject();
                    out.writeNumberField("version", version);
                    out.writeNumberField("sequence", sequence);
                    out.writeEndObject();
                })
                .withVersion(version);
    }
}
