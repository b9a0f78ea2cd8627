package io.zandloper.protocol.attributes;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.AttributeKind;
import io.zandloper.protocol.schema.Attributes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes attributes into a buffer of the schema {@code attributes.fbs} and back. Values are {@link Boolean},
 * {@link Long} ({@link Integer}, {@link Short} and {@link Byte} are taken as such), {@link Double} ({@link Float} is
 * taken as such), {@link String} or a list of strings; every one comes back as it was, all bits of it. Stateless.
 */
public final class AttributesCodec {
    private static final int INITIAL_BYTES = 512;

    private AttributesCodec() {}

    /**
     * Encodes; equal maps give equal bytes.
     *
     * @throws IllegalArgumentException for a value of another type, a number that is not finite, or text with an
     *     unpaired surrogate; names the attribute
     */
    public static byte[] encode(Map<String, ?> attributes) {
        final FlatBufferBuilder builder = new FlatBufferBuilder(INITIAL_BYTES);
        final int entries = Attributes.createEntriesVector(builder, encodeEntries(builder, attributes));
        builder.finish(Attributes.createAttributes(builder, entries));
        return builder.sizedByteArray();
    }

    /**
     * Writes one table for each attribute, in the order of the bytes of their names, and gives their offsets.
     *
     * @throws IllegalArgumentException as {@link #encode}
     */
    public static int[] encodeEntries(FlatBufferBuilder builder, Map<String, ?> attributes) {
        final List<? extends Map.Entry<String, ?>> sorted = sortedByNameBytes(attributes);
        final int[] offsets = new int[sorted.size()];
        for (int i = 0; i < offsets.length; i++) {
            final String name = sorted.get(i).getKey();
            try {
                offsets[i] = encodeEntry(builder, name, sorted.get(i).getValue());
            } catch (IllegalArgumentException unencodable) {
                throw new IllegalArgumentException(unencodable.getMessage() + ": attribute=" + name, unencodable);
            }
        }
        return offsets;
    }

    /**
     * Decodes what {@link #encode} wrote, between the position and the limit of {@code bytes}, which stay as they are;
     * an empty range is no attributes. The body must have been verified.
     *
     * @return by name, in the order of the buffer
     * @throws IllegalArgumentException for a kind this version does not know, or text that is not UTF-8
     */
    public static Map<String, Object> decode(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return Map.of();
        }
        final Attributes attributes = Attributes.getRootAsAttributes(bytes.duplicate());
        final Map<String, Object> decoded = LinkedHashMap.newLinkedHashMap(attributes.entriesLength());
        final Attribute attribute = new Attribute();
        for (int i = 0; i < attributes.entriesLength(); i++) {
            attributes.entries(attribute, i);
            decoded.put(attribute.name(), decodeValue(attribute));
        }
        return Collections.unmodifiableMap(decoded);
    }

    /**
     * The value of one attribute.
     *
     * @throws IllegalArgumentException as {@link #decode}
     */
    public static Object decodeValue(Attribute attribute) {
        return switch (attribute.kind()) {
            case AttributeKind.Boolean -> attribute.integerValue() != 0;
            case AttributeKind.Integer -> attribute.integerValue();
            case AttributeKind.Double -> attribute.doubleValue();
            case AttributeKind.String -> {
                final String value = attribute.stringValue();
                yield value == null ? "" : value;
            }
            case AttributeKind.Strings -> decodeStrings(attribute);
            default -> throw new IllegalArgumentException("unknown kind of attribute, kind=" + attribute.kind());
        };
    }

    private static List<String> decodeStrings(Attribute attribute) {
        final List<String> strings = new ArrayList<>(attribute.stringsValueLength());
        for (int i = 0; i < attribute.stringsValueLength(); i++) {
            strings.add(attribute.stringsValue(i));
        }
        return Collections.unmodifiableList(strings);
    }

    private static List<? extends Map.Entry<String, ?>> sortedByNameBytes(Map<String, ?> attributes) {
        final List<Map.Entry<String, ?>> sorted = new ArrayList<>(attributes.entrySet());
        sorted.sort((a, b) -> Arrays.compareUnsigned(
                a.getKey().getBytes(StandardCharsets.UTF_8), b.getKey().getBytes(StandardCharsets.UTF_8)));
        return sorted;
    }

    private static int encodeEntry(FlatBufferBuilder builder, String name, Object value) {
        final int nameOffset = builder.createString(name);
        int reference = 0;
        if (value instanceof String text) {
            reference = builder.createString(text);
        } else if (value instanceof List<?> list) {
            reference = encodeStrings(builder, list);
        }
        Attribute.startAttribute(builder);
        Attribute.addName(builder, nameOffset);
        if (value instanceof Boolean truth) {
            Attribute.addKind(builder, AttributeKind.Boolean);
            Attribute.addIntegerValue(builder, truth ? 1 : 0);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            Attribute.addKind(builder, AttributeKind.Integer);
            Attribute.addIntegerValue(builder, ((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            Attribute.addKind(builder, AttributeKind.Double);
            Attribute.addDoubleValue(builder, finite(((Number) value).doubleValue()));
        } else if (value instanceof String) {
            Attribute.addKind(builder, AttributeKind.String);
            Attribute.addStringValue(builder, reference);
        } else if (value instanceof List<?>) {
            Attribute.addKind(builder, AttributeKind.Strings);
            Attribute.addStringsValue(builder, reference);
        } else {
            throw new IllegalArgumentException(
                    "no boolean, number, string or list of strings, type=" + value.getClass());
        }
        return Attribute.endAttribute(builder);
    }

    private static double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a finite number, value=" + value);
        }
        return value;
    }

    private static int encodeStrings(FlatBufferBuilder builder, List<?> list) {
        final int[] offsets = new int[list.size()];
        for (int i = 0; i < offsets.length; i++) {
            if (!(list.get(i) instanceof String text)) {
                throw new IllegalArgumentException("a list of something else than strings, index=" + i);
            }
            offsets[i] = builder.createString(text);
        }
        return Attribute.createStringsValueVector(builder, offsets);
    }
}
