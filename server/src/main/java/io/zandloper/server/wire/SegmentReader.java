package io.zandloper.server.wire;

import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one profile that are visible, by bit of the shared view's catalog: as the row says, or the record where
 * an expiry has passed or the writer is at the row. Used again and again by one event loop.
 */
final class SegmentReader {
    private final SharedView shared;
    private final RowBits row = new RowBits();
    private SegmentNames names = new SegmentNames(Catalog.EMPTY);
    /** Where the row does not tell. */
    private long @Nullable [] evaluated;

    SegmentReader(SharedView shared) {
        this.shared = shared;
    }

    /**
     * Reads those of whoever has the identity. An identity may come to lead elsewhere between finding a profile and reading
     * it, when two are linked; so what was found and is gone is looked for again.
     *
     * @param found what was found for the identity
     * @return false where nobody has it
     */
    boolean read(int found, IdentityBytes identity) {
        final View view = shared.view();
        int ordinal = found;
        while (ordinal != View.NOBODY) {
            if (readRow(view, ordinal)) {
                return true;
            }
            final Profile profile = view.readProfile(ordinal);
            if (profile != null) {
                evaluate(view, profile);
                return true;
            }
            final int before = ordinal;
            ordinal = view.find(identity.bytes(), 0, identity.length());
            if (ordinal == before) {
                return false;
            }
        }
        return false;
    }

    /** Reads those of a profile whose record was read, as of that record. */
    void read(int ordinal, RecordBuffer record, long sequence) {
        final View view = shared.view();
        if (!readRow(view, ordinal) || row.sequence() != sequence) {
            evaluate(view, view.decode(record));
        }
    }

    private boolean readRow(View view, int ordinal) {
        evaluated = null;
        return view.readRow(ordinal, row) && shared.nowMicros() < row.nextExpiryMicros();
    }

    private void evaluate(View view, Profile profile) {
        evaluated =
                VisibleSegments.of(profile, view.catalog(), shared.nowMicros()).bits();
    }

    /** Of the catalog whose bits these are. */
    SegmentNames names() {
        final Catalog catalog = shared.view().catalog();
        if (!names.isOf(catalog)) {
            names = new SegmentNames(catalog);
        }
        return names;
    }

    /** @param bit -1 for a segment that the catalog does not have */
    boolean isVisible(int bit) {
        return bit >= 0 && (word(bit / Long.SIZE) & (1L << bit)) != 0;
    }

    int visibleCount() {
        int count = 0;
        for (int word = 0; word < wordCount(); word++) {
            count += Long.bitCount(word(word));
        }
        return count;
    }

    /** The first visible one from this bit on, or -1. */
    int nextVisible(int fromBit) {
        int word = fromBit / Long.SIZE;
        long rest = word(word) & (-1L << fromBit);
        while (rest == 0 && ++word < wordCount()) {
            rest = word(word);
        }
        return rest == 0 ? -1 : word * Long.SIZE + Long.numberOfTrailingZeros(rest);
    }

    private int wordCount() {
        return evaluated == null ? row.wordCount() : evaluated.length;
    }

    private long word(int index) {
        if (index >= wordCount()) {
            return 0;
        }
        return evaluated == null ? row.word(index) : evaluated[index];
    }
}
