package io.zandloper.protocol.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole profile, for a decision about somebody who is not stored. Immutable.
 *
 * @param id an identity, null for none
 * @param attributes as in {@link StoredProfile}
 * @param segments listed segments of the catalog
 * @param scores offer id to a {@link Long} or {@link Double}
 * @param consent null: the catalog's {@code consentDefault} holds
 */
public record ProfileDocument(
        @Nullable String id,
        List<String> identities,
        Map<String, Object> attributes,
        List<Membership> segments,
        Map<String, Number> scores,
        @Nullable Consent consent) {
    public ProfileDocument {
        identities = List.copyOf(identities);
        attributes = Map.copyOf(attributes);
        segments = List.copyOf(segments);
        scores = Map.copyOf(scores);
    }

    /** Somebody of whom only attributes are known. */
    public static ProfileDocument of(Map<String, Object> attributes) {
        return new ProfileDocument(null, List.of(), attributes, List.of(), Map.of(), null);
    }
}
