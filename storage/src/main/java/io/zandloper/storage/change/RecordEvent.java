package io.zandloper.storage.change;

import io.zandloper.storage.profile.Identity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds an event to the profile of an identity, which it creates where there is none.
 *
 * @param atMicros the event's time; the sender's where it gave one, else that of its arrival
 * @param product null where none was given: the writer takes the offer's
 * @param context flat; values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
 */
public record RecordEvent(
        Identity profile,
        @Nullable String id,
        String type,
        @Nullable String offer,
        @Nullable String placement,
        long atMicros,
        @Nullable String product,
        @Nullable Number value,
        Map<String, Object> context)
        implements Change {}
