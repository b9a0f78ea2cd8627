package io.zandloper.storage.profile;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, resolved: the time and the product are final.
 *
 * @param id the sender's own id, by which a repetition is known
 * @param context flat; values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
 */
public record Event(
        @Nullable String id,
        String type,
        @Nullable String offer,
        @Nullable String placement,
        long atMicros,
        @Nullable String product,
        @Nullable Number value,
        Map<String, Object> context) {
    public static final String IMPRESSION = "impression";
    public static final String CLICK = "click";
    public static final String CONVERT = "convert";
    public static final String REJECT = "reject";
}
