package io.zandloper.storage.program;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.Variables;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What programs read, and the room they work in: one thread's, for programs of one {@link ProgramLayout}. Point it at a
 * profile, a context and visible segments, evaluate any number of programs, point it at the next. Only programs that are
 * interpreted allocate.
 */
public final class Evaluation {
    private static final long[] NO_SEGMENTS = new long[0];

    /** The accumulator: where a node leaves its value. */
    long bits;

    byte[] text = TextBuffer.NOTHING;
    int offset;
    int length;

    /** The variable of the macro that is being run, as the accumulator. */
    int elementKind;

    long elementBits;
    byte[] elementText = TextBuffer.NOTHING;
    int elementOffset;
    int elementLength;

    private final Catalog catalog;
    private final Values profile;
    private final Values context;
    private final InterpretedValues interpreted = new InterpretedValues();
    private long[] segments = NO_SEGMENTS;

    Evaluation(Catalog catalog, ValueNames profile, ValueNames context) {
        this.catalog = catalog;
        this.profile = new Values(profile);
        this.context = new Values(context);
    }

    /**
     * Reads the attributes of a stored record from now on; it must not change meanwhile.
     *
     * @param array holds the record, little-endian
     * @param attributesOffset where the buffer of the attributes begins in it:
     *     {@code RecordView.attributesOffset()} plus where the record begins
     * @param attributesLength its bytes
     */
    public void ofRecord(byte[] array, int attributesOffset, int attributesLength) {
        profile.ofAttributes(array, attributesOffset);
        interpreted.ofRecord(array, attributesOffset, attributesLength);
    }

    /** Reads these attributes from now on: as {@code Profile.attributes()} has them; they must not change meanwhile. */
    public void ofAttributes(Map<String, ?> attributes) {
        profile.ofMap(attributes);
        interpreted.ofAttributes(attributes);
    }

    /** Reads this context from now on: as a request brings it; it must not change meanwhile. */
    public void ofContext(Map<String, ?> fields) {
        context.ofMap(fields);
        interpreted.ofContext(fields);
    }

    /**
     * The same for a context that lies in a request's bytes; they must not change meanwhile.
     *
     * @param array holds them, little-endian
     * @param vector where the vector of its {@code Attribute}s begins, in any order; 0 for none
     * @param asMap the same on the heap, for what is interpreted
     */
    public void ofContext(byte[] array, int vector, Supplier<? extends Map<String, ?>> asMap) {
        context.ofEntries(array, vector);
        interpreted.ofContext(asMap);
    }

    /**
     * Sees these segments from now on.
     *
     * @param visible bit {@code n % 64} of word {@code n / 64} is the catalog's segment {@code n}; kept, not copied. Who
     *     changes it must call this again before the next evaluation
     */
    public void ofSegments(long[] visible) {
        segments = visible;
        interpreted.segmentsChanged();
    }

    /** The attributes of the profile. */
    public Values profile() {
        return profile;
    }

    /** The fields of the context. */
    public Values context() {
        return context;
    }

    /** Whether the segment of this bit is visible; false beyond the words there are. */
    public boolean isMember(int bit) {
        final int word = bit >> 6;
        return word < segments.length && (segments[word] & (1L << bit)) != 0;
    }

    long[] segments() {
        return segments;
    }

    /** The same for the library's interpreter. */
    Variables variables() {
        return interpreted.variables(catalog, segments);
    }

    /** Makes the accumulator hold what {@code values} has under a number; its kind. */
    int load(Values values, int number) {
        final int kind = values.kind(number);
        if (kind == Kind.STRING || kind == Kind.STRINGS) {
            text = values.bytes();
            offset = values.offset(number);
            length = values.length(number);
        } else {
            bits = values.bits(number);
        }
        return kind;
    }

    String textAsString() {
        return new String(text, offset, length, StandardCharsets.UTF_8);
    }

    /** For domains: nothing but one value. */
    void pose(Variable variable, @Nullable Object value) {
        switch (variable.source()) {
            case PROFILE -> profile.pose(variable.number(), value);
            case CONTEXT -> context.pose(variable.number(), value);
            case SEGMENT -> {
                final long[] visible = new long[variable.number() / Long.SIZE + 1];
                if (Boolean.TRUE.equals(value)) {
                    visible[variable.number() / Long.SIZE] |= 1L << variable.number();
                }
                segments = visible;
            }
        }
    }
}
