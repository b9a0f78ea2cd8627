package io.zandloper.storage.resolve;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes one profile of two: identities, listed segments and events are united, attributes and scores merged by key,
 * consent taken as one value; where both say something, the survivor's stays. Which of the two is named first makes no
 * difference. Belongs to one thread.
 *
 * <p>Who is meant the writer has settled before, and whether the result is small enough it checks after.
 */
public final class ProfileLinker {
    /**
     * Ids of events a linked profile remembers: all that four profiles remember. Which of two profiles' ids came last
     * cannot be known any more, so that the last 64 of both together are certain to be kept only where all are.
     */
    static final int EVENT_IDS_REMEMBERED_MAX = 4 * ProfileLimits.EVENT_IDS_REMEMBERED;

    private final Catalog catalog;
    private final EventEviction eviction;

    public ProfileLinker(Catalog catalog) {
        this.catalog = catalog;
        this.eviction = new EventEviction(catalog);
    }

    /**
     * Whether it is {@code a} that lives on: the one whose primary identity's namespace stands first in the catalog's
     * {@code identityPriority}, unlisted ones last, else the one that was created first.
     */
    public boolean survives(Profile a, Profile b) {
        final int rankOfA = rank(a);
        final int rankOfB = rank(b);
        return rankOfA == rankOfB ? a.createdSequence() <= b.createdSequence() : rankOfA < rankOfB;
    }

    /**
     * Links two profiles of different persons so far.
     *
     * <p>The result counts as created when the survivor was, even where the other is older: it is the survivor that
     * lives on, and what was decided by its age stays as it was.
     *
     * @param nowMicros becomes the profile's {@code updatedAt}
     * @param sequence the number of the change
     * @return UPDATED with the profile that takes the place of the one that {@link #survives}, or INVALID
     */
    public Resolution link(Profile a, Profile b, long nowMicros, long sequence) {
        final boolean firstSurvives = survives(a, b);
        final Profile survivor = firstSurvives ? a : b;
        final Profile other = firstSurvives ? b : a;
        final Set<Identity> identities = new LinkedHashSet<>(survivor.identities());
        identities.addAll(other.identities());
        if (identities.size() > ProfileLimits.IDENTITIES_MAX) {
            return refusedForIdentities(identities.size());
        }
        return Resolution.store(
                Status.UPDATED,
                new Profile(
                        List.copyOf(identities),
                        merged(survivor.attributes(), other.attributes()),
                        laterOf(survivor.listed(), other.listed()),
                        merged(survivor.scores(), other.scores()),
                        survivor.consent() != null ? survivor.consent() : other.consent(),
                        united(survivor.history(), other.history(), nowMicros),
                        sequence,
                        nowMicros,
                        survivor.createdSequence(),
                        sequence));
    }

    /**
     * Adds an identity that nobody has to a profile.
     *
     * @param nowMicros becomes the profile's {@code updatedAt}
     * @param sequence the number the change gets if it changes anything
     * @return UPDATED with the profile, UNCHANGED where it has the identity, or INVALID
     */
    public Resolution add(Profile existing, Identity identity, long nowMicros, long sequence) {
        if (existing.identities().contains(identity)) {
            return Resolution.nothing(Status.UNCHANGED);
        }
        final List<Identity> identities = new ArrayList<>(existing.identities());
        identities.add(identity);
        if (identities.size() > ProfileLimits.IDENTITIES_MAX) {
            return refusedForIdentities(identities.size());
        }
        return Resolution.store(
                Status.UPDATED,
                new Profile(
                        List.copyOf(identities),
                        existing.attributes(),
                        existing.listed(),
                        existing.scores(),
                        existing.consent(),
                        existing.history(),
                        sequence,
                        nowMicros,
                        existing.createdSequence(),
                        sequence));
    }

    /** Events let go although a cap or suppression of the catalog could still have counted them. */
    public long neededEvictions() {
        return eviction.neededEvictions();
    }

    private int rank(Profile profile) {
        final Identity primary = profile.primary();
        final int place =
                primary == null ? -1 : catalog.policies().identityPriority().indexOf(primary.namespace());
        return place < 0 ? Integer.MAX_VALUE : place;
    }

    private static Resolution refusedForIdentities(int count) {
        return Resolution.refused(
                Status.INVALID,
                List.of(new FieldError(
                        "identities",
                        "the profile would have " + count + " identities, at most " + ProfileLimits.IDENTITIES_MAX
                                + " are kept")));
    }

    private static <V> SortedMap<String, V> merged(SortedMap<String, V> survivors, SortedMap<String, V> others) {
        final SortedMap<String, V> merged = new TreeMap<>(others);
        merged.putAll(survivors);
        return merged;
    }

    /** {@code Times.NEVER} is the latest of all. */
    private static SortedMap<String, Long> laterOf(Map<String, Long> some, Map<String, Long> others) {
        final SortedMap<String, Long> united = new TreeMap<>(some);
        others.forEach((key, micros) -> united.merge(key, micros, Math::max));
        return united;
    }

    private EventHistory united(EventHistory survivors, EventHistory others, long nowMicros) {
        final List<Event> events = byTime(survivors.events(), withoutRepetitions(others.events(), survivors.events()));
        eviction.shrink(events, nowMicros);
        final SortedMap<String, Long> lastConverts = laterOf(survivors.lastConverts(), others.lastConverts());
        EventEviction.shrink(lastConverts);
        return new EventHistory(events, lastConverts, newestOf(survivors.recentIds(), others.recentIds()));
    }

    /** An event whose id both have is one event: to send it again would have changed nothing, had they been linked. */
    private static List<Event> withoutRepetitions(List<Event> events, List<Event> of) {
        final Set<String> ids = new HashSet<>();
        for (final Event event : of) {
            if (event.id() != null) {
                ids.add(event.id());
            }
        }
        return events.stream()
                .filter(event -> event.id() == null || !ids.contains(event.id()))
                .toList();
    }

    /** As near to the order of acceptance as can be known: each list keeps its own order, heads compared by time. */
    private static List<Event> byTime(List<Event> survivors, List<Event> others) {
        final List<Event> merged = new ArrayList<>(survivors.size() + others.size());
        int next = 0;
        for (final Event event : survivors) {
            while (next < others.size() && others.get(next).atMicros() < event.atMicros()) {
                merged.add(others.get(next++));
            }
            merged.add(event);
        }
        merged.addAll(others.subList(next, others.size()));
        return merged;
    }

    /** Both lists with their newest side by side, oldest first, each id once. */
    private static List<Long> newestOf(List<Long> survivors, List<Long> others) {
        final Set<Long> newestFirst = new LinkedHashSet<>();
        for (int age = 0; age < Math.max(survivors.size(), others.size()); age++) {
            if (age < survivors.size()) {
                newestFirst.add(survivors.get(survivors.size() - 1 - age));
            }
            if (age < others.size()) {
                newestFirst.add(others.get(others.size() - 1 - age));
            }
        }
        final List<Long> newest = new ArrayList<>(
                newestFirst.stream().limit(EVENT_IDS_REMEMBERED_MAX).toList());
        Collections.reverse(newest);
        return newest;
    }
}
