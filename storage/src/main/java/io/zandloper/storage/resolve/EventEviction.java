package io.zandloper.storage.resolve;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Which of its events a profile lets go where it remembers too many: first those that no cap or suppression of the
 * catalog can need, the oldest first. Belongs to one thread.
 */
final class EventEviction {
    private final EventNeeds needs;
    private long neededEvictions;

    EventEviction(Catalog catalog) {
        this.needs = new EventNeeds(catalog);
    }

    /** Removes from {@code events}, a list of its own, until they are no more than a profile keeps. */
    void shrink(List<Event> events, long nowMicros) {
        while (events.size() > ProfileLimits.EVENTS_MAX) {
            evictOne(events, nowMicros);
        }
    }

    /** Removes from {@code lastConverts}, a map of its own, the products bought longest ago. */
    static void shrink(SortedMap<String, Long> lastConverts) {
        while (lastConverts.size() > ProfileLimits.CONVERTED_PRODUCTS_MAX) {
            final Map.Entry<String, Long> oldest =
                    Collections.min(lastConverts.entrySet(), Map.Entry.comparingByValue());
            lastConverts.remove(oldest.getKey());
        }
    }

    /** Events let go although a cap or suppression of the catalog could still have counted them. */
    long neededEvictions() {
        return neededEvictions;
    }

    /** The oldest event that nothing needs goes; where everything is needed, the oldest goes and is counted. */
    private void evictOne(List<Event> events, long nowMicros) {
        int evicted = -1;
        for (int i = 0; i < events.size(); i++) {
            final boolean older = evicted < 0
                    || events.get(i).atMicros() < events.get(evicted).atMicros();
            if (older && !needs.isNeeded(events.get(i), nowMicros)) {
                evicted = i;
            }
        }
        if (evicted < 0) {
            neededEvictions++;
            evicted = events.indexOf(Collections.min(events, Comparator.comparingLong(Event::atMicros)));
        }
        events.remove(evicted);
    }
}
