package io.zandloper.server.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.zandloper.server.metrics.Operation;
import io.zandloper.server.metrics.Refusal;
import io.zandloper.storage.ChangeListener;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Everything but {@link #execute} and {@link #compute} belongs to the connection's event loop. */
final class Exchange {
    private final HttpConnection connection;
    private final Storage storage;
    private final LoopContext loop;
    private final HttpHeaders headers;
    private final RequestTarget target;
    private final Route route;
    private final List<String> pathParameters;
    private Operation operation;
    private @Nullable Refusal refusal;
    private long sequence;

    Exchange(
            HttpConnection connection,
            Storage storage,
            LoopContext loop,
            HttpHeaders headers,
            RequestTarget target,
            Route route,
            List<String> pathParameters) {
        this.connection = connection;
        this.storage = storage;
        this.loop = loop;
        this.headers = headers;
        this.target = target;
        this.route = route;
        this.pathParameters = pathParameters;
        this.operation = route.operation();
        this.sequence = storage.sequence();
    }

    HttpHeaders headers() {
        return headers;
    }

    RequestTarget target() {
        return target;
    }

    /** The answer's refusal is counted as this, and not as what its status says. */
    void refuseAs(Refusal counted) {
        refusal = counted;
    }

    @Nullable
    Refusal refusal() {
        return refusal;
    }

    Route route() {
        return route;
    }

    /** The path's only parameter. */
    String pathParameter() {
        return pathParameters.get(0);
    }

    /** What the request counts as. */
    Operation operation() {
        return operation;
    }

    void countAs(Operation other) {
        operation = other;
    }

    LoopContext loop() {
        return loop;
    }

    /** The storage's sequence before the call looked anything up. */
    long sequence() {
        return sequence;
    }

    /** Notes the sequence; everything the call looks up from now on is at least as new. */
    void begin() {
        sequence = storage.sequence();
    }

    /** Answers; once. */
    void respond(Response response) {
        connection.respond(this, response);
    }

    /** Answers with a body that {@code worker} makes piece by piece; once. The source is closed in any case. */
    void respond(Response head, AnswerSource source, Executor worker) {
        connection.respond(this, head, source, worker);
    }

    /** Runs {@code task} on the connection's event loop, where what it throws becomes the answer. Any thread. */
    void execute(Runnable task) {
        try {
            connection.executor().execute(() -> connection.run(this, task));
        } catch (RejectedExecutionException stopped) {
            // The loop is gone, and the connection with it: nobody is left to answer.
        }
    }

    /**
     * The same for what holds something: where the request has no one waiting any more, {@code giveUp} runs instead. Any
     * thread.
     */
    void hand(Runnable task, Runnable giveUp) {
        try {
            connection.executor().execute(() -> {
                if (connection.isAnswering(this)) {
                    connection.run(this, task);
                } else {
                    giveUp.run();
                }
            });
        } catch (RejectedExecutionException stopped) {
            giveUp.run();
        }
    }

    /** The same after {@code millis}. Event loop. */
    void executeLater(long millis, Runnable task) {
        connection.executor().schedule(() -> connection.run(this, task), millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Makes a value on the calling thread and hands it to {@code then} on the event loop; what either throws becomes the
     * answer. Any thread.
     */
    <T> void compute(Supplier<T> make, Consumer<T> then) {
        try {
            final T made = make.get();
            execute(() -> then.accept(made));
        } catch (RuntimeException e) {
            execute(() -> respond(Outcomes.thrown(e)));
        }
    }

    /**
     * Makes a value on a worker's thread and hands it to {@code then} on the event loop.
     *
     * @param worker refuses where the server stops, and only then
     * @param giveUp called instead of {@code then} where there is no value, or nobody to hand it to
     */
    <T> void work(Executor worker, Runnable giveUp, Supplier<T> make, Consumer<T> then) {
        try {
            worker.execute(() -> {
                final T made;
                try {
                    made = make.get();
                } catch (RuntimeException e) {
                    giveUp.run();
                    execute(() -> respond(Outcomes.thrown(e)));
                    return;
                }
                hand(() -> then.accept(made), giveUp);
            });
        } catch (RejectedExecutionException stopping) {
            giveUp.run();
            throw new ProblemException(503, "the server is stopping");
        }
    }

    /** A stream that did not want more now does. */
    void inputWanted() {
        connection.advance();
    }

    /** Hands one change to the writer and answers what {@code answer} makes of an accepted one's outcome. */
    void submit(Change change, Function<ChangeOutcome, Response> answer) {
        submit(change, answer, Outcomes::refusal);
    }

    /** The same with an answer of its own to a refused one. */
    void submit(Change change, Function<ChangeOutcome, Response> answer, Function<ChangeOutcome, Response> refusal) {
        submit(change, new ChangeListener() {
            @Override
            public void onOutcome(ChangeOutcome outcome) {
                final Function<ChangeOutcome, Response> fitting =
                        outcome.status().isAccepted() ? answer : refusal;
                execute(() -> respond(fitting.apply(outcome).withSequence(outcome.sequence())));
            }

            @Override
            public void onFailure(StorageException cause) {
                execute(() -> respond(Outcomes.failure(cause)));
            }
        });
    }

    /** Hands a change to the writer without waiting for it, and answers {@code accepted}. */
    void submitAsync(Change change, Response accepted) {
        if (submit(change, Outcomes.LOGGED)) {
            respond(accepted);
        }
    }

    /** Hands a change to whoever takes it; false where that takes no more at present. */
    boolean offer(Change change, ChangeListener listener) {
        return connection.role().submit(change, listener, storage);
    }

    private boolean submit(Change change, ChangeListener listener) {
        final boolean submitted = offer(change, listener);
        if (!submitted) {
            respond(Response.busy("the queue of changes is full, try again"));
        }
        return submitted;
    }
}
