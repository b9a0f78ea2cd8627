package io.zandloper.storage.format;

import com.google.flatbuffers.FlatBufferBuilder;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a profile into a FlatBuffer. Everything that has no order of its own is sorted first. */
final class RecordEncoder {
    private static final int ABSENT = 0;
    private static final int NESTED_ALIGNMENT = 8;
    private static final int INITIAL_BYTES = 1024;

    private final FlatBufferBuilder builder;
    private final PackedWriter packed = new PackedWriter();
    private final FlatBufferBuilder attributesBuilder = new FlatBufferBuilder(INITIAL_BYTES);

    RecordEncoder(FlatBufferBuilder builder) {
        this.builder = builder;
    }

    void encode(Profile profile, EventHistory history, SegmentNumbers numbers) {
        final int eventIds = eventIds(history.recentIds());
        final int conversions = conversions(history.lastConverts());
        final int events = events(history.events());
        final int consent = consent(profile.consent());
        final int scores = values(builder, profile.scores());
        final long[][] segments = segments(profile.listed(), numbers);
        final int expiring = expiringSegments(segments);
        final int lasting = lastingSegments(segments);
        final int attributes = attributes(profile.attributes());
        final int identities = identities(profile.identities());
        ProfileRecord.startProfileRecord(builder);
        ProfileRecord.addSequence(builder, profile.sequence());
        ProfileRecord.addUpdatedAt(builder, profile.updatedAtMicros());
        ProfileRecord.addVersionDistance(builder, profile.sequence() - profile.version());
        ProfileRecord.addCreatedDistance(builder, profile.sequence() - profile.createdSequence());
        ProfileRecord.addIdentities(builder, identities);
        ProfileRecord.addAttributes(builder, attributes);
        ProfileRecord.addSegments(builder, lasting);
        ProfileRecord.addExpiringSegments(builder, expiring);
        ProfileRecord.addScores(builder, scores);
        ProfileRecord.addConsent(builder, consent);
        ProfileRecord.addEvents(builder, events);
        ProfileRecord.addConversions(builder, conversions);
        ProfileRecord.addEventIds(builder, eventIds);
        ProfileRecord.addFormat(builder, RecordCodec.FORMAT_VERSION);
        builder.finish(ProfileRecord.endProfileRecord(builder));
    }

    private int identities(List<Identity> identities) {
        packed.clear();
        for (final Identity identity : identities) {
            packed.text(identity.text().getBytes(StandardCharsets.UTF_8));
        }
        return packedVector();
    }

    private int attributes(Map<String, Object> attributes) {
        attributesBuilder.clear();
        final int entries = values(attributesBuilder, attributes);
        Attributes.startAttributes(attributesBuilder);
        Attributes.addEntries(attributesBuilder, entries);
        attributesBuilder.finish(Attributes.endAttributes(attributesBuilder));
        final ByteBuffer nested = attributesBuilder.dataBuffer();
        builder.createUnintializedVector(1, nested.remaining(), NESTED_ALIGNMENT)
                .put(nested);
        return builder.endVector();
    }

    /** Pairs of number and expiry, ascending by number. */
    private static long[][] segments(Map<String, Long> listed, SegmentNumbers numbers) {
        final long[][] segments = new long[listed.size()][];
        int next = 0;
        for (final Map.Entry<String, Long> entry : listed.entrySet()) {
            segments[next++] = new long[] {numbers.number(entry.getKey()), entry.getValue()};
        }
        Arrays.sort(segments, (a, b) -> Long.compare(a[0], b[0]));
        return segments;
    }

    private int lastingSegments(long[][] segments) {
        packed.clear();
        int before = 0;
        for (final long[] segment : segments) {
            if (segment[1] == Times.NEVER) {
                packed.number((int) segment[0] - before);
                before = (int) segment[0];
            }
        }
        return packedVector();
    }

    private int expiringSegments(long[][] segments) {
        packed.clear();
        int before = 0;
        for (final long[] segment : segments) {
            if (segment[1] != Times.NEVER) {
                packed.number((int) segment[0] - before);
                packed.time(segment[1]);
                before = (int) segment[0];
            }
        }
        return packedVector();
    }

    private int packedVector() {
        return packed.length() == 0 ? ABSENT : builder.createByteVector(packed.bytes(), 0, packed.length());
    }

    private int consent(@Nullable Consent consent) {
        if (consent == null) {
            return ABSENT;
        }
        final int tcf = text(consent.tcf());
        final int gpp = text(consent.gpp());
        return io.zandloper.storage.schema.Consent.createConsent(builder, consent.purposes(), tcf, gpp);
    }

