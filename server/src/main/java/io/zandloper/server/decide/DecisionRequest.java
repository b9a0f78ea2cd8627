package io.zandloper.server.decide;

import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for. At most one of {@code identity} and {@code document} is there; with neither the visitor is
 * anonymous.
 *
 * @param identity whom to decide for
 * @param document a whole profile to decide for in place of a stored one
 * @param placements to be filled in this order
 * @param context values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
 * @param explain whether every offer is to be accounted for
 * @param atMicros decide as of this time; null for now
 * @param exclude offers that are not to be shown; unknown ones are ignored
 */
public record DecisionRequest(
        @Nullable Identity identity,
        @Nullable Profile document,
        List<PlacementRequest> placements,
        Map<String, Object> context,
        boolean explain,
        @Nullable Long atMicros,
        Set<String> exclude) {

    /** The same for another. */
    public DecisionRequest of(Identity other) {
        return new DecisionRequest(other, null, placements, context, explain, atMicros, exclude);
    }

    /** @param count how many offers at most; null for the placement's own */
    public record PlacementRequest(String id, @Nullable Integer count) {}
}
