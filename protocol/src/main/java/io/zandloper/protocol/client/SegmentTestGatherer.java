package io.zandloper.protocol.client;

import io.zandloper.protocol.ProtocolLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tests single profiles for the same segments, and sends what is asked within one turn of the event loop as one batch.
 * Nothing waits for more to come: while the loop is idle a test goes out at once and alone, and the more there is to do
 * the larger the batches become. Worth it where many threads ask the same of many visitors. Made by
 * {@link ZandloperClient#gatherer}; any number of threads may use it.
 *
 * <pre>{@code
 * SegmentTestGatherer gatherer = client.gatherer(List.of("high-value", "senior"));
 * CompletableFuture<SegmentTest> test = gatherer.test("crm:10042");
 * }</pre>
 *
 * <p>Deadline, minimum sequence and read preference are those of the client that made it, the deadline counted from when
 * the batch is sent.
 */
public final class SegmentTestGatherer {
    /** Tests that may wait for their answers: some full batches, a few megabytes. */
    static final int TESTS_IN_FLIGHT_MAX = 32 * ProtocolLimits.BATCH_PROFILES_MAX;
    /** Longer than any identity; so a full batch of them is shorter than a request may be. */
    private static final int IDENTITY_LENGTH_MAX = 300;

    private record Question(String identity, CompletableFuture<SegmentTest> answer) {}

    private final ZandloperClient client;
    private final ClientLoop loop;
    private final List<String> segments;
    private final Queue<Question> gathered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicBoolean sendScheduled = new AtomicBoolean();

    /** @param client all of whose calls go over {@code loop} */
    SegmentTestGatherer(ZandloperClient client, ClientLoop loop, List<String> segments) {
        this.client = client;
        this.loop = loop;
        this.segments = List.copyOf(segments);
    }

    /** In which of the segments the profile of an identity is; see {@link ZandloperClient#testSegments(String, List)}. */
    public CompletableFuture<SegmentTest> test(String identity) {
        if (identity.length() > IDENTITY_LENGTH_MAX
                || !StandardCharsets.UTF_8.newEncoder().canEncode(identity)) {
            // In a batch it would be the mistake of all.
            throw new IllegalArgumentException("no identity, identity=" + identity);
        }
        final CompletableFuture<SegmentTest> answer = new CompletableFuture<>();
        if (inFlight.incrementAndGet() > TESTS_IN_FLIGHT_MAX) {
            inFlight.decrementAndGet();
            answer.completeExceptionally(new TooManyCallsException(
                    "as many tests wait for answers as may, testsInFlightMax=" + TESTS_IN_FLIGHT_MAX));
            return answer;
        }
        gathered.add(new Question(identity, answer));
        if (!sendScheduled.getAndSet(true)) {
            try {
                loop.execute(this::send);
            } catch (RejectedExecutionException closed) {
                // The calls that it makes fail, and say so.
                send();
            }
        }
        return answer;
    }

    private void send() {
        sendScheduled.set(false);
        final int batchProfilesMax = loop.batchProfilesMax();
        List<Question> questions = next(batchProfilesMax);
        while (!questions.isEmpty()) {
            send(questions);
            questions = next(batchProfilesMax);
        }
    }

    private List<Question> next(int countMax) {
        final List<Question> questions = new ArrayList<>();
        while (questions.size() < countMax) {
            final Question question = gathered.poll();
            if (question == null) {
                break;
            }
            questions.add(question);
        }
        return questions;
    }

    private void send(List<Question> questions) {
        final List<String> identities =
                questions.stream().map(Question::identity).toList();
        CompletableFuture<Batch<SegmentTest>> call;
        try {
            call = client.testSegments(identities, segments);
        } catch (RuntimeException unencodable) {
            call = CompletableFuture.failedFuture(unencodable);
        }
        call.whenComplete((batch, failure) -> onAnswer(questions, batch, failure));
    }

    private void onAnswer(List<Question> questions, @Nullable Batch<SegmentTest> batch, @Nullable Throwable failure) {
        inFlight.addAndGet(-questions.size());
        for (int i = 0; i < questions.size(); i++) {
            final CompletableFuture<SegmentTest> answer = questions.get(i).answer();
            if (batch == null) {
                answer.completeExceptionally(failure == null ? new IllegalStateException("no answer") : failure);
            } else if (batch.isAnswered(i)) {
                answer.complete(batch.get(i));
            } else {
                answer.completeExceptionally(batch.rejection(i));
            }
        }
    }
}
