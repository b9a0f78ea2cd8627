package io.zandloper.benchmarks.subject;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.zandloper.benchmarks.measure.KeySequence;
import io.zandloper.loadtest.generate.DataSet;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.format.SegmentNumbers;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of the measurements: one attribute of 256 bytes, and up to 16 of 1,024 listed segments without rules. What
 * a row holds follows from its number. Stateless.
 */
public final class BenchProfiles {
    public static final int SEGMENTS = 1_024;
    public static final int VALUE_BYTES = 256;

    /** What a profile is: its value and a bit for each segment. All else is overhead. */
    public static final int PAYLOAD_BYTES = VALUE_BYTES + SEGMENTS / Byte.SIZE;

    /** What offers are for, where there are any. */
    public static final String PLACEMENT = BenchOffers.PLACEMENT;

    private static final int SEGMENTS_OF_PROFILE = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final List<String> SEGMENT_IDS = IntStream.range(0, SEGMENTS)
            .mapToObj(segment -> String.format(Locale.ROOT, "s%04d", segment))
            .collect(Collectors.toList());

    /** Of segments in records: as they are numbered in {@link #segmentId}. */
    public static final SegmentNumbers NUMBERS = new SegmentNumbers() {
        @Override
        public int number(String id) {
            return SEGMENT_IDS.indexOf(id);
        }

        @Override
        public String id(int number) {
            return segmentId(number);
        }
    };

    private BenchProfiles() {}

    public static byte[] catalogSource() {
        return catalogSource(0);
    }

    /** The segments, and that many offers for {@link #PLACEMENT}. */
    public static byte[] catalogSource(int offers) {
        return catalogSource("", offers == 0 ? "" : BenchOffers.source(offers));
    }

    /** The segments, and a computed one more. */
    public static byte[] catalogSource(String rule) {
        return catalogSource(",{\"id\":\"computed\",\"rule\":\"" + rule + "\"}", "");
    }

    private static byte[] catalogSource(String moreSegments, String offers) {
        return SEGMENT_IDS.stream()
                .map(id -> "{\"id\":\"" + id + "\"}")
                .collect(Collectors.joining(",", "{\"segments\":[", moreSegments + "]" + offers + "}"))
                .getBytes(UTF_8);
    }

    public static Catalog compiled(byte[] source) {
        final Catalog catalog =
                CatalogReader.read(source).compile(Catalog.EMPTY).catalog();
        if (catalog == null) {
            throw new IllegalStateException("the catalog does not compile");
        }
        return catalog;
    }

    public static String segmentId(int segment) {
        return SEGMENT_IDS.get(segment);
    }

    /** Whether a row's profile is in a segment. */
    public static boolean isMember(long row, int segment) {
        for (int i = 0; i < SEGMENTS_OF_PROFILE; i++) {
            if (segment(row, i) == segment) {
                return true;
            }
        }
        return false;
    }

    /**
     * Writes a row's profile, whether it is there or not.
     *
     * @param version another one gives another value of the same length
     */
    public static UpsertProfile change(long row, int version) {
        final Map<String, Long> segments = new HashMap<>();
        for (int i = 0; i < SEGMENTS_OF_PROFILE; i++) {
            segments.put(segmentId(segment(row, i)), Times.NEVER);
        }
        final Map<String, @Nullable Object> attributes = new HashMap<>();
        attributes.put("value", new String(value(row, version), ISO_8859_1));
        return new UpsertProfile(
                null,
                UpsertProfile.Mode.MERGE,
                null,
                Identity.ofCanonical(DataSet.crm(row)),
                null,
                new AttributesPatch(false, attributes),
                new SegmentsPatch(false, segments, List.of()),
                null,
                null);
    }

    /** A row's profile as it is once {@link #change} has made it. */
    public static Profile profile(long row) {
        final SortedMap<String, Long> segments = new TreeMap<>();
        for (int i = 0; i < SEGMENTS_OF_PROFILE; i++) {
            segments.put(segmentId(segment(row, i)), Times.NEVER);
        }
        final SortedMap<String, Object> attributes =
                new TreeMap<>(Map.of("value", new String(value(row, 0), ISO_8859_1)));
        return new Profile(
                List.of(Identity.ofCanonical(DataSet.crm(row))),
                attributes,
                segments,
                new TreeMap<>(),
                null,
                EventHistory.EMPTY,
                row + 1,
                row + 1,
                row + 1,
                row + 1);
    }

    /** {@link #VALUE_BYTES} letters. */
    public static byte[] value(long row, int version) {
        final byte[] value = new byte[VALUE_BYTES];
        for (int at = 0; at < VALUE_BYTES; at += Long.BYTES) {
            final long random = KeySequence.next((row << 6) + at / Long.BYTES, version);
            LONG.set(value, at, (random & 0x0F0F_0F0F_0F0F_0F0FL) + 0x6161_6161_6161_6161L);
        }
        return value;
    }

    private static int segment(long row, int index) {
        return (int) KeySequence.next(row * SEGMENTS_OF_PROFILE + index, ~0L) & (SEGMENTS - 1);
    }
}
