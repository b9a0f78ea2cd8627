package io.zandloper.storage.format;

import com.google.flatbuffers.Table;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.schema.Attribute;
import io.zandloper.storage.schema.AttributeKind;
import io.zandloper.storage.schema.Attributes;
import io.zandloper.storage.schema.Conversion;
import io.zandloper.storage.schema.NumberKind;
import io.zandloper.storage.schema.ProfileRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a profile from a FlatBuffer, into values of its own. */
final class RecordDecoder {
    private RecordDecoder() {}

    static Profile profile(ProfileRecord stored, SegmentNumbers numbers) {
        return new Profile(
                identities(stored),
                attributes(stored),
                listed(stored, numbers),
                scores(stored),
                consent(stored.consent()),
                history(stored),
                stored.sequence() - stored.versionDistance(),
                stored.updatedAt(),
                stored.sequence() - stored.createdDistance(),
                stored.sequence());
    }

    private static List<Identity> identities(ProfileRecord stored) {
        final List<Identity> identities = new ArrayList<>();
        final ByteBuffer bytes = stored.identitiesAsByteBuffer();
        final PackedReader packed = reader(bytes);
        while (packed.hasMore()) {
            final byte[] utf8 = new byte[packed.textLength()];
            Objects.requireNonNull(bytes).get(packed.position(), utf8);
            packed.skip(utf8.length);
            identities.add(Identity.ofCanonical(new String(utf8, StandardCharsets.UTF_8)));
        }
        return Collections.unmodifiableList(identities);
    }

    private static PackedReader reader(@Nullable ByteBuffer vector) {
        final PackedReader packed = new PackedReader();
        return vector == null
                ? packed
                : packed.of(vector.order(ByteOrder.LITTLE_ENDIAN), vector.position(), vector.remaining());
    }

    private static SortedMap<String, Object> attributes(ProfileRecord stored) {
        final Attributes attributes = stored.attributesAsAttributes();
        final SortedMap<String, Object> values = new TreeMap<>();
        final Attribute attribute = new Attribute();
        for (int i = 0; i < attributes.entriesLength(); i++) {
            attributes.entries(attribute, i);
            values.put(attribute.name(), value(attribute));
        }
        return Collections.unmodifiableSortedMap(values);
    }

    private static SortedMap<String, Long> listed(ProfileRecord stored, SegmentNumbers numbers) {
        final SortedMap<String, Long> listed = new TreeMap<>();
        final PackedReader lasting = reader(stored.segmentsAsByteBuffer());
        for (int number = 0; lasting.hasMore(); ) {
            number += lasting.number();
            listed.put(numbers.id(number), Times.NEVER);
        }
        final PackedReader expiring = reader(stored.expiringSegmentsAsByteBuffer());
        for (int number = 0; expiring.hasMore(); ) {
            number += expiring.number();
            listed.put(numbers.id(number), expiring.time());
        }
        return Collections.unmodifiableSortedMap(listed);
    }

    private static SortedMap<String, Number> scores(ProfileRecord stored) {
        final SortedMap<String, Number> scores = new TreeMap<>();
        final Attribute score = new Attribute();
        for (int i = 0; i < stored.scoresLength(); i++) {
            stored.scores(score, i);
            if (!(value(score) instanceof Number number)) {
                throw new CorruptRecordException("a score that is no number: kind=" + score.kind());
            }
            scores.put(score.name(), number);
        }
        return Collections.unmodifiableSortedMap(scores);
    }

    private static @Nullable Consent consent(io.zandloper.storage.schema.@Nullable Consent stored) {
        return stored == null ? null : new Consent((int) stored.purposes(), stored.tcf(), stored.gpp());
    }

    private static EventHistory history(ProfileRecord stored) {
        if (stored.eventsLength() == 0 && stored.conversionsLength() == 0 && stored.eventIdsLength() == 0) {
            return EventHistory.EMPTY;
        }
        final List<Event> events = list(stored.eventsLength(), stored);
        final io.zandloper.storage.schema.Event event = new io.zandloper.storage.schema.Event();
        for (int i = 0; i < stored.eventsLength(); i++) {
            events.add(event(stored.events(event, i)));
        }
        final SortedMap<String, Long> lastConverts = new TreeMap<>();
        final Conversion conversion = new Conversion();
        for (int i = 0; i < stored.conversionsLength(); i++) {
            stored.conversions(conversion, i);
            lastConverts.put(conversion.product(), conversion.at());
        }
        final List<Long> recentIds = list(stored.eventIdsLength(), stored);
        for (int i = 0; i < stored.eventIdsLength(); i++) {
            recentIds.add(stored.eventIds(i));
        }
        return new EventHistory(
                Collections.unmodifiableList(events),
                Collections.unmodifiableSortedMap(lastConverts),
                Collections.unmodifiableList(recentIds));
    }

    private static Event event(io.zandloper.storage.schema.Event stored) {
        return new Event(
                stored.id(),
                stored.type(),
                stored.offer(),
                stored.placement(),
                stored.at(),
                stored.product(),
                eventValue(stored),
                context(stored));
    }

    private static @Nullable Number eventValue(io.zandloper.storage.schema.Event stored) {
        return switch (stored.valueKind()) {
            case NumberKind.None -> null;
            case NumberKind.Integer -> stored.integerValue();
            case NumberKind.Double -> stored.doubleValue();
            default ->
                throw new CorruptRecordException("an event's value of an unknown kind: kind=" + stored.valueKind());
        };
    }

    private static Map<String, Object> context(io.zandloper.storage.schema.Event stored) {
        if (stored.contextLength() == 0) {
            return Map.of();
        }
        final SortedMap<String, Object> context = new TreeMap<>();
        final Attribute entry = new Attribute();
        for (int i = 0; i < stored.contextLength(); i++) {
            stored.context(entry, i);
            context.put(entry.name(), value(entry));
        }
        return Collections.unmodifiableSortedMap(context);
    }

    private static Object value(Attribute attribute) {
        return switch (attribute.kind()) {
            case AttributeKind.Boolean -> attribute.integerValue() != 0;
            case AttributeKind.Integer -> attribute.integerValue();
            case AttributeKind.Double -> attribute.doubleValue();
            case AttributeKind.String -> attribute.stringValue();
            case AttributeKind.Strings -> texts(attribute);
            default -> throw new CorruptRecordException("a value of an unknown kind: kind=" + attribute.kind());
        };
    }

    private static List<String> texts(Attribute attribute) {
        final List<String> texts = list(attribute.stringsValueLength(), attribute);
        for (int i = 0; i < attribute.stringsValueLength(); i++) {
            texts.add(attribute.stringsValue(i));
        }
        return Collections.unmodifiableList(texts);
    }

    /** A list of a stored length, which may be anything in a damaged record: an element takes bytes of its own. */
    private static <T> List<T> list(int length, Table within) {
        if (length < 0 || length > within.getByteBuffer().limit()) {
            throw new CorruptRecordException("a list longer than its record: length=" + length);
        }
        return new ArrayList<>(length);
    }
}
