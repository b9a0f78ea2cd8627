package io.zandloper.server.http;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.json.DecisionReader;
import io.zandloper.server.json.DecisionWriter;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.View;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** {@code /v1/decisions}. */
final class DecisionResource {
    private final String idPrefix;
    private final AtomicLong decisions = new AtomicLong();

    /** @param processId random, so that decisions of different processes differ in their ids */
    DecisionResource(long processId) {
        this.idPrefix = HexFormat.of().toHexDigits(processId) + "-";
    }

    void decide(Exchange exchange, byte[] body) {
        final var document = StrictJson.parseObject(body);
        final long nowMicros = exchange.loop().clock().nowMicros();
        final long startNanos = System.nanoTime();
        final Decision decision;
        final View view = exchange.loop().reader().enter();
        try {
            final DecisionRequest request = DecisionReader.read(document, view.catalog(), nowMicros);
            if (!DecisionLimits.canExplain(request, view.catalog().offers().size())) {
                throw new InvalidInputException(
                        "explain",
                        "an explanation is of at most " + DecisionLimits.EXPLAINED_OFFERS_MAX
                                + " offers in all placements together; ask for fewer placements at a time");
            }
            decision =
                    exchange.loop().deciding().decide(request, view, nowMicros).toDecision();
        } finally {
            exchange.loop().reader().leave();
        }
        final long tookNanos = System.nanoTime() - startNanos;
        exchange.respond(Response.ok(DecisionWriter.document(
                idPrefix + decisions.incrementAndGet(), decision, exchange.sequence(), tookNanos)));
    }
}
