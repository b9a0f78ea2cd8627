package io.zandloper.protocol.client;

import java.util.BitSet;
import java.util.List;

/** In which of the segments asked for a profile is. Immutable. */
public final class SegmentTest {
    private final boolean known;
    private final List<String> segments;
    private final BitSet members;
    private final long sequence;

    SegmentTest(boolean known, List<String> segments, BitSet members, long sequence) {
        this.known = known;
        this.segments = segments;
        this.members = members;
        this.sequence = sequence;
    }

    /** Whether anybody has the identity; where not, it is in no segment. */
    public boolean isKnown() {
        return known;
    }

    /** Whether the profile is in the segment that stood at {@code index} of the question. */
    public boolean isMember(int index) {
        return members.get(index);
    }

    /**
     * Whether the profile is in {@code segment}.
     *
     * @throws IllegalArgumentException where it was not asked for
     */
    public boolean isMember(String segment) {
        final int index = segments.indexOf(segment);
        if (index < 0) {
            throw new IllegalArgumentException("not among the segments asked for, segment=" + segment);
        }
        return members.get(index);
    }

    /** Of the newest change that the server had when it looked. */
    public long sequence() {
        return sequence;
    }
}