    private int events(List<Event> events) {
        final int[] tables = new int[events.size()];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = event(events.get(i));
        }
        return offsets(builder, tables);
    }

    private int event(Event event) {
        final int context = values(builder, event.context());
        final int id = text(event.id());
        final int type = sharedText(event.type());
        final int offer = sharedText(event.offer());
        final int placement = sharedText(event.placement());
        final int product = sharedText(event.product());
        io.zandloper.storage.schema.Event.startEvent(builder);
        io.zandloper.storage.schema.Event.addAt(builder, event.atMicros());
        final Number value = event.value();
        if (value instanceof Double) {
            io.zandloper.storage.schema.Event.addDoubleValue(builder, value.doubleValue());
        } else if (value != null) {
            io.zandloper.storage.schema.Event.addIntegerValue(builder, value.longValue());
        }
        io.zandloper.storage.schema.Event.addId(builder, id);
        io.zandloper.storage.schema.Event.addType(builder, type);
        io.zandloper.storage.schema.Event.addOffer(builder, offer);
        io.zandloper.storage.schema.Event.addPlacement(builder, placement);
        io.zandloper.storage.schema.Event.addProduct(builder, product);
        io.zandloper.storage.schema.Event.addContext(builder, context);
        io.zandloper.storage.schema.Event.addValueKind(builder, numberKind(value));
        return io.zandloper.storage.schema.Event.endEvent(builder);
    }

    private int conversions(Map<String, Long> lastConverts) {
        final String[] products = Utf8Order.sorted(lastConverts.keySet());
        final int[] tables = new int[products.length];
        for (int i = 0; i < products.length; i++) {
            final int product = sharedText(products[i]);
            tables[i] = Conversion.createConversion(builder, product, lastConverts.getOrDefault(products[i], 0L));
        }
        return offsets(builder, tables);
    }

    private int eventIds(List<Long> ids) {
        if (ids.isEmpty()) {
            return ABSENT;
        }
        ProfileRecord.startEventIdsVector(builder, ids.size());
        for (int i = ids.size() - 1; i >= 0; i--) {
            builder.addLong(ids.get(i));
        }
        return builder.endVector();
    }

    private static int values(FlatBufferBuilder builder, Map<String, ? extends Object> values) {
        final String[] names = Utf8Order.sorted(values.keySet());
        final int[] tables = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            final Object value = values.get(names[i]);
            if (value == null) {
                throw new IllegalArgumentException("a value is null: name=" + names[i]);
            }
            tables[i] = value(builder, names[i], value);
        }
        return offsets(builder, tables);
    }

    private static int value(FlatBufferBuilder builder, String name, Object value) {
        final int nameText = builder.createString(name);
        if (value instanceof Boolean bool) {
            return attribute(builder, nameText, AttributeKind.Boolean, bool ? 1 : 0);
        } else if (value instanceof Long integer) {
            return attribute(builder, nameText, AttributeKind.Integer, integer);
        } else if (value instanceof Double number) {
            Attribute.startAttribute(builder);
            Attribute.addName(builder, nameText);
            Attribute.addDoubleValue(builder, number);
            Attribute.addKind(builder, AttributeKind.Double);
        } else if (value instanceof String text) {
            final int offset = builder.createString(text);
            Attribute.startAttribute(builder);
            Attribute.addName(builder, nameText);
            Attribute.addStringValue(builder, offset);
            Attribute.addKind(builder, AttributeKind.String);
        } else if (value instanceof List<?> list) {
            final int[] texts = new int[list.size()];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = builder.createString((String) list.get(i));
            }
            final int offset = Attribute.createStringsValueVector(builder, texts);
            Attribute.startAttribute(builder);
            Attribute.addName(builder, nameText);
            Attribute.addStringsValue(builder, offset);
            Attribute.addKind(builder, AttributeKind.Strings);
        } else {
            throw new IllegalArgumentException("not a value: name=" + name + " class=" + value.getClass());
        }
        return Attribute.endAttribute(builder);
    }

    private static int attribute(FlatBufferBuilder builder, int name, int kind, long value) {
        Attribute.startAttribute(builder);
        Attribute.addIntegerValue(builder, value);
        Attribute.addName(builder, name);
        Attribute.addKind(builder, kind);
        return Attribute.endAttribute(builder);
    }

    private static int numberKind(@Nullable Number value) {
        if (value == null) {
            return NumberKind.None;
        }
        return value instanceof Double ? NumberKind.Double : NumberKind.Integer;
    }

    private int text(@Nullable String text) {
        return text == null ? ABSENT : builder.createString(text);
    }

    /** Types, offers, placements and products repeat from event to event: each is stored once. */
    private int sharedText(@Nullable String text) {
        return text == null ? ABSENT : builder.createSharedString(text);
    }

    private static int offsets(FlatBufferBuilder builder, int[] offsets) {
        return offsets.length == 0 ? ABSENT : builder.createVectorOfTables(offsets);
    }
}
