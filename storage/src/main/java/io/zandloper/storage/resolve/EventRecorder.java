package io.zandloper.storage.resolve;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import net.openhft.hashing.LongHashFunction;
import org.jspecify.annotations.Nullable;

/**
 * Adds an event to what a profile remembers: resolves its product, knows repetitions by their id, and makes room by
 * letting go first of what no cap or suppression can need.
 */
public final class EventRecorder {
    private static final LongHashFunction ID_HASH = LongHashFunction.xx();

    private final Catalog catalog;
    private final EventEviction eviction;

    public EventRecorder(Catalog catalog) {
        this.catalog = catalog;
        this.eviction = new EventEviction(catalog);
    }

    /**
     * Resolves {@code change} against {@code existing}, null for nobody: then it creates the profile.
     *
     * @param sequence the number the change gets unless it is a repetition
     */
    public Resolution resolve(@Nullable Profile existing, RecordEvent change, long nowMicros, long sequence) {
        final EventHistory history = existing == null ? EventHistory.EMPTY : existing.history();
        final String id = change.id();
        final Long idHash = id == null ? null : ID_HASH.hashChars(id);
        if (idHash != null && history.recentIds().contains(idHash)) {
            return Resolution.nothing(Status.DUPLICATE);
        }
        final EventHistory grown = add(history, resolved(change), idHash, nowMicros);
        if (existing == null) {
            final Profile created = new Profile(
                    List.of(change.profile()),
                    Collections.emptySortedMap(),
                    Collections.emptySortedMap(),
                    Collections.emptySortedMap(),
                    null,
                    grown,
                    sequence,
                    nowMicros,
                    sequence,
                    sequence);
            return Resolution.store(Status.CREATED, created);
        }
        return Resolution.store(
                Status.UPDATED,
                new Profile(
                        existing.identities(),
                        existing.attributes(),
                        existing.listed(),
                        existing.scores(),
                        existing.consent(),
                        grown,
                        existing.version(),
                        existing.updatedAtMicros(),
                        existing.createdSequence(),
                        sequence));
    }

    /** Events let go although a cap or suppression of the catalog could still have counted them. */
    public long neededEvictions() {
        return eviction.neededEvictions();
    }

    private Event resolved(RecordEvent change) {
        return new Event(
                change.id(),
                change.type(),
                change.offer(),
                change.placement(),
                change.atMicros(),
                product(change),
                change.value(),
                change.context());
    }

    private @Nullable String product(RecordEvent change) {
        final String offer = change.offer();
        if (change.product() != null || offer == null) {
            return change.product();
        }
        final Catalog.Offer known = catalog.offer(offer);
        return known == null ? offer : known.document().product();
    }

    private EventHistory add(EventHistory history, Event event, @Nullable Long idHash, long nowMicros) {
        final List<Event> events = new ArrayList<>(history.events());
        events.add(event);
        eviction.shrink(events, nowMicros);
        List<Long> recentIds = history.recentIds();
        if (idHash != null) {
            recentIds = new ArrayList<>(recentIds);
            recentIds.add(idHash);
            if (recentIds.size() > ProfileLimits.EVENT_IDS_REMEMBERED) {
                recentIds.remove(0);
            }
        }
        return new EventHistory(events, lastConverts(history.lastConverts(), event), recentIds);
    }

    private static SortedMap<String, Long> lastConverts(SortedMap<String, Long> known, Event event) {
        final String product = event.product();
        if (product == null || !event.type().equals(Event.CONVERT)) {
            return known;
        }
        final SortedMap<String, Long> lastConverts = new TreeMap<>(known);
        lastConverts.merge(product, event.atMicros(), Math::max);
        EventEviction.shrink(lastConverts);
        return lastConverts;
    }
}
