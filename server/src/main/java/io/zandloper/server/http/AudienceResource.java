package io.zandloper.server.http;

import io.zandloper.server.metrics.Refusal;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.TimeLimitException;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** {@code /v1/audiences}: how many, and who. All the work is done on the {@link AudienceWorker}'s threads. */
final class AudienceResource {
    private static final long NANOS_PER_MICRO = 1_000;

    private final Storage storage;
    private final MicrosClock clock;
    private final AudienceWorker worker;
    private final long evaluationMillisMax;
    private final AudienceQuestions questions;

    AudienceResource(Storage storage, MicrosClock clock, AudienceWorker worker, long evaluationMillisMax) {
        this.evaluationMillisMax = evaluationMillisMax;
        this.storage = storage;
        this.clock = clock;
        this.worker = worker;
        this.questions = new AudienceQuestions(storage, evaluationMillisMax);
    }

    void count(Exchange exchange, byte[] body) {
        final long startNanos = System.nanoTime();
        final String where = where(exchange);
        worker.beginCount();
        work(
                exchange,
                worker::endCount,
                () -> questions.ask(
                        compile(where),
                        (query, columns, limit) -> new Count(query.count(columns, limit), columns.sequence())),
                counted -> {
                    worker.endCount();
                    exchange.respond(Response.ok(out -> {
                                out.writeStartObject();
                                out.writeNumberField("count", counted.count());
                                out.writeNumberField("sequence", counted.sequence());
                                out.writeNumberField("tookMicros", (System.nanoTime() - startNanos) / NANOS_PER_MICRO);
                                out.writeEndObject();
                            })
                            .withSequence(counted.sequence()));
                });
    }

    private record Count(long count, long sequence) {}

    void members(Exchange exchange, byte[] body) {
        final String where = where(exchange);
        final String namespace = namespace(exchange);
        worker.beginList();
        work(
                exchange,
                worker::endList,
                () -> {
                    final Audience audience = compile(where);
                    return questions.ask(
                            audience,
                            (query, columns, limit) ->
                                    new Members(audience, query, query.members(columns, limit), columns.sequence()));
                },
                found -> exchange.respond(
                        new Response(200, MediaType.NDJSON.text(), new byte[0], found.sequence(), List.of()),
                        new MemberLines(
                                storage.newReader(),
                                clock,
                                found.audience(),
                                found.query(),
                                found.ordinals(),
                                namespace,
                                worker::endList),
                        worker));
    }

    private record Members(Audience audience, AudienceQuery query, RoaringBitmap ordinals, long sequence) {}

    /** Has it made by the worker; where that takes too long, the caller is told why. */
    private <T> void work(Exchange exchange, Runnable giveUp, Supplier<T> make, Consumer<T> then) {
        exchange.work(
                worker,
                giveUp,
                () -> {
                    try {
                        return make.get();
                    } catch (TimeLimitException e) {
                        exchange.execute(() -> exchange.refuseAs(Refusal.DEADLINE_EXCEEDED));
                        throw tooLong();
                    }
                },
                then);
    }

    private InvalidInputException tooLong() {
        return new InvalidInputException(
                "where",
                "it could not be evaluated for all profiles within " + evaluationMillisMax
                        + " ms; what is put together of"
                        + " 'id' in segments, size(segments) compared with a number, &&, ||, ! and ?: takes milliseconds");
    }

    private static Audience compile(String where) {
        try {
            return Audience.compile(where);
        } catch (InvalidExpressionException e) {
            throw new InvalidInputException("where", String.valueOf(e.getMessage()));
        }
    }

    private static String where(Exchange exchange) {
        final String where = exchange.target().last("where");
        if (where == null || where.isBlank()) {
            throw new InvalidInputException(
                    "where", "an expression over segments is needed, such as 'high-value' in segments");
        }
        return where;
    }

    private static @Nullable String namespace(Exchange exchange) {
        final String named = exchange.target().last("ns");
        if (named == null) {
            return null;
        }
        final String namespace = named.toLowerCase(Locale.ROOT);
        if (!Identity.isNamespace(namespace)) {
            throw new InvalidInputException("ns", "the namespace of an identity is 1-32 of [a-z0-9_.-]");
        }
        return namespace;
    }
}
