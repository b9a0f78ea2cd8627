package io.zandloper.storage.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A catalog as it was written, with the contract's defaults filled in, times and durations in microseconds, and
 * expressions still text. Whoever reads the JSON makes it; nothing in it has been checked against anything else in it.
 */
public record CatalogDocument(
        List<Segment> segments, List<Offer> offers, List<Placement> placements, Policies policies) {

    /** The catalog of a server that has not been given one. */
    public static final CatalogDocument EMPTY = new CatalogDocument(List.of(), List.of(), List.of(), Policies.DEFAULT);

    /**
     * @param purposes the purposes a reader needs consent for, as a mask like {@code Consent#purposes}
     * @param rule null for a listed segment
     */
    public record Segment(
            String id,
            @Nullable String name,
            int purposes,
            @Nullable Long segtax,
            @Nullable String segtaxId,
            @Nullable String rule) {}

    /**
     * @param product never null: the offer's id where none was written
     * @param startMicros {@link Long#MIN_VALUE} where none was written
     * @param endMicros {@link Long#MAX_VALUE} where none was written
     * @param placements null for any
     * @param suppressAfterConversionMicros negative where none was written
     * @param payload the JSON text as it was written, null where none was
     */
    public record Offer(
            String id,
            @Nullable String name,
            @Nullable String group,
            String product,
            boolean enabled,
            long startMicros,
            long endMicros,
            @Nullable List<String> placements,
            int purposes,
            @Nullable String eligibility,
            @Nullable String applicability,
            @Nullable String suitability,
            double propensity,
            double value,
            double lever,
            List<ContextWeight> contextWeights,
            boolean mandatory,
            long tier,
            List<Cap> caps,
            List<Suppression> suppress,
            long suppressAfterConversionMicros,
            @Nullable String payload) {}

    public record ContextWeight(String when, double weight) {}

    /** What the events of a cap are counted over. */
    public enum Scope {
        OFFER,
        GROUP,
        CHANNEL,
        GLOBAL
    }

    /** @param window the duration as it was written, for explanations */
    public record Cap(Scope scope, String event, int max, long windowMicros, String window) {}

    /**
     * @param within the duration as it was written, for explanations
     * @param pause likewise
     */
    public record Suppression(
            String event, int count, long withinMicros, String within, long pauseMicros, String pause) {}

    public record Placement(String id, @Nullable String name, int count, int maxPerGroup, List<String> fallback) {}

    /** @param percent 0 to 100; @param salt mixed into the hash, so that a new salt draws a new holdout */
    public record Holdout(double percent, String salt) {}

    /**
     * @param consentDefault what holds for a profile without any consent: true for {@code grant}
     * @param holdout null for none
     * @param erasureBoundMicros within which an erased person's bytes leave every file
     * @param retentionMicros after which an idle profile goes; negative for never
     */
    public record Policies(
            boolean consentDefault,
            @Nullable Holdout holdout,
            List<Cap> caps,
            List<String> identityPriority,
            long erasureBoundMicros,
            long retentionMicros) {
        private static final long DAY_MICROS = 86_400_000_000L;
        public static final Policies DEFAULT = new Policies(false, null, List.of(), List.of(), DAY_MICROS, -1);
    }
}
