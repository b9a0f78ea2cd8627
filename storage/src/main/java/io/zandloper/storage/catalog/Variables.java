package io.zandloper.storage.catalog;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an expression reads: {@code profile}, {@code segments} and {@code context}. Made once and used for any number
 * of expressions. The collections are not copied; who changes them must not do so during an evaluation.
 */
public final class Variables {
    static final String PROFILE = "profile";
    static final String SEGMENTS = "segments";
    static final String CONTEXT = "context";

    private final Map<String, ?> profile;
    private final Map<String, ?> context;
    private final Map<String, Object> byName;

    private Variables(Map<String, ?> profile, List<String> segments, @Nullable Map<String, ?> context) {
        this.profile = profile;
        this.context = context == null ? Map.of() : context;
        this.byName = context == null
                ? Map.of(PROFILE, profile, SEGMENTS, segments)
                : Map.of(PROFILE, profile, SEGMENTS, segments, CONTEXT, context);
    }

    /**
     * For conditions of offers.
     *
     * @param attributes values are {@link Boolean}, {@link Long}, {@link Double}, {@link String} or {@code List<String>}
     * @param segments ids of the visible segments
     * @param context values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
     */
    public static Variables ofCondition(Map<String, ?> attributes, List<String> segments, Map<String, ?> context) {
        return new Variables(attributes, segments, context);
    }

    /** For rules of segments, which have no context. */
    public static Variables ofRule(Map<String, ?> attributes, List<String> segments) {
        return new Variables(attributes, segments, null);
    }

    Map<String, Object> byName() {
        return byName;
    }

    /** Whether a segment is visible. */
    boolean isIn(String segment) {
        return byName.get(SEGMENTS) instanceof List<?> visible && visible.contains(segment);
    }

    @Nullable
    Object attribute(String name) {
        return profile.get(name);
    }

    @Nullable
    Object contextValue(String name) {
        return context.get(name);
    }
}
