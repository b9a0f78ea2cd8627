package io.zandloper.server.http;

import io.zandloper.server.json.EventReader;
import io.zandloper.server.json.Problem;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;

/** {@code /v1/events}: one event, or one a line. */
final class EventResource {
    private static final long ONLY_LINE = 1;

    private final MicrosClock clock;

    EventResource(MicrosClock clock) {
        this.clock = clock;
    }

    BodyStream open(Exchange exchange) {
        return new NdjsonStream(
                exchange, document -> EventReader.read(document, clock.nowMicros()), new LineTally(true));
    }

    void record(Exchange exchange, byte[] body) {
        final RecordEvent event;
        try {
            event = EventReader.read(StrictJson.parseObject(body), clock.nowMicros());
        } catch (InvalidInputException e) {
            exchange.respond(rejected(422, Problem.summary(e.errors()), e.errors(), exchange.sequence()));
            return;
        }
        exchange.submit(
                event,
                outcome -> {
                    final LineTally tally = new LineTally(true);
                    tally.add(ONLY_LINE, outcome);
                    return Response.ok(out -> {
                        out.writeStartObject();
                        tally.writeMembers(out, exchange.sequence());
                        out.writeEndObject();
                    });
                },
                outcome -> rejected(
                        Outcomes.status(outcome),
                        Problem.reason(outcome),
                        outcome.errors(),
                        Math.max(exchange.sequence(), outcome.sequence())));
    }

    /** A problem that also has the members of the usual answer. */
    private static Response rejected(int status, String detail, List<FieldError> errors, long sequence) {
        return Response.problem(status, detail, out -> {
            out.writeNumberField("accepted", 0);
            out.writeNumberField("duplicates", 0);
            out.writeNumberField("rejected", 1);
            out.writeNumberField("sequence", sequence);
            Problem.writeErrors(errors, out);
        });
    }
}
