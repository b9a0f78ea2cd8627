package io.zandloper.storage.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.schema.Attribute;
import io.zandloper.storage.schema.Attributes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private final RecordCodec codec = new RecordCodec();
    private final SegmentNumbers numbers = new TestSegmentNumbers();

    @Test
    void aProfileWithEverythingComesBackEqual() {
        assertThat(roundTrip(TestProfiles.complete())).isEqualTo(TestProfiles.complete());
    }

    @Test
    void nobodyComesBackEqual() {
        assertThat(roundTrip(Profile.EMPTY)).isEqualTo(Profile.EMPTY);
    }

    @Test
    void randomProfilesComeBackEqual() {
        final long seed = System.nanoTime();
        System.out.println("RecordCodecTest.randomProfilesComeBackEqual seed=" + seed);
        final Random random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            final Profile profile = TestProfiles.random(random);
            assertThat(roundTrip(profile)).isEqualTo(profile);
        }
    }

    @Test
    void equalProfilesBecomeEqualBytesWhateverTheOrderOfTheirMaps() {
        final long seed = System.nanoTime();
        System.out.println("RecordCodecTest.equalProfilesBecomeEqualBytes seed=" + seed);
        final Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            final Profile profile = TestProfiles.random(random);
            final byte[] expected = encode(profile);
            // Another profile in between: nothing of it may stay in the buffers.
            codec.encode(TestProfiles.random(random), numbers);
            assertThat(encode(TestProfiles.shuffled(profile, random))).isEqualTo(expected);
            assertThat(new RecordCodec().encode(profile, numbers)).isEqualTo(ByteBuffer.wrap(expected));
        }
    }

    @Test
    void namesAreInTheOrderOfTheirBytes() {
        // In UTF-16 the surrogates of the emoji come before U+E000, in UTF-8 after it.
        final SortedMap<String, Object> attributes = new TreeMap<>();
        for (final String name : List.of("\uD83D\uDE00", "\uE000", "\uFFFD", "b", "", "aa", "a", "é")) {
            attributes.put(name, 1L);
        }
        final ByteBuffer record = codec.encode(withAttributes(attributes), numbers);
        final RecordView view = new RecordView().wrap(record);
        final Attributes stored =
                Attributes.getRootAsAttributes(record.slice(view.attributesOffset(), view.attributesLength()));
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < stored.entriesLength(); i++) {
            names.add(stored.entries(i).name());
        }
        assertThat(names).containsExactly("", "a", "aa", "b", "é", "\uE000", "\uFFFD", "\uD83D\uDE00");
    }

    @Test
    void theViewReadsWithoutDecoding() {
        final ByteBuffer record = codec.encode(TestProfiles.complete(), numbers);
        final RecordView view = new RecordView().wrap(record);
        assertThat(view.sequence()).isEqualTo(23);
        assertThat(view.version()).isEqualTo(17);
        assertThat(view.updatedAtMicros()).isEqualTo(1_793_534_400_000_000L);
        assertThat(view.earliestExpiryMicros()).isEqualTo(-1);
        assertThat(view.attributesOffset() % Long.BYTES).isZero();
        final Attributes attributes =
                Attributes.getRootAsAttributes(record.slice(view.attributesOffset(), view.attributesLength()));
        assertThat(attributes.entriesLength()).isEqualTo(12);
        final Attribute age = attributes.entries(0);
        assertThat(age.name()).isEqualTo("age");
        assertThat(age.integerValue()).isEqualTo(41);
    }

    @Test
    void theViewOfNobodyHasEmptyAttributes() {
        final ByteBuffer record = codec.encode(Profile.EMPTY, numbers);
        final RecordView view = new RecordView().wrap(record);
        assertThat(view.sequence()).isZero();
        assertThat(view.earliestExpiryMicros()).isEqualTo(Times.NEVER);
        assertThat(Attributes.getRootAsAttributes(record.slice(view.attributesOffset(), view.attributesLength()))
                        .entriesLength())
                .isZero();
    }

    @Test
    void theDocumentsLengthLeavesTheEventsOut() {
        final Profile profile = TestProfiles.complete();
        final Profile without = withHistory(profile, EventHistory.EMPTY);
        assertThat(codec.documentLength(profile, numbers)).isEqualTo(encode(without).length);
        assertThat(codec.documentLength(profile, numbers)).isLessThan(encode(profile).length);
    }

    @Test
    void aFullHistoryFitsIntoTheLongestRecord() {
        final List<Event> events = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            events.add(new Event(
                    "e".repeat(60) + i,
                    "t".repeat(50) + i,
                    "o".repeat(60) + i,
                    "p".repeat(60) + i,
                    i,
                    "d".repeat(60) + i,
                    1.0,
                    Map.of("channel", "web", "a", "b", "c", 1L, "d", 2L, "e", true, "f", 1.5)));
        }
        final SortedMap<String, Long> lastConverts = new TreeMap<>();
        for (int i = 0; i < 64; i++) {
            lastConverts.put("d".repeat(60) + i, (long) i);
        }
        final SortedMap<String, Object> attributes = new TreeMap<>();
        for (int i = 0; i < 15; i++) {
            attributes.put("a" + i, "x".repeat(4096));
        }
        final Profile profile = withHistory(
                withAttributes(attributes),
                new EventHistory(
                        events, lastConverts, new Random(1).longs(256).boxed().toList())); // of four that were linked
        // The record store's longest record, which is not this package's to name.
        assertThat(encode(profile).length).isLessThan(256 * 1024);
        assertThat(roundTrip(profile)).isEqualTo(profile);
    }

    @Test
    void refusesAnotherVersion() {
        final byte[] record = encode(TestProfiles.complete());
        final ByteBuffer bytes = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        final int table = bytes.getInt(0);
        final int format = table + bytes.getShort(table - bytes.getInt(table) + 4);
        bytes.putShort(format, (short) 3);
        assertThatThrownBy(() -> codec.decode(bytes, numbers))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageEndingWith("format=3");
    }

    @Test
    void damagedBytesAreARecordOrAnErrorAndNothingElse() {
        final long seed = System.nanoTime();
        System.out.println("RecordCodecTest.damagedBytes seed=" + seed);
        final Random random = new Random(seed);
        final byte[] record = encode(TestProfiles.complete());
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            final byte[] damaged =
                    Arrays.copyOf(record, random.nextInt(4) == 0 ? random.nextInt(record.length) : record.length);
            for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                codec.decode(ByteBuffer.wrap(damaged), numbers);
            } catch (CorruptRecordException expected) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void refusesAValueThatIsNone() {
        final SortedMap<String, Object> attributes = new TreeMap<>(Map.of("a", 1));
        assertThatThrownBy(() -> codec.encode(withAttributes(attributes), numbers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=a");
    }

    /** The bytes of version 2, as they were when it was first released. */
    @Test
    void theGoldenFileOfVersion2StaysReadableAndIsStillWritten() throws IOException {
        final byte[] golden;
        try (InputStream file = RecordCodecTest.class.getResourceAsStream("record-v2.hex")) {
            golden = HexFormat.of()
                    .parseHex(new String(file.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
        }
        // Numbers as they were given then: in the order of the ids.
        TestProfiles.complete().listed().keySet().forEach(numbers::number);
        assertThat(codec.decode(ByteBuffer.wrap(golden), numbers)).isEqualTo(TestProfiles.complete());
        assertThat(HexFormat.of().formatHex(encode(TestProfiles.complete())))
                .isEqualTo(HexFormat.of().formatHex(golden));
    }

    private Profile roundTrip(Profile profile) {
        return codec.decode(ByteBuffer.wrap(encode(profile)), numbers);
    }

    private byte[] encode(Profile profile) {
        final ByteBuffer record = codec.encode(profile, numbers);
        final byte[] bytes = new byte[record.remaining()];
        record.get(bytes);
        return bytes;
    }

    private static Profile withAttributes(SortedMap<String, Object> attributes) {
        final Profile empty = Profile.EMPTY;
        return new Profile(
                empty.identities(), attributes, empty.listed(), empty.scores(), null, empty.history(), 0, 0, 0, 0);
    }

    private static Profile withHistory(Profile profile, EventHistory history) {
        return new Profile(
                profile.identities(),
                profile.attributes(),
                profile.listed(),
                profile.scores(),
                profile.consent(),
                history,
                profile.version(),
                profile.updatedAtMicros(),
                profile.createdSequence(),
                profile.sequence());
    }
}
