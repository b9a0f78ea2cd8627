package io.zandloper.storage.resolve;

import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Profile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a change comes to.
 *
 * @param status CREATED and UPDATED with the profile to store; anything else without
 * @param profile the profile as it will be; null where nothing is stored
 * @param errors why the change is refused; empty where it is not
 */
public record Resolution(Status status, @Nullable Profile profile, List<FieldError> errors) {
    public static Resolution store(Status status, Profile profile) {
        return new Resolution(status, profile, List.of());
    }

    public static Resolution nothing(Status status) {
        return new Resolution(status, null, List.of());
    }

    static Resolution refused(Status status, List<FieldError> errors) {
        return new Resolution(status, null, List.copyOf(errors));
    }
}
