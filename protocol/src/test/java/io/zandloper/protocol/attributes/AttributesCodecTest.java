package io.zandloper.protocol.attributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.protocol.schema.Attributes;
import io.zandloper.protocol.verify.BodyVerifier;
import io.zandloper.protocol.verify.TableShapes;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AttributesCodecTest {
    static Stream<Object> values() {
        return Stream.of(
                true,
                false,
                0L,
                -1L,
                (1L << 53) + 1,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                0.0,
                -0.0,
                1.0,
                1506.5,
                Double.MIN_VALUE,
                -Double.MAX_VALUE,
                0.1 + 0.2,
                "",
                "plain",
                "\u0000\u0001\u007f",
                "\ud83d\ude80 rocket, \u65e5\u672c, \u202eright to left\u202c",
                "x".repeat(4096),
                List.of(),
                List.of(""),
                List.of("running", "travel", "running"),
                Collections.nCopies(256, "\ud83d\ude80"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueComesBackAsItWas(Object value) {
        assertThat(roundTrip(Map.of("name", value))).isEqualTo(Map.of("name", value));
    }

    @Test
    void allTogetherComeBackInTheOrderOfTheBytesOfTheirNames() {
        final Map<String, Object> attributes = new LinkedHashMap<>();
        final List<Object> values = values().toList();
        IntStream.range(0, values.size()).forEach(i -> attributes.put("n" + (values.size() - i), values.get(i)));
        // As characters the surrogates of U+1F680 stand before U+FF5E; as bytes after.
        attributes.put("\uff5e", 1L);
        attributes.put("\ud83d\ude80", 2L);
        attributes.put("", 3L);
        final Map<String, Object> decoded = roundTrip(attributes);
        assertThat(decoded).isEqualTo(attributes);
        assertThat(decoded.keySet()).startsWith("", "n1", "n10").endsWith("\uff5e", "\ud83d\ude80");
    }

    @Test
    void equalMapsGiveEqualBytes() {
        final Map<String, Object> one = new LinkedHashMap<>();
        one.put("a", 1L);
        one.put("b", List.of("x"));
        final Map<String, Object> other = new LinkedHashMap<>();
        other.put("b", List.of("x"));
        other.put("a", 1L);
        assertThat(AttributesCodec.encode(one)).isEqualTo(AttributesCodec.encode(other));
    }

    @Test
    void nothingIsTheSameAsNoBytes() {
        assertThat(roundTrip(Map.of())).isEmpty();
        assertThat(AttributesCodec.decode(ByteBuffer.allocate(0))).isEmpty();
    }

    @Test
    void smallerNumbersAreTakenAsTheirKind() {
        assertThat(roundTrip(Map.of("i", 7, "f", 0.5f))).isEqualTo(Map.of("i", 7L, "f", 0.5));
    }

    @ParameterizedTest
    @MethodSource
    void whatIsNoAttributeIsNamed(Object value) {
        assertThatThrownBy(() -> AttributesCodec.encode(Map.of("odd", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("attribute=odd");
    }

    static Stream<Object> whatIsNoAttributeIsNamed() {
        return Stream.of(Double.NaN, Double.POSITIVE_INFINITY, "\ud800", List.of(1L), Map.of(), 'c');
    }

    @Test
    void bytesAreReadWhereverTheyLie() {
        final byte[] bytes = AttributesCodec.encode(Map.of("age", 41L));
        final ByteBuffer around = ByteBuffer.allocateDirect(bytes.length + 11);
        around.put(5, bytes);
        around.position(5).limit(5 + bytes.length);
        assertThat(AttributesCodec.decode(around)).isEqualTo(Map.of("age", 41L));
        assertThat(around.position()).isEqualTo(5);
    }

    private static Map<String, Object> roundTrip(Map<String, ?> attributes) {
        final ByteBuffer bytes = ByteBuffer.wrap(AttributesCodec.encode(attributes));
        assertThat(new BodyVerifier().isValid(bytes, 0, bytes.remaining(), TableShapes.ATTRIBUTES))
                .isTrue();
        assertThat(Attributes.getRootAsAttributes(bytes.duplicate()).entriesLength())
                .isEqualTo(attributes.size());
        return AttributesCodec.decode(bytes);
    }
}
