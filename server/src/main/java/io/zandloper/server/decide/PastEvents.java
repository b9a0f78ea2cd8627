package io.zandloper.server.decide;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a profile has seen and done up to a time, put together once by all that caps and suppressions ask for. A window
 * of length {@code w} is ({@code at - w}, {@code at}].
 */
final class PastEvents {
    private static final String CHANNEL = "channel";
    /** Beyond the greatest integer by one; what that is as a double. */
    private static final double TWO_TO_THE_63 = 0x1p63;

    private final long atMicros;
    private final Map<String, Long> lastConverts;
    private final Map<String, List<Event>> ofType = new HashMap<>();
    private final Map<String, List<Event>> ofTypeInChannel = new HashMap<>();
    private final Map<TypeAndId, List<Event>> ofOffer = new HashMap<>();
    private final Map<TypeAndId, List<Event>> ofGroup = new HashMap<>();

    private record TypeAndId(String type, String id) {}

    /**
     * @param catalog says in which group an event's offer is now
     * @param context the request's, which says what its channel is
     */
    PastEvents(EventHistory history, Catalog catalog, Map<String, Object> context, long atMicros) {
        this.atMicros = atMicros;
        this.lastConverts = history.lastConverts();
        final Object channel = context.get(CHANNEL);
        for (Event event : history.events()) {
            if (event.atMicros() <= atMicros) {
                add(ofType, event.type(), event);
                if (channel != null && isSameValue(channel, event.context().get(CHANNEL))) {
                    add(ofTypeInChannel, event.type(), event);
                }
                if (event.offer() != null) {
                    add(ofOffer, new TypeAndId(event.type(), event.offer()), event);
                    final Catalog.Offer offer = catalog.offer(event.offer());
                    if (offer != null && offer.document().group() != null) {
                        add(
                                ofGroup,
                                new TypeAndId(event.type(), offer.document().group()),
                                event);
                    }
                }
            }
        }
    }

    /** All of the type. */
    List<Event> ofType(String type) {
        return ofType.getOrDefault(type, List.of());
    }

    /** Those in the request's channel; none where it has none. */
    List<Event> inChannel(String type) {
        return ofTypeInChannel.getOrDefault(type, List.of());
    }

    List<Event> ofOffer(String type, String offer) {
        return ofOffer.getOrDefault(new TypeAndId(type, offer), List.of());
    }

    /** Those of offers that are now in the group; none for no group. */
    List<Event> ofGroup(String type, @Nullable String group) {
        return group == null ? List.of() : ofGroup.getOrDefault(new TypeAndId(type, group), List.of());
    }

    int countWithin(List<Event> events, long windowMicros) {
        int count = 0;
        for (Event event : events) {
            if (isWithin(event.atMicros(), windowMicros)) {
                count++;
            }
        }
        return count;
    }

    /**
     * Whether the product was bought in the window: by an event that is kept, or by the latest one of the product, which
     * is remembered longer.
     */
    boolean isConverted(String product, long windowMicros) {
        final Long last = lastConverts.get(product);
        if (last != null && isWithin(last, windowMicros)) {
            return true;
        }
        for (Event event : ofType(Event.CONVERT)) {
            if (product.equals(event.product()) && isWithin(event.atMicros(), windowMicros)) {
                return true;
            }
        }
        return false;
    }

    private boolean isWithin(long eventMicros, long windowMicros) {
        final long elapsedMicros = atMicros - eventMicros;
        // Negative also where the difference is beyond a long, and then it is beyond every window.
        return eventMicros <= atMicros && elapsedMicros >= 0 && elapsedMicros < windowMicros;
    }

    private static <K> void add(Map<K, List<Event>> lists, K key, Event event) {
        lists.computeIfAbsent(key, absent -> new ArrayList<>()).add(event);
    }

    /** Numbers are equal across integer and double, as in expressions. */
    private static boolean isSameValue(Object a, @Nullable Object b) {
        if (a instanceof Double x && b instanceof Long y) {
            return isSameNumber(y, x);
        }
        if (a instanceof Long x && b instanceof Double y) {
            return isSameNumber(x, y);
        }
        return Objects.equals(a, b);
    }

    private static boolean isSameNumber(long integer, double real) {
        // The cast back excludes integers that the double can only approximate; 2^63 it would make the greatest of all.
        return real != TWO_TO_THE_63 && (double) integer == real && (long) real == integer;
    }
}
