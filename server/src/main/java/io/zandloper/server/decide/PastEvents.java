package io.zandloper.server.decide;

import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a profile has seen and done up to a time, by type. A window of length {@code w} is ({@code at - w}, {@code at}].
 */
final class PastEvents {
    private final long atMicros;
    private final Map<String, List<Event>> byType = new HashMap<>();
    private final Map<String, Long> lastConverts;

    PastEvents(EventHistory history, long atMicros) {
        this.atMicros = atMicros;
        this.lastConverts = history.lastConverts();
        for (Event event : history.events()) {
            if (event.atMicros() <= atMicros) {
                byType.computeIfAbsent(event.type(), type -> new ArrayList<>()).add(event);
            }
        }
    }

    /** Those of the type in the window of which {@code which} holds. */
    List<Event> within(String type, long windowMicros, Predicate<Event> which) {
        final List<Event> found = new ArrayList<>();
        for (Event event : byType.getOrDefault(type, List.of())) {
            if (isWithin(event.atMicros(), windowMicros) && which.test(event)) {
                found.add(event);
            }
        }
        return found;
    }

    /**
     * Whether the product was bought in the window: by an event that is kept, or by the latest one of the product, which
     * is remembered longer.
     */
    boolean isConverted(String product, long windowMicros) {
        final Long last = lastConverts.get(product);
        return (last != null && isWithin(last, windowMicros))
                || !within(Event.CONVERT, windowMicros, event -> product.equals(event.product()))
                        .isEmpty();
    }

    boolean isWithin(long eventMicros, long windowMicros) {
        final long elapsedMicros = atMicros - eventMicros;
        // Negative also where the difference is beyond a long, and then it is beyond every window.
        return eventMicros <= atMicros && elapsedMicros >= 0 && elapsedMicros < windowMicros;
    }
}
