package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Variables;
import io.zandloper.storage.schema.Attribute;
import io.zandloper.storage.schema.AttributeKind;
import io.zandloper.storage.schema.Attributes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an evaluation reads as the maps and lists that the library's interpreter takes; made when it is first needed. */
final class InterpretedValues {
    private byte[] array = TextBuffer.NOTHING;
    private int attributesOffset;
    private int attributesLength;
    private @Nullable Map<String, ?> attributes = Map.of();
    private Supplier<? extends Map<String, ?>> lateContext = Map::of;
    private @Nullable Map<String, ?> context;
    private @Nullable Variables variables;

    void ofRecord(byte[] record, int offset, int length) {
        array = record;
        attributesOffset = offset;
        attributesLength = length;
        attributes = null;
        variables = null;
    }

    void ofAttributes(Map<String, ?> values) {
        attributes = values;
        variables = null;
    }

    void ofContext(Map<String, ?> values) {
        context = values;
        variables = null;
    }

    /** @param values asked for once, when they are needed */
    void ofContext(Supplier<? extends Map<String, ?>> values) {
        lateContext = values;
        context = null;
        variables = null;
    }

    void segmentsChanged() {
        variables = null;
    }

    Variables variables(Catalog catalog, long[] segments) {
        if (variables == null) {
            if (attributes == null) {
                attributes = decoded();
            }
            if (context == null) {
                context = lateContext.get();
            }
            variables = Variables.ofCondition(attributes, ids(catalog, segments), context);
        }
        return variables;
    }

    private static List<String> ids(Catalog catalog, long[] segments) {
        final List<String> ids = new ArrayList<>();
        for (int word = 0; word < segments.length; word++) {
            for (long rest = segments[word]; rest != 0; rest &= rest - 1) {
                ids.add(catalog.segments()
                        .get(word * Long.SIZE + Long.numberOfTrailingZeros(rest))
                        .id());
            }
        }
        return ids;
    }

    private Map<String, Object> decoded() {
        final ByteBuffer bytes = ByteBuffer.wrap(array, attributesOffset, attributesLength)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        final Attributes stored = Attributes.getRootAsAttributes(bytes);
        final Map<String, Object> values = new TreeMap<>();
        final Attribute attribute = new Attribute();
        for (int i = 0; i < stored.entriesLength(); i++) {
            stored.entries(attribute, i);
            values.put(attribute.name(), value(attribute));
        }
        return values;
    }

    private static Object value(Attribute attribute) {
        return switch (attribute.kind()) {
            case AttributeKind.Boolean -> attribute.integerValue() != 0;
            case AttributeKind.Integer -> attribute.integerValue();
            case AttributeKind.Double -> attribute.doubleValue();
            case AttributeKind.String -> attribute.stringValue();
            default -> {
                final List<String> texts = new ArrayList<>();
                for (int i = 0; i < attribute.stringsValueLength(); i++) {
                    texts.add(attribute.stringsValue(i));
                }
                yield texts;
            }
        };
    }
}
