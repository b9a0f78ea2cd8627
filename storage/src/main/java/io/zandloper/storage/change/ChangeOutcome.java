package io.zandloper.storage.change;

import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a change.
 *
 * @param profile the primary identity of the profile concerned; null for a catalog or where nothing was done
 * @param version of the profile's document, or of the catalog
 * @param sequence that of the change, or the newest one where the change changed nothing
 * @param errors why it was refused; empty where it was not
 * @param erased the identities that an erasure made lead nowhere; empty for any other change
 * @param atMicros when it was made; 0 where nothing was
 */
public record ChangeOutcome(
        Status status,
        @Nullable Identity profile,
        long version,
        long sequence,
        List<FieldError> errors,
        List<Identity> erased,
        long atMicros) {

    /** Expected outcomes. */
    public enum Status {
        CREATED,
        UPDATED,
        /** Nothing differed; no sequence was taken. */
        UNCHANGED,
        /** An event whose id the profile has seen; no sequence was taken. */
        DUPLICATE,
        /** An identity belongs to another profile. */
        CONFLICT,
        PRECONDITION_FAILED,
        /** Nobody has the identity that the change is about. */
        UNKNOWN,
        /** The identity was erased lately; only a caller that means this very person can create it again. */
        ERASED,
        /** Understood, but not valid in the present state: {@link ChangeOutcome#errors()} says why. */
        INVALID;

        public boolean isAccepted() {
            return ordinal() <= DUPLICATE.ordinal();
        }
    }

    public ChangeOutcome {
        errors = List.copyOf(errors);
        erased = List.copyOf(erased);
    }

    public ChangeOutcome(
            Status status, @Nullable Identity profile, long version, long sequence, List<FieldError> errors) {
        this(status, profile, version, sequence, errors, List.of(), 0);
    }

    public static ChangeOutcome refused(Status status, long sequence, FieldError... errors) {
        return new ChangeOutcome(status, null, 0, sequence, List.of(errors));
    }
}
