package io.zandloper.server.http;

import io.zandloper.server.metrics.Refusal;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.column.TimeLimit;
import io.zandloper.storage.column.TimeLimitException;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    AudienceResource(Storage storage, MicrosClock clock, AudienceWorker worker, long evaluationMillisMax) {
        this.evaluationMillisMax = evaluationMillisMax;
        this.storage = storage;
        this.clock = clock;
        this.worker = worker;
    }

    void count(Exchange exchange, byte[] body) {
        final long startNanos = System.nanoTime();
        final String where = where(exchange);
        worker.beginCount();
        work(
                exchange,
                worker::endCount,
                () -> ask(
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
                    return ask(
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

    /**
     * Makes a value on a worker's thread and hands it to {@code then} on the event loop.
     *
     * @param giveUp called instead of {@code then} where there is no value, or nobody to hand it to
     */
    private <T> void work(Exchange exchange, Runnable giveUp, Supplier<T> make, Consumer<T> then) {
        try {
            worker.execute(() -> {
                final T made;
                try {
                    made = make.get();
                } catch (TimeLimitException e) {
                    giveUp.run();
                    exchange.execute(() -> {
                        exchange.refuseAs(Refusal.DEADLINE_EXCEEDED);
                        exchange.respond(Outcomes.thrown(tooLong()));
                    });
                    return;
                } catch (RuntimeException e) {
                    giveUp.run();
                    exchange.execute(() -> exchange.respond(Outcomes.thrown(e)));
                    return;
                }
                exchange.hand(() -> then.accept(made), giveUp);
            });
        } catch (RejectedExecutionException stopping) {
            giveUp.run();
            throw new ProblemException(503, "the server is stopping");
        }
    }

    private InvalidInputException tooLong() {
        return new InvalidInputException(
                "where",
                "it could not be evaluated for all profiles within " + evaluationMillisMax
                        + " ms; what is put together of"
                        + " 'id' in segments, size(segments) compared with a number, &&, ||, ! and ?: takes milliseconds");
    }

    /** What is asked of the columns. */
    private interface Question<T> {
        T ask(AudienceQuery query, FrozenColumns columns, TimeLimit limit);
    }

    /** Bound to the catalog that is current when the columns are frozen. */
    private <T> T ask(Audience audience, Question<T> question) {
        Catalog catalog = storage.catalog();
        while (true) {
            final List<String> unknown = audience.unknownSegments(catalog);
            if (!unknown.isEmpty()) {
                throw new InvalidInputException("where", "unknown segment '" + String.join("', '", unknown) + "'");
            }
            final AudienceQuery query = AudienceQuery.of(audience, catalog);
            try (FrozenColumns columns = freeze(query)) {
                if (columns.catalog() == catalog) {
                    return question.ask(query, columns, TimeLimit.ofMillis(evaluationMillisMax, System::nanoTime));
                }
                catalog = columns.catalog();
            }
        }
    }

    private FrozenColumns freeze(AudienceQuery query) {
        final CompletableFuture<FrozenColumns> frozen = storage.freeze(query.catalog(), query.segments());
        try {
            return frozen.get(HttpLimits.AUDIENCE_WAIT_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StorageException busy) {
                throw new ProblemException(503, "audiences cannot be asked: " + busy.getMessage());
            }
            throw new IllegalStateException("columns could not be frozen", e.getCause());
        } catch (TimeoutException e) {
            closeWhenItComes(frozen);
            throw new ProblemException(503, "audiences cannot be asked: the writer is busy");
        } catch (InterruptedException e) {
            closeWhenItComes(frozen);
            Thread.currentThread().interrupt();
            throw new ProblemException(503, "the server is stopping");
        }
    }

    private static void closeWhenItComes(CompletableFuture<FrozenColumns> frozen) {
        frozen.thenAccept(FrozenColumns::close);
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
