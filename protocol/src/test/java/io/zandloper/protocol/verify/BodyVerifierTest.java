package io.zandloper.protocol.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.flatbuffers.FlatBufferBuilder;
import com.google.flatbuffers.Table;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.Attributes;
import io.zandloper.protocol.schema.DecideBatchRequest;
import io.zandloper.protocol.schema.DecideBatchResponse;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.EraseRequest;
import io.zandloper.protocol.schema.EraseResponse;
import io.zandloper.protocol.schema.ErrorResponse;
import io.zandloper.protocol.schema.EventRequest;
import io.zandloper.protocol.schema.EventResponse;
import io.zandloper.protocol.schema.HelloRequest;
import io.zandloper.protocol.schema.HelloResponse;
import io.zandloper.protocol.schema.ProfileBatchRequest;
import io.zandloper.protocol.schema.ProfileBatchResponse;
import io.zandloper.protocol.schema.ProfileRequest;
import io.zandloper.protocol.schema.ProfileResponse;
import io.zandloper.protocol.schema.SegmentListBatchRequest;
import io.zandloper.protocol.schema.SegmentListBatchResponse;
import io.zandloper.protocol.schema.SegmentListRequest;
import io.zandloper.protocol.schema.SegmentListResponse;
import io.zandloper.protocol.schema.SegmentTestBatchRequest;
import io.zandloper.protocol.schema.SegmentTestBatchResponse;
import io.zandloper.protocol.schema.SegmentTestRequest;
import io.zandloper.protocol.schema.SegmentTestResponse;
import io.zandloper.protocol.schema.UpsertRequest;
import io.zandloper.protocol.schema.UpsertResponse;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class BodyVerifierTest {
    private static final long SEED = 20261122;
    private static final int RANDOM_EDITS = 20_000;

    private final BodyVerifier verifier = new BodyVerifier();

    static Stream<Arguments> bodies() {
        return Stream.of(
                arguments(Attributes.class, TableShapes.ATTRIBUTES),
                arguments(HelloRequest.class, TableShapes.HELLO_REQUEST),
                arguments(ProfileRequest.class, TableShapes.PROFILE_REQUEST),
                arguments(SegmentTestRequest.class, TableShapes.SEGMENT_TEST_REQUEST),
                arguments(SegmentListRequest.class, TableShapes.SEGMENT_LIST_REQUEST),
                arguments(DecideRequest.class, TableShapes.DECIDE_REQUEST),
                arguments(ProfileBatchRequest.class, TableShapes.PROFILE_BATCH_REQUEST),
                arguments(SegmentTestBatchRequest.class, TableShapes.SEGMENT_TEST_BATCH_REQUEST),
                arguments(SegmentListBatchRequest.class, TableShapes.SEGMENT_LIST_BATCH_REQUEST),
                arguments(DecideBatchRequest.class, TableShapes.DECIDE_BATCH_REQUEST),
                arguments(UpsertRequest.class, TableShapes.UPSERT_REQUEST),
                arguments(EventRequest.class, TableShapes.EVENT_REQUEST),
                arguments(EraseRequest.class, TableShapes.ERASE_REQUEST),
                arguments(ErrorResponse.class, TableShapes.ERROR_RESPONSE),
                arguments(HelloResponse.class, TableShapes.HELLO_RESPONSE),
                arguments(ProfileResponse.class, TableShapes.PROFILE_RESPONSE),
                arguments(SegmentTestResponse.class, TableShapes.SEGMENT_TEST_RESPONSE),
                arguments(SegmentListResponse.class, TableShapes.SEGMENT_LIST_RESPONSE),
                arguments(DecideResponse.class, TableShapes.DECIDE_RESPONSE),
                arguments(ProfileBatchResponse.class, TableShapes.PROFILE_BATCH_RESPONSE),
                arguments(SegmentTestBatchResponse.class, TableShapes.SEGMENT_TEST_BATCH_RESPONSE),
                arguments(SegmentListBatchResponse.class, TableShapes.SEGMENT_LIST_BATCH_RESPONSE),
                arguments(DecideBatchResponse.class, TableShapes.DECIDE_BATCH_RESPONSE),
                arguments(UpsertResponse.class, TableShapes.UPSERT_RESPONSE),
                arguments(EventResponse.class, TableShapes.EVENT_RESPONSE),
                arguments(EraseResponse.class, TableShapes.ERASE_RESPONSE));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyWithEveryFieldIsValidAndHasNoFieldThatItsShapeLacks(Class<? extends Table> type, TableShape shape) {
        final ByteBuffer body = ByteBuffer.wrap(SampleBodies.of(shape, new SplittableRandom(SEED)));
        assertThat(verifier.isValid(body, 0, body.limit(), shape)).isTrue();
        assertThat(TableWalker.walk(type, body.duplicate())).isGreaterThan(0);
        assertShapeIsSchema(type, shape);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyCutAnywhereIsRefusedOrStillReadable(Class<? extends Table> type, TableShape shape) {
        final byte[] whole = SampleBodies.of(shape, new SplittableRandom(SEED));
        for (int length = 0; length < whole.length; length++) {
            assertRefusedOrReadable(type, shape, Arrays.copyOf(whole, length), "length=" + length);
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyWithAnyByteChangedIsRefusedOrStillReadable(Class<? extends Table> type, TableShape shape) {
        final byte[] whole = SampleBodies.of(shape, new SplittableRandom(SEED));
        for (int i = 0; i < whole.length; i++) {
            for (final int change : new int[] {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f, 0xff}) {
                final byte[] changed = whole.clone();
                changed[i] ^= (byte) change;
                assertRefusedOrReadable(type, shape, changed, "index=" + i + " change=" + change);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aBodyWithSeveralBytesChangedIsRefusedOrStillReadable(Class<? extends Table> type, TableShape shape) {
        final SplittableRandom random = new SplittableRandom(SEED);
        final byte[] whole = SampleBodies.of(shape, random);
        for (int edit = 0; edit < RANDOM_EDITS; edit++) {
            final byte[] changed = whole.clone();
            for (int i = random.nextInt(1, 9); i > 0; i--) {
                // Small numbers are what offsets and lengths are made of.
                changed[random.nextInt(changed.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(40) : random.nextInt());
            }
            assertRefusedOrReadable(type, shape, changed, "seed=" + SEED + " edit=" + edit);
        }
    }

    @Test
    void aSmallBodyThatUnfoldsIntoALargeOneIsRefused() {
        final FlatBufferBuilder builder = new FlatBufferBuilder();
        final int text = builder.createString("x".repeat(10_000));
        final int[] same = new int[1_000];
        Arrays.fill(same, text);
        final int name = builder.createString("name");
        final int strings = Attribute.createStringsValueVector(builder, same);
        Attribute.startAttribute(builder);
        Attribute.addName(builder, name);
        Attribute.addStringsValue(builder, strings);
        final int[] entries = {Attribute.endAttribute(builder)};
        builder.finish(Attributes.createAttributes(builder, Attributes.createEntriesVector(builder, entries)));
        final ByteBuffer body = ByteBuffer.wrap(builder.sizedByteArray());
        assertThat(verifier.isValid(body, 0, body.limit(), TableShapes.ATTRIBUTES))
                .isFalse();
    }

    @Test
    void aTableThatContainsItselfIsRefused() {
        final TableShape.Builder shape = TableShape.table();
        TableShape inner = TableShape.table().build();
        for (int depth = 0; depth < 40; depth++) {
            inner = TableShape.table().table(inner).build();
        }
        // Root offset 8; vtable at 4 is {6, 8, field at 4}; the table at 10 refers to itself: its field holds 0.
        final ByteBuffer body = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(0, 10).putShort(4, (short) 6).putShort(6, (short) 8).putShort(8, (short) 4);
        body.putInt(10, 6).putInt(14, 0);
        assertThat(verifier.isValid(body, 0, body.limit(), shape.table(inner).build()))
                .isFalse();
    }

    @Test
    void onlyTheRangeCounts() {
        final byte[] body = SampleBodies.of(TableShapes.PROFILE_RESPONSE, new SplittableRandom(SEED));
        final ByteBuffer around = ByteBuffer.allocateDirect(body.length + 100);
        around.put(33, body);
        assertThat(verifier.isValid(around, 33, body.length, TableShapes.PROFILE_RESPONSE))
                .isTrue();
        assertThat(verifier.isValid(around, 33, body.length - 8, TableShapes.PROFILE_RESPONSE))
                .isFalse();
    }

    private void assertRefusedOrReadable(
            Class<? extends Table> type, TableShape shape, byte[] bytes, String description) {
        final ByteBuffer body = ByteBuffer.wrap(bytes);
        if (verifier.isValid(body, 0, bytes.length, shape)) {
            assertThatCode(() -> TableWalker.walk(type, body))
                    .as(description)
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isNull(),
                            thrown -> assertThat(thrown)
                                    .isInstanceOf(IllegalArgumentException.class)
                                    .hasMessageContaining("UTF-8"));
        }
    }

    /** As many fields as the schema has, for this table and all it refers to. */
    private static void assertShapeIsSchema(Class<?> type, TableShape shape) {
        final Method create = Stream.of(type.getMethods())
                .filter(method -> method.getName().equals("create" + type.getSimpleName()))
                .findAny()
                .orElseThrow();
        assertThat(shape.fieldCount()).as(type.getSimpleName()).isEqualTo(create.getParameterCount() - 1);
        for (int id = 0; id < shape.fieldCount(); id++) {
            final TableShape child = shape.field(id).child();
            if (child != null) {
                assertShapeIsSchema(childType(type, create.getParameters()[id + 1].getName()), child);
            }
        }
    }

    private static Class<?> childType(Class<?> type, String parameter) {
        final String field = parameter.replaceAll("Offset$", "");
        return Stream.of(type.getMethods())
                .filter(method ->
                        method.getName().equals(field) || method.getName().equals(field + "AsAttributes"))
                .map(Method::getReturnType)
                .filter(Table.class::isAssignableFrom)
                .findAny()
                .orElseThrow(() -> new AssertionError(type + "." + field));
    }
}
