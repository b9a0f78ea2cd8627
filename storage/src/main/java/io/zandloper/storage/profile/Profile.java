package io.zandloper.storage.profile;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of one person. Immutable.
 *
 * @param identities the primary one first; empty only for a profile document that is not stored
 * @param attributes by name; values are {@link Boolean}, {@link Long}, {@link Double}, {@link String} or
 *     {@code List<String>}
 * @param listed segment id to the time (microseconds) before which the membership holds, {@link Times#NEVER} where it
 *     does not end; segments that have left the catalog included
 * @param scores offer id to a {@link Long} or {@link Double}, as it was written
 * @param consent null where none was ever written, so that the catalog's {@code consentDefault} holds
 * @param version the sequence of the document's last change
 * @param createdSequence the sequence that created the profile
 * @param sequence the sequence of the last change of any kind, events included
 */
public record Profile(
        List<Identity> identities,
        SortedMap<String, Object> attributes,
        SortedMap<String, Long> listed,
        SortedMap<String, Number> scores,
        @Nullable Consent consent,
        EventHistory history,
        long version,
        long updatedAtMicros,
        long createdSequence,
        long sequence) {

    /** Nobody: what an anonymous or unknown visitor is decided as. */
    public static final Profile EMPTY = new Profile(
            List.of(),
            java.util.Collections.emptySortedMap(),
            java.util.Collections.emptySortedMap(),
            java.util.Collections.emptySortedMap(),
            null,
            EventHistory.EMPTY,
            0,
            0,
            0,
            0);

    /** The primary identity; null for a document without one. */
    public @Nullable Identity primary() {
        return identities.isEmpty() ? null : identities.get(0);
    }

    /** The expiry of a listed membership, or null where there is none. */
    public @Nullable Long expiryOf(String segment) {
        return ((Map<String, Long>) listed).get(segment);
    }

    /** The same person with other listed segments, by a change of the document. */
    public Profile withListed(SortedMap<String, Long> newListed, long newUpdatedAtMicros, long newSequence) {
        return new Profile(
                identities,
                attributes,
                newListed,
                scores,
                consent,
                history,
                newSequence,
                newUpdatedAtMicros,
                createdSequence,
                newSequence);
    }
}
