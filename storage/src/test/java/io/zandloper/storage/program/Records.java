package io.zandloper.storage.program;

import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.format.SegmentNumbers;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Stored records of profiles that have attributes and nothing else. */
final class Records {
    private static final SegmentNumbers NO_SEGMENTS = new SegmentNumbers() {
        @Override
        public int number(String id) {
            throw new IllegalArgumentException("no segment: id=" + id);
        }

        @Override
        public String id(int number) {
            throw new IllegalArgumentException("no segment: number=" + number);
        }
    };

    private final RecordCodec codec = new RecordCodec();

    /** A record and where its attributes lie in it. */
    record Stored(byte[] bytes, int attributesOffset, int attributesLength) {
        void readBy(Evaluation evaluation) {
            evaluation.ofRecord(bytes, attributesOffset, attributesLength);
        }
    }

    Stored of(SortedMap<String, Object> attributes) {
        final Profile profile = new Profile(
                List.of(Identity.ofCanonical("crm:1")),
                attributes,
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                EventHistory.EMPTY,
                1,
                1,
                1,
                1);
        final ByteBuffer record = codec.encode(profile, NO_SEGMENTS);
        // Not at the beginning of its array, as a record may lie anywhere in a larger one.
        final int before = 8;
        final byte[] bytes = new byte[before + record.remaining()];
        final RecordView view = new RecordView().wrap(record);
        record.get(0, bytes, before, record.remaining());
        return new Stored(bytes, before + view.attributesOffset(), view.attributesLength());
    }
}
