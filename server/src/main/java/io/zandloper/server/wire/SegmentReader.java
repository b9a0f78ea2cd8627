package io.zandloper.server.wire;

import io.zandloper.storage.View;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.row.RowBits;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Reads which segments of a profile are visible. Used again and again by one event loop. */
final class SegmentReader {
    private final SharedView shared;
    private final RowBits row = new RowBits();
    private final IntPredicate visibleByRow = row::isSet;

    SegmentReader(SharedView shared) {
        this.shared = shared;
    }

    /**
     * Which segments of whoever has the identity are visible, by bit: as the row says, or the record where an expiry has
     * passed or the writer is at the row.
     *
     * @param found what was found for the identity
     * @return valid until the next call; null where nobody has it
     */
    @Nullable
    IntPredicate visible(int found, IdentityBytes identity) {
        final View view = shared.view();
        int ordinal = found;
        while (ordinal != View.NOBODY) {
            if (view.readRow(ordinal, row) && shared.nowMicros() < row.nextExpiryMicros()) {
                return visibleByRow;
            }
            final Profile profile = view.readProfile(ordinal);
            if (profile != null) {
                return VisibleSegments.of(profile, view.catalog(), shared.nowMicros())::isVisible;
            }
            final int before = ordinal;
            ordinal = view.find(identity.bytes(), 0, identity.length());
            if (ordinal == before) {
                return null;
            }
        }
        return null;
    }

    /** The same of a profile that was read, by the row where that is of the same change. */
    IntPredicate visible(int ordinal, Profile profile) {
        final View view = shared.view();
        final boolean rowTells = view.readRow(ordinal, row)
                && row.sequence() == profile.sequence()
                && shared.nowMicros() < row.nextExpiryMicros();
        return rowTells ? visibleByRow : VisibleSegments.of(profile, view.catalog(), shared.nowMicros())::isVisible;
    }
}
