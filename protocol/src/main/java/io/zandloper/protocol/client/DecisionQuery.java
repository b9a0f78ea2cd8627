package io.zandloper.protocol.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to decide: for whom, for which placements, in which context. Immutable; made by {@link #forProfile},
 * {@link #forAnonymous} or {@link #forDocument} and refined by methods that give a changed copy.
 *
 * @param profile an identity; null where there is none or a document
 * @param document instead of an identity
 * @param placements in the order in which they choose
 * @param context flat; values are {@link String}, {@link Long}, {@link Double} or {@link Boolean}
 * @param atMicros microseconds since 1970 UTC, null for now
 * @param exclude offers not to choose
 */
public record DecisionQuery(
        @Nullable String profile,
        @Nullable ProfileDocument document,
        List<Placement> placements,
        Map<String, Object> context,
        boolean explain,
        @Nullable Long atMicros,
        List<String> exclude) {

    /** @param count how many offers, 0 for the placement's own number */
    public record Placement(String id, int count) {}

    public DecisionQuery {
        placements = List.copyOf(placements);
        context = Map.copyOf(context);
        exclude = List.copyOf(exclude);
    }

    public static DecisionQuery forProfile(String identity) {
        return new DecisionQuery(identity, null, List.of(), Map.of(), false, null, List.of());
    }

    public static DecisionQuery forAnonymous() {
        return new DecisionQuery(null, null, List.of(), Map.of(), false, null, List.of());
    }

    public static DecisionQuery forDocument(ProfileDocument document) {
        return new DecisionQuery(null, document, List.of(), Map.of(), false, null, List.of());
    }

    /** A further placement, with its own number of offers. */
    public DecisionQuery placement(String id) {
        return placement(id, 0);
    }

    /** A further placement; {@code count} offers, 0 for the placement's own number. */
    public DecisionQuery placement(String id, int count) {
        final List<Placement> more = new ArrayList<>(placements);
        more.add(new Placement(id, count));
        return new DecisionQuery(profile, document, more, context, explain, atMicros, exclude);
    }

    /** A further fact of the context: a string, number or boolean. */
    public DecisionQuery context(String name, Object value) {
        final Map<String, Object> more = new LinkedHashMap<>(context);
        more.put(name, value);
        return new DecisionQuery(profile, document, placements, more, explain, atMicros, exclude);
    }

    /** With the reasons for and against every offer. */
    public DecisionQuery explained() {
        return new DecisionQuery(profile, document, placements, context, true, atMicros, exclude);
    }

    /** As of this time, microseconds since 1970 UTC. */
    public DecisionQuery at(long micros) {
        return new DecisionQuery(profile, document, placements, context, explain, micros, exclude);
    }

    /** Without these offers, besides those excluded before. */
    public DecisionQuery excluding(String... offers) {
        final List<String> more = new ArrayList<>(exclude);
        more.addAll(List.of(offers));
        return new DecisionQuery(profile, document, placements, context, explain, atMicros, more);
    }
}
