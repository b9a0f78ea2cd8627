package io.zandloper.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.zandloper.server.json.Problem;
import io.zandloper.storage.change.ChangeOutcome;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** What became of the lines of a body. Belongs to one thread. */
final class LineTally {
    private final boolean countsDuplicates;
    private long accepted;
    private long duplicates;
    private long rejected;
    private long sequence;
    /** The first rejected lines, by their number: they do not become known in their order. */
    private final TreeMap<Long, String> errors = new TreeMap<>();

    /** @param countsDuplicates whether the answer tells duplicates from accepted ones */
    LineTally(boolean countsDuplicates) {
        this.countsDuplicates = countsDuplicates;
    }

    void reject(long line, String reason) {
        rejected++;
        errors.put(line, reason);
        if (errors.size() > HttpLimits.LINE_ERRORS_MAX) {
            errors.pollLastEntry();
        }
    }

    /** A line that there is nothing to do for. */
    void accept() {
        accepted++;
    }

    void add(long line, ChangeOutcome outcome) {
        sequence = Math.max(sequence, outcome.sequence());
        if (!outcome.status().isAccepted()) {
            reject(line, Problem.reason(outcome));
        } else if (outcome.status() == ChangeOutcome.Status.DUPLICATE) {
            duplicates++;
        } else {
            accepted++;
        }
    }

    /** A change that is no line's, but comes of all of them. */
    void addLast(ChangeOutcome outcome) {
        sequence = Math.max(sequence, outcome.sequence());
    }

    /** That of the newest change among the lines; 0 before any was made. */
    long sequence() {
        return sequence;
    }

    /** The members of the answer. */
    void writeMembers(JsonGenerator out, long sequenceBefore) throws IOException {
        out.writeNumberField("accepted", countsDuplicates ? accepted : accepted + duplicates);
        if (countsDuplicates) {
            out.writeNumberField("duplicates", duplicates);
        }
        out.writeNumberField("rejected", rejected);
        out.writeNumberField("sequence", Math.max(sequenceBefore, sequence));
        out.writeArrayFieldStart("errors");
        for (Map.Entry<Long, String> error : errors.entrySet()) {
            out.writeStartObject();
            out.writeNumberField("line", error.getKey());
            out.writeStringField("reason", error.getValue());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
