package io.zandloper.server.decide.compiled;

import static io.zandloper.server.decide.compiled.StoredTables.bytesOf;
import static io.zandloper.server.decide.compiled.StoredTables.element;
import static io.zandloper.server.decide.compiled.StoredTables.length;
import static io.zandloper.server.decide.compiled.StoredTables.longField;
import static io.zandloper.server.decide.compiled.StoredTables.reference;
import static io.zandloper.server.decide.compiled.StoredTables.textLength;

import io.zandloper.storage.program.Evaluation;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.schema.AttributeKind;
import java.util.Arrays;

/**
 * A stored profile, read where its record and its row lie. For one thread, which points it at one after the other;
 * allocates nothing.
 */
public final class RecordPerson implements Person {
    private static final int CHANNEL_LENGTH = EventNames.CHANNEL.length();

    private byte[] record = new byte[0];
    private int root;
    private int grantedPurposes;
    private long[] visible = new long[0];
    private int visibleWords;

    /**
     * Points it at a profile.
     *
     * @param newRecord holds the record from index 0; may be longer
     * @param row of the same sequence, and exact at the decision's time: neither has an expiry passed nor is the decision
     *     for another time
     */
    public void of(byte[] newRecord, RowBits row) {
        reserve(row.wordCount());
        for (int word = 0; word < visibleWords; word++) {
            visible[word] = row.word(word);
        }
        point(newRecord, row.purposes());
    }

    /**
     * The same where what is visible has been found in another way.
     *
     * @param newGrantedPurposes by consent or the catalog's default
     * @param newVisible by the bits of the catalog's segments; copied
     */
    public void of(byte[] newRecord, int newGrantedPurposes, long[] newVisible) {
        reserve(newVisible.length);
        System.arraycopy(newVisible, 0, visible, 0, visibleWords);
        point(newRecord, newGrantedPurposes);
    }

    private void reserve(int words) {
        visibleWords = words;
        if (visible.length < words) {
            visible = new long[words];
        }
    }

    private void point(byte[] newRecord, int newGrantedPurposes) {
        record = newRecord;
        root = StoredTables.root(newRecord);
        grantedPurposes = newGrantedPurposes;
    }

    @Override
    public boolean isStored() {
        return true;
    }

    @Override
    public int grantedPurposes() {
        return grantedPurposes;
    }

    @Override
    public void point(Evaluation evaluation, long[] segments) {
        final int attributes = reference(record, root, StoredTables.ATTRIBUTES);
        evaluation.ofRecord(record, bytesOf(attributes), length(record, attributes));
        final int words = Math.min(segments.length, visibleWords);
        System.arraycopy(visible, 0, segments, 0, words);
        Arrays.fill(segments, words, segments.length, 0);
    }

    @Override
    public void addScores(CompiledCatalog catalog, Scores into) {
        final Names offers = catalog.eventNames().offers();
        final int scores = reference(record, root, StoredTables.SCORES);
        for (int i = 0; i < length(record, scores); i++) {
            final int score = element(record, scores, i);
            final int offer = find(offers, reference(record, score, StoredTables.NAME));
            if (offer != Names.UNKNOWN) {
                into.add(
                        offer,
                        StoredTables.byteField(record, score, StoredTables.KIND) == AttributeKind.Integer
                                ? longField(record, score, StoredTables.INTEGER_VALUE)
                                : doubleField(score));
            }
        }
    }

    @Override
    public void addEvents(CompiledCatalog catalog, Scalar channel, EventTable into) {
        final EventNames names = catalog.eventNames();
        final int events = reference(record, root, StoredTables.EVENTS);
        for (int i = 0; i < length(record, events); i++) {
            final int event = element(record, events, i);
            final long atMicros = longField(record, event, StoredTables.AT);
            if (into.isWithin(atMicros, names.windowMicros())) {
                final int type = find(names.types(), reference(record, event, StoredTables.TYPE));
                if (type != Names.UNKNOWN) {
                    final int offer = find(names.offers(), reference(record, event, StoredTables.OFFER));
                    final int product = find(names.products(), reference(record, event, StoredTables.PRODUCT));
                    into.add(
                            type,
                            offer,
                            names.group(offer),
                            product,
                            !channel.isAbsent() && isInChannel(event, channel),
                            atMicros);
                }
            }
        }
        final int conversions = reference(record, root, StoredTables.CONVERSIONS);
        for (int i = 0; i < length(record, conversions); i++) {
            final int conversion = element(record, conversions, i);
            final int product = find(names.products(), reference(record, conversion, StoredTables.CONVERTED_PRODUCT));
            final long atMicros = longField(record, conversion, StoredTables.CONVERTED_AT);
            if (product != Names.UNKNOWN && into.isWithin(atMicros, names.windowMicros())) {
                into.addConversion(product, atMicros);
            }
        }
    }

    @Override
    public int copyPrimary(byte[] into, int offset) {
        final int identities = reference(record, root, StoredTables.IDENTITIES);
        if (length(record, identities) == 0) {
            return 0;
        }
        final int primary = bytesOf(identities);
        final int primaryLength = textLength(record, primary);
        System.arraycopy(record, primary + Short.BYTES, into, offset, primaryLength);
        return primaryLength;
    }

    private int find(Names names, int text) {
        return text == 0 ? Names.UNKNOWN : names.find(record, bytesOf(text), length(record, text));
    }

    private boolean isInChannel(int event, Scalar channel) {
        final int context = reference(record, event, StoredTables.CONTEXT);
        for (int i = 0; i < length(record, context); i++) {
            final int field = element(record, context, i);
            if (isNamedChannel(reference(record, field, StoredTables.NAME))) {
                return isSame(field, channel);
            }
        }
        return false;
    }

    private boolean isNamedChannel(int name) {
        if (length(record, name) != CHANNEL_LENGTH) {
            return false;
        }
        for (int i = 0; i < CHANNEL_LENGTH; i++) {
            if (record[bytesOf(name) + i] != EventNames.CHANNEL.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean isSame(int field, Scalar channel) {
        return switch (StoredTables.byteField(record, field, StoredTables.KIND)) {
            case AttributeKind.Boolean -> channel.isBoolean(longField(record, field, StoredTables.INTEGER_VALUE) != 0);
            case AttributeKind.Integer -> channel.isInteger(longField(record, field, StoredTables.INTEGER_VALUE));
            case AttributeKind.Double -> channel.isDouble(doubleField(field));
            case AttributeKind.String -> {
                final int text = reference(record, field, StoredTables.STRING_VALUE);
                yield channel.isText(record, bytesOf(text), length(record, text));
            }
            default -> false;
        };
    }

    /** The double of a score or of a context field; it is always written. */
    private double doubleField(int table) {
        return Double.longBitsToDouble(longField(record, table, StoredTables.DOUBLE_VALUE));
    }
}
