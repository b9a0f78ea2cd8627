package io.zandloper.server.decisionlog;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedOffer;
import io.zandloper.server.decisionlog.LoggedDecision.LoggedPlacement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Payloads of entries whose checksum is right to decisions. Stateless. */
final class EntryDecoder {
    private static final int BYTE_MASK = 0xff;
    private static final int SHORT_MASK = 0xffff;

    private EntryDecoder() {}

    /**
     * @param payload from 0 to its limit, little-endian
     * @throws RuntimeException of some kind where it is none, although its checksum is right
     */
    static LoggedDecision decode(ByteBuffer payload) {
        final int flags = payload.getShort(LogDescriptor.FLAGS_OFFSET);
        payload.position(LogDescriptor.FIXED_BYTES);
        final List<LoggedPlacement> placements = placements(payload);
        final Map<String, Object> context = context(payload);
        final List<String> excluded = new ArrayList<>();
        for (int left = payload.getShort(LogDescriptor.EXCLUDED_OFFSET) & SHORT_MASK; left > 0; left--) {
            excluded.add(text(payload));
        }
        return new LoggedDecision(
                payload.getLong(LogDescriptor.AT_OFFSET),
                (flags & LogDescriptor.FLAG_AT) != 0,
                (flags & LogDescriptor.FLAG_EXPLAIN) != 0,
                payload.getLong(LogDescriptor.CATALOG_VERSION_OFFSET),
                Visitor.values()[payload.get(LogDescriptor.VISITOR_OFFSET)],
                payload.getLong(LogDescriptor.PERSON_HIGH_OFFSET),
                payload.getLong(LogDescriptor.PERSON_LOW_OFFSET),
                payload.getLong(LogDescriptor.PROFILE_VERSION_OFFSET),
                payload.getLong(LogDescriptor.PROFILE_SEQUENCE_OFFSET),
                Decision.Reason.values()[payload.get(LogDescriptor.REASON_OFFSET)],
                placements,
                context,
                excluded);
    }

    private static List<LoggedPlacement> placements(ByteBuffer payload) {
        final List<LoggedPlacement> placements = new ArrayList<>();
        for (int left = payload.getShort(LogDescriptor.PLACEMENTS_OFFSET) & SHORT_MASK; left > 0; left--) {
            final String id = id(payload);
            final int asked = payload.get() & BYTE_MASK;
            final List<LoggedOffer> offers = new ArrayList<>();
            for (int more = payload.get() & BYTE_MASK; more > 0; more--) {
                final boolean fallback = (payload.get() & LogDescriptor.OFFER_FALLBACK) != 0;
                offers.add(new LoggedOffer(id(payload), fallback, fallback ? 0 : payload.getDouble()));
            }
            placements.add(new LoggedPlacement(id, asked, offers));
        }
        return placements;
    }

    private static Map<String, Object> context(ByteBuffer payload) {
        final Map<String, Object> context = new LinkedHashMap<>();
        for (int left = payload.getShort(LogDescriptor.CONTEXT_OFFSET) & SHORT_MASK; left > 0; left--) {
            final String name = text(payload);
            context.put(name, value(payload));
        }
        return context;
    }

    private static Object value(ByteBuffer payload) {
        final byte kind = payload.get();
        return switch (kind) {
            case LogDescriptor.VALUE_FALSE -> false;
            case LogDescriptor.VALUE_TRUE -> true;
            case LogDescriptor.VALUE_INTEGER -> payload.getLong();
            case LogDescriptor.VALUE_DOUBLE -> payload.getDouble();
            case LogDescriptor.VALUE_TEXT -> text(payload);
            default -> throw new IllegalArgumentException("kind of value=" + kind);
        };
    }

    private static String id(ByteBuffer payload) {
        return text(payload, payload.get() & BYTE_MASK);
    }

    private static String text(ByteBuffer payload) {
        return text(payload, payload.getShort() & SHORT_MASK);
    }

    private static String text(ByteBuffer payload, int length) {
        final byte[] utf8 = new byte[length];
        payload.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
