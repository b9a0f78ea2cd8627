package io.zandloper.server.files;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A line of a file, as JSON or with the reason why it is none.
 *
 * @param number of the line, from 1; of a CSV row that has several, the first
 * @param json null where the line was refused
 * @param refusal null where it was not
 */
public record FileLine(
        long number, byte @Nullable [] json, @Nullable String refusal) {
    static FileLine of(long number, byte[] json) {
        return new FileLine(number, json, null);
    }

    static FileLine refused(long number, String reason) {
        return new FileLine(number, null, reason);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileLine line
                && number == line.number
                && Arrays.equals(json, line.json)
                && Objects.equals(refusal, line.refusal);
    }

    @Override
    public int hashCode() {
        return Objects.hash(number, Arrays.hashCode(json), refusal);
    }
}
