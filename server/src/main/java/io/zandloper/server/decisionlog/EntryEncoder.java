package io.zandloper.server.decisionlog;

import static io.zandloper.server.decisionlog.LogDescriptor.FIXED_BYTES;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.catalog.Catalog;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Decisions to the payloads of entries. For one thread; allocates nothing that outlives the call, and next to nothing. */
final class EntryEncoder {
    private final ByteBuffer payload = LogDescriptor.little(ByteBuffer.allocate(DecisionLogLimits.PAYLOAD_BYTES_MAX));

    /** Holds the last payload from 0 to its limit. */
    ByteBuffer payload() {
        return payload;
    }

    /**
     * Encodes everything but the person, whose fields are zeros.
     *
     * @return false where it is too long
     */
    boolean encode(ServedDecision decision, Visitor visitor) {
        final DecisionRequest request = decision.request();
        payload.clear().position(FIXED_BYTES);
        try {
            putPlacements(request.placements(), decision.outcome());
            final int fields = visitor == Visitor.WITHHELD ? 0 : putContext(request.context(), decision.catalog());
            payload.putShort(LogDescriptor.CONTEXT_OFFSET, (short) fields);
            for (final String id : request.exclude()) {
                putText(id);
            }
        } catch (BufferOverflowException tooLong) {
            return false;
        }
        payload.flip();
        payload.putLong(LogDescriptor.AT_OFFSET, decision.atMicros())
                .putLong(LogDescriptor.CATALOG_VERSION_OFFSET, decision.catalogVersion());
        person(0, 0, 0, 0);
        // No count is above 64 Ki: each of what is counted has some bytes of its own.
        payload.put(LogDescriptor.VISITOR_OFFSET, (byte) visitor.ordinal())
                .put(LogDescriptor.REASON_OFFSET, (byte)
                        decision.outcome().reason().ordinal())
                .putShort(LogDescriptor.FLAGS_OFFSET, (short) flags(request))
                .putShort(LogDescriptor.PLACEMENTS_OFFSET, (short)
                        request.placements().size())
                .putShort(
                        LogDescriptor.EXCLUDED_OFFSET, (short) request.exclude().size());
        return true;
    }

    /** The person of the last payload. */
    void person(long high, long low, long version, long profileSequence) {
        payload.putLong(LogDescriptor.PERSON_HIGH_OFFSET, high)
                .putLong(LogDescriptor.PERSON_LOW_OFFSET, low)
                .putLong(LogDescriptor.PROFILE_VERSION_OFFSET, version)
                .putLong(LogDescriptor.PROFILE_SEQUENCE_OFFSET, profileSequence);
    }

    private static int flags(DecisionRequest request) {
        return (request.atMicros() == null ? 0 : LogDescriptor.FLAG_AT)
                | (request.explain() ? LogDescriptor.FLAG_EXPLAIN : 0);
    }

    private void putPlacements(List<PlacementRequest> wanted, CompiledDecision outcome) {
        for (int placement = 0; placement < outcome.placementCount(); placement++) {
            final Integer count = wanted.get(placement).count();
            putId(outcome.placementId(placement));
            payload.put((byte) (count == null ? 0 : count))
                    .put((byte) (outcome.end(placement) - outcome.start(placement)));
            for (int index = outcome.start(placement); index < outcome.end(placement); index++) {
                putOffer(outcome, index);
            }
        }
    }

    private void putOffer(CompiledDecision outcome, int index) {
        final boolean isFallback = outcome.isFallback(index);
        payload.put((byte) (isFallback ? LogDescriptor.OFFER_FALLBACK : 0));
        putId(outcome.document(index).id());
        if (!isFallback) {
            payload.putDouble(outcome.priority(index));
        }
    }

    /** Puts the fields that the catalog reads, and no others; how many they are. */
    private int putContext(Map<String, Object> context, Catalog catalog) {
        int fields = 0;
        for (final Map.Entry<String, Object> field : context.entrySet()) {
            if (catalog.readsContext(field.getKey())) {
                putText(field.getKey());
                putValue(field.getValue());
                fields++;
            }
        }
        return fields;
    }

    private void putValue(Object value) {
        if (value instanceof Boolean truth) {
            payload.put(truth ? LogDescriptor.VALUE_TRUE : LogDescriptor.VALUE_FALSE);
        } else if (value instanceof Long integer) {
            payload.put(LogDescriptor.VALUE_INTEGER).putLong(integer);
        } else if (value instanceof Double number) {
            payload.put(LogDescriptor.VALUE_DOUBLE).putDouble(number);
        } else if (value instanceof String text) {
            payload.put(LogDescriptor.VALUE_TEXT);
            putText(text);
        } else {
            throw new IllegalArgumentException("no value of a context, type=" + value.getClass());
        }
    }

    /** Ids are ASCII, and their length is one byte. */
    private void putId(String id) {
        payload.put((byte) id.length());
        for (int i = 0; i < id.length(); i++) {
            payload.put((byte) id.charAt(i));
        }
    }

    /** UTF-8, and its length before it in two bytes. */
    private void putText(String text) {
        final int start = payload.position();
        payload.putShort((short) 0);
        for (int i = 0; i < text.length(); i++) {
            final int character = text.codePointAt(i);
            putUtf8(character);
            i += Character.charCount(character) - 1;
        }
        // No text is longer than the payload, which is shorter than 64 KiB.
        payload.putShort(start, (short) (payload.position() - start - Short.BYTES));
    }

    private void putUtf8(int character) {
        if (character < 0x80) {
            payload.put((byte) character);
        } else if (character < 0x800) {
            payload.put((byte) (0xc0 | (character >> 6))).put(continuation(character));
        } else if (character < 0x10000) {
            payload.put((byte) (0xe0 | (character >> 12)))
                    .put(continuation(character >> 6))
                    .put(continuation(character));
        } else {
            payload.put((byte) (0xf0 | (character >> 18)))
                    .put(continuation(character >> 12))
                    .put(continuation(character >> 6))
                    .put(continuation(character));
        }
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }
}
