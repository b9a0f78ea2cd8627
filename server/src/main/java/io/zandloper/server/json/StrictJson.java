package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Text;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Bytes to a JSON tree, strictly: RFC 8259 in well-formed UTF-8 (a byte order mark at the start is skipped), one value,
 * nothing after it. Of a key written twice the last counts, at the place of the first.
 *
 * <p>In the tree every number without fraction and exponent is a {@code LongNode}, any other a finite
 * {@code DoubleNode}, and every string can be encoded in UTF-8: readers need not check that again, and
 * {@link JsonNode#equals} is equality as JSON. Stateless; any thread.
 */
public final class StrictJson {
    /** Deeper nesting is refused: trees are walked recursively. Ten times what any document of ours needs. */
    public static final int NESTING_DEPTH_MAX = 500;

    /**
     * Values of a document are at most this many, since the tree of a body takes up to forty times its bytes: more than a
     * profile of 64 KiB can hold.
     */
    public static final int VALUES_MAX = 100_000;
    /** Likewise of a catalog: 100,000 offers of ten fields. */
    public static final int CATALOG_VALUES_MAX = 1_000_000;

    /** Of the things wrong inside the values of one body, as many are reported. */
    private static final int ERRORS_MAX = 100;
    /** Digits, with a sign, beyond which no integer fits 64 bits. */
    private static final int LONG_LENGTH_MAX = 20;

    /** Of the parser's own sentence, which can repeat a long token of the caller's. */
    private static final int REASON_LENGTH_MAX = 300;

    /** What the parser says of a place inside a sentence: there is no source to be named. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; (line: \\d+, column: \\d+)\\]");

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Names are the caller's and without number, so they are neither interned nor kept in a table of symbols. */
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_DEPTH_MAX)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private StrictJson() {}

    /**
     * Any value, as large as a catalog.
     *
     * @throws MalformedBodyException where the bytes are no JSON, or too many values
     * @throws InvalidInputException where they are, but hold an integer beyond 64 bits, a number beyond a double, or
     *     a string with half of a surrogate pair; the paths say where
     */
    public static JsonNode parse(byte[] body) {
        return parse(body, 0, body.length, CATALOG_VALUES_MAX);
    }

    /** The same for a part of {@code bytes}. */
    public static JsonNode parse(byte[] bytes, int offset, int length) {
        return parse(bytes, offset, length, VALUES_MAX);
    }

    private static JsonNode parse(byte[] bytes, int offset, int length, int valuesMax) {
        final List<FieldError> errors = new ArrayList<>();
        final JsonNode root = parse(bytes, offset, length, valuesMax, errors);
        if (!errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
        return root;
    }

    private static JsonNode parse(byte[] bytes, int offset, int length, int valuesMax, List<FieldError> errors) {
        final CharBuffer text = decode(bytes, offset, length);
        final int start = text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK ? 1 : 0;
        try (JsonParser parser =
                FACTORY.createParser(text.array(), text.arrayOffset() + start, text.remaining() - start)) {
            return new TreeReader(parser, valuesMax, errors).document();
        } catch (JsonProcessingException e) {
            throw new MalformedBodyException("not JSON: " + reason(e));
        } catch (IOException e) {
            throw new UncheckedIOException("reading characters from memory failed", e);
        }
    }

    /** The value of {@code body} as an object of ordinary size; anything else is malformed. */
    public static ObjectNode parseObject(byte[] body) {
        return parseObject(body, 0, body.length);
    }

    /** Likewise, of a part of an array. */
    public static ObjectNode parseObject(byte[] bytes, int offset, int length) {
        return object(parse(bytes, offset, length, VALUES_MAX));
    }

    /**
     * Likewise, as large as a catalog, for readers that go on to report everything else that is wrong: what would be thrown as an
     * {@link InvalidInputException} is added to {@code errors}, and a number of that kind is null in the tree.
     */
    public static ObjectNode parseObject(byte[] body, List<FieldError> errors) {
        return object(parse(body, 0, body.length, CATALOG_VALUES_MAX, errors));
    }

    private static ObjectNode object(JsonNode root) {
        if (root instanceof ObjectNode object) {
            return object;
        }
        throw new MalformedBodyException("a JSON object is expected here");
    }

    /** The tree as JSON text without white space; numbers are written as what they are. */
    public static String write(JsonNode node) {
        final StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            write(node, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("writing characters to memory failed", e);
        }
        return text.toString();
    }

    /** The factory whose generators the writers of this package use. */
    static JsonFactory factory() {
        return FACTORY;
    }

    private static void write(JsonNode node, JsonGenerator generator) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                generator.writeStartObject();
                for (var field : node.properties()) {
                    generator.writeFieldName(field.getKey());
                    write(field.getValue(), generator);
                }
                generator.writeEndObject();
            }
            case ARRAY -> {
                generator.writeStartArray();
                for (JsonNode element : node) {
                    write(element, generator);
                }
                generator.writeEndArray();
            }
            case STRING -> generator.writeString(node.textValue());
            case BOOLEAN -> generator.writeBoolean(node.booleanValue());
            case NUMBER -> {
                if (node.isIntegralNumber()) {
                    generator.writeNumber(node.longValue());
                } else {
                    generator.writeNumber(node.doubleValue());
                }
            }
            default -> generator.writeNull();
        }
    }

    private static CharBuffer decode(byte[] bytes, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, length));
        } catch (CharacterCodingException e) {
            throw new MalformedBodyException("not JSON: the bytes are not valid UTF-8");
        }
    }

    private static String reason(JsonProcessingException e) {
        final String message =
                SOURCE.matcher(String.valueOf(e.getOriginalMessage())).replaceAll("$1");
        final int lineEnd = message.indexOf('\n');
        final JsonLocation location = e.getLocation();
        final String place =
                location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
        return Paths.printable(lineEnd < 0 ? message : message.substring(0, lineEnd), REASON_LENGTH_MAX) + place;
    }

    /** Reads one document; recursive, which {@link #NESTING_DEPTH_MAX} bounds. */
    private static final class TreeReader {
        private final JsonParser parser;
        private final Paths path = new Paths();
        private final List<FieldError> errors;
        private int valuesLeft;

        TreeReader(JsonParser parser, int valuesMax, List<FieldError> errors) {
            this.parser = parser;
            this.valuesLeft = valuesMax;
            this.errors = errors;
        }

        JsonNode document() throws IOException {
            if (parser.nextToken() == null) {
                throw new MalformedBodyException("not JSON: the body is empty");
            }
            final JsonNode root = value();
            if (parser.nextToken() != null) {
                throw new MalformedBodyException("not JSON: something follows the value (line "
                        + parser.currentTokenLocation().getLineNr() + ", column "
                        + parser.currentTokenLocation().getColumnNr() + ")");
            }
            return root;
        }

        private JsonNode value() throws IOException {
            if (--valuesLeft < 0) {
                throw new MalformedBodyException("the body holds too many values");
            }
            final JsonToken token = parser.currentToken();
            return switch (token) {
                case START_OBJECT -> object();
                case START_ARRAY -> array();
                case VALUE_STRING -> NODES.textNode(encodable(parser.getText()));
                case VALUE_NUMBER_INT -> integer(parser.getText());
                case VALUE_NUMBER_FLOAT -> real(parser.getText());
                case VALUE_TRUE -> NODES.booleanNode(true);
                case VALUE_FALSE -> NODES.booleanNode(false);
                case VALUE_NULL -> NODES.nullNode();
                default -> throw new MalformedBodyException("not JSON: unexpected " + token);
            };
        }

        private ObjectNode object() throws IOException {
            final ObjectNode object = NODES.objectNode();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                final String name = parser.currentName();
                path.pushName(name);
                encodable(name);
                parser.nextToken();
                object.set(name, value());
                path.pop();
            }
            return object;
        }

        private ArrayNode array() throws IOException {
            final ArrayNode array = NODES.arrayNode();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                path.pushIndex(array.size());
                array.add(value());
                path.pop();
            }
            return array;
        }

        private JsonNode integer(String digits) {
            if (digits.length() <= LONG_LENGTH_MAX) {
                try {
                    return NODES.numberNode(Long.parseLong(digits));
                } catch (NumberFormatException beyond64Bits) {
                    // reported below
                }
            }
            return wrong("the integer does not fit 64 bits");
        }

        private JsonNode real(String digits) {
            final double value = Double.parseDouble(digits);
            return Double.isFinite(value) ? NODES.numberNode(value) : wrong("the number does not fit a double");
        }

        private String encodable(String text) {
            if (!Text.isEncodable(text)) {
                wrong("the string holds half of a surrogate pair");
            }
            return text;
        }

        private JsonNode wrong(String reason) {
            if (errors.size() < ERRORS_MAX) {
                errors.add(new FieldError(path.text(), reason));
            }
            return NODES.nullNode();
        }
    }
}
