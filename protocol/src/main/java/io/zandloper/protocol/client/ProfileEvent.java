package io.zandloper.protocol.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened. Immutable; made by {@link #of} and refined by methods that give a changed copy.
 *
 * @param profile an identity; where nobody has it, the event creates the profile
 * @param type {@code impression}, {@code click}, {@code convert}, {@code reject} or any other name
 * @param id the sender's own, by which a repetition is known; null for none
 * @param atMicros microseconds since 1970 UTC, null for the time of its arrival
 * @param product null for that of the offer
 * @param value a {@link Long} or {@link Double}, which stays what it is; null for none
 * @param context flat; values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
 */
public record ProfileEvent(
        String profile,
        String type,
        @Nullable String id,
        @Nullable String offer,
        @Nullable String placement,
        @Nullable Long atMicros,
        @Nullable String product,
        @Nullable Number value,
        Map<String, Object> context) {

    public ProfileEvent {
        context = Map.copyOf(context);
    }

    public static ProfileEvent of(String profile, String type) {
        return new ProfileEvent(profile, type, null, null, null, null, null, null, Map.of());
    }

    /** With an id of the sender's own: sent again, it changes nothing. */
    public ProfileEvent id(String ownId) {
        return new ProfileEvent(profile, type, ownId, offer, placement, atMicros, product, value, context);
    }

    /** About this offer. */
    public ProfileEvent offer(String offerId) {
        return new ProfileEvent(profile, type, id, offerId, placement, atMicros, product, value, context);
    }

    /** In this placement. */
    public ProfileEvent placement(String placementId) {
        return new ProfileEvent(profile, type, id, offer, placementId, atMicros, product, value, context);
    }

    /** At this time, microseconds since 1970 UTC. */
    public ProfileEvent at(long micros) {
        return new ProfileEvent(profile, type, id, offer, placement, micros, product, value, context);
    }

    /** About this product, which need not be the offer's. */
    public ProfileEvent product(String productId) {
        return new ProfileEvent(profile, type, id, offer, placement, atMicros, productId, value, context);
    }

    /** Worth this much. */
    public ProfileEvent value(Number worth) {
        return new ProfileEvent(profile, type, id, offer, placement, atMicros, product, worth, context);
    }

    /** A further fact of the context: a string, number or boolean. */
    public ProfileEvent context(String name, Object fact) {
        final Map<String, Object> more = new LinkedHashMap<>(context);
        more.put(name, fact);
        return new ProfileEvent(profile, type, id, offer, placement, atMicros, product, value, more);
    }
}
