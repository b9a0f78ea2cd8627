package io.zandloper.protocol.client;

import io.zandloper.protocol.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one question about many profiles, in the order in which they were asked, all of one moment. Each profile
 * has an answer or a status of its own: {@link #get} gives or throws what a call about that profile alone would have
 * completed or failed with. Immutable.
 *
 * <pre>{@code
 * Batch<SegmentTest> batch = client.testSegments(List.of("crm:10042", "crm:10043"), List.of("high-value"))
 *         .join();
 * for (int i = 0; i < batch.size(); i++) {
 *     if (batch.isAnswered(i) && batch.get(i).isMember("high-value")) {
 *         greet(batch.identity(i));
 *     }
 * }
 * }</pre>
 *
 * @param <T> what a call about one profile answers
 */
public final class Batch<T> {
    private final List<String> identities;
    private final int[] statusNumbers;
    private final List<@Nullable T> answers;
    private final long sequence;

    /** @param answers null where there is none */
    Batch(List<String> identities, int[] statusNumbers, List<@Nullable T> answers, long sequence) {
        this.identities = identities;
        this.statusNumbers = statusNumbers;
        this.answers = answers;
        this.sequence = sequence;
    }

    /** How many profiles were asked about. */
    public int size() {
        return identities.size();
    }

    /** The identity that was asked about, as it was given. */
    public String identity(int index) {
        return identities.get(index);
    }

    /** Whether {@link #get} gives an answer; that nobody has the identity is one to a lookup. */
    public boolean isAnswered(int index) {
        return answers.get(index) != null;
    }

    /**
     * The answer about one profile.
     *
     * @throws RequestRejectedException where there is none, with its status
     */
    public T get(int index) {
        final T answer = answers.get(index);
        if (answer == null) {
            throw rejection(index);
        }
        return answer;
    }

    RequestRejectedException rejection(int index) {
        final Status status = status(index);
        final String meaning = status == null ? "the server refused" : status.meaning();
        return new RequestRejectedException(
                statusNumbers[index], meaning + ", profile=" + identities.get(index), List.of());
    }

    /** How it went with one profile; null where the server is newer and this client does not know the number. */
    public @Nullable Status status(int index) {
        return Status.ofNumber(statusNumbers[index]);
    }

    public int statusNumber(int index) {
        return statusNumbers[index];
    }

    /** Of the newest change that the server had when it looked; the same for all. */
    public long sequence() {
        return sequence;
    }
}
