package io.zandloper.storage.change;

import io.zandloper.storage.profile.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Erases the profile of an identity with everything that is held of the person, and remembers keyed hashes of its
 * identities, so that neither an older snapshot nor a late event brings the person back.
 *
 * @param profile any of its identities
 * @param ifVersions {@code If-Match}: the profile's version is one of these, else {@code PRECONDITION_FAILED}; null or
 *     empty where any will do
 */
public record EraseProfile(Identity profile, @Nullable List<Long> ifVersions) implements Change {
    /** Whatever its version is. */
    public EraseProfile(Identity profile) {
        this(profile, null);
    }
}
