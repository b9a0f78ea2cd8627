package io.zandloper.storage.profile;

import java.util.List;
import java.util.SortedMap;

/**
 * What a profile remembers of its events.
 *
 * @param events in the order they were accepted; at least the newest {@link ProfileLimits#EVENTS_MAX}
 * @param lastConverts per product the time of its latest {@code convert}, which outlives the event
 * @param recentIds XXH64 of the ids seen last, oldest first
 */
public record EventHistory(List<Event> events, SortedMap<String, Long> lastConverts, List<Long> recentIds) {
    public static final EventHistory EMPTY =
            new EventHistory(List.of(), java.util.Collections.emptySortedMap(), List.of());

    public boolean isEmpty() {
        return events.isEmpty() && lastConverts.isEmpty() && recentIds.isEmpty();
    }
}
