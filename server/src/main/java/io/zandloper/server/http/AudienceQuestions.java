package io.zandloper.server.http;

import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.catalog.Audience;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.column.AudienceQuery;
import io.zandloper.storage.column.FrozenColumns;
import io.zandloper.storage.column.TimeLimit;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the columns about an audience. Thread-safe, but it waits for the writer: not for event loops. */
final class AudienceQuestions {
    private final Storage storage;
    private final long evaluationMillisMax;

    /** @param evaluationMillisMax for one question */
    AudienceQuestions(Storage storage, long evaluationMillisMax) {
        this.storage = storage;
        this.evaluationMillisMax = evaluationMillisMax;
    }

    /** What is asked of the columns. */
    interface Question<T> {
        T ask(AudienceQuery query, FrozenColumns columns, TimeLimit limit);
    }

    /**
     * Bound to the catalog that is current when the columns are frozen.
     *
     * @throws io.zandloper.storage.column.TimeLimitException where it took too long
     */
    <T> T ask(Audience audience, Question<T> question) {
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
}
