package io.zandloper.protocol.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A profile as the server shows it. Immutable.
 *
 * @param identities the primary one first
 * @param attributes by name; values are {@link Boolean}, {@link Long}, {@link Double}, {@link String} or
 *     {@code List<String>}
 * @param segments the visible listed ones
 * @param computed the visible computed ones
 * @param scores offer id to a {@link Long} or {@link Double}, as it was written
 * @param consent null where none was ever written
 * @param version the sequence of the document's last change
 * @param updatedAtMicros the time of that change, microseconds since 1970 UTC
 * @param sequence of the newest change that the server had when it read the profile
 */
public record StoredProfile(
        List<String> identities,
        Map<String, Object> attributes,
        List<Membership> segments,
        List<String> computed,
        Map<String, Number> scores,
        @Nullable Consent consent,
        long version,
        long updatedAtMicros,
        long sequence) {}
