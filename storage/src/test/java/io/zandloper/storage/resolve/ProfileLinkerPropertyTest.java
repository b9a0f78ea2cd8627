package io.zandloper.storage.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** What holds of every link of two profiles, whatever they are. */
class ProfileLinkerPropertyTest {
    private static final long HOUR = 3_600_000_000L;
    private static final long NOW = 1_000 * HOUR;
    private static final long SEQUENCE = 1_000_000;
    private static final String[] NAMESPACES = {"crm", "email", "cookie", "maid"};
    private static final String[] TYPES = {"impression", "click", Event.CONVERT};

    private final Catalog catalog = Catalogs.of(
            List.of(Catalogs.listed("s1"), Catalogs.listed("s2")),
            List.of(Catalogs.offer("o1", "o1", List.of(new Cap(Scope.OFFER, "impression", 3, HOUR, "PT1H")), HOUR)),
            new Policies(false, null, List.of(), List.of("crm", "cookie"), Policies.DEFAULT.erasureBoundMicros(), -1));

    @RepeatedTest(300)
    void nothingOfEitherIsLostButByTheRules(RepetitionInfo repetition) {
        final long seed = 20_261_122L + repetition.getCurrentRepetition();
        final Random random = new Random(seed);
        final Profile a = profile(random, 1);
        final Profile b = profile(random, 2);
        final ProfileLinker linker = new ProfileLinker(catalog);
        final Resolution resolution = linker.link(a, b, NOW, SEQUENCE);
        final ProfileLinker swapped = new ProfileLinker(catalog);
        assertThat(swapped.link(b, a, NOW, SEQUENCE)).as("seed=%d", seed).isEqualTo(resolution);
        assertThat(swapped.neededEvictions()).as("seed=%d", seed).isEqualTo(linker.neededEvictions());
        final Set<Identity> identities = new HashSet<>(a.identities());
        identities.addAll(b.identities());
        assertThat(resolution.status())
                .as("seed=%d", seed)
                .isEqualTo(identities.size() > ProfileLimits.IDENTITIES_MAX ? Status.INVALID : Status.UPDATED);
        final Profile linked = resolution.profile();
        if (linked == null) {
            return;
        }
        final Profile survivor = linker.survives(a, b) ? a : b;
        final Profile other = linker.survives(a, b) ? b : a;
        assertThat(linked.identities()).as("seed=%d", seed).containsExactlyInAnyOrderElementsOf(identities);
        assertThat(linked.primary()).as("seed=%d", seed).isEqualTo(survivor.primary());
        checkMerged(seed, survivor, other, linked, Profile::attributes);
        checkMerged(seed, survivor, other, linked, Profile::scores);
        assertThat(linked.consent())
                .as("seed=%d", seed)
                .isEqualTo(survivor.consent() == null ? other.consent() : survivor.consent());
        checkLater(seed, a.listed(), b.listed(), linked.listed(), Integer.MAX_VALUE);
        checkLater(
                seed,
                a.history().lastConverts(),
                b.history().lastConverts(),
                linked.history().lastConverts(),
                ProfileLimits.CONVERTED_PRODUCTS_MAX);
        checkEvents(seed, survivor, other, linked);
        final Set<Long> ids = new HashSet<>(a.history().recentIds());
        ids.addAll(b.history().recentIds());
        assertThat(linked.history().recentIds()).as("seed=%d", seed).containsExactlyInAnyOrderElementsOf(ids);
    }

    private static <V> void checkMerged(
            long seed, Profile survivor, Profile other, Profile linked, Function<Profile, Map<String, V>> part) {
        final Set<String> keys = new HashSet<>(part.apply(survivor).keySet());
        keys.addAll(part.apply(other).keySet());
        assertThat(part.apply(linked)).as("seed=%d", seed).containsOnlyKeys(keys);
        part.apply(linked)
                .forEach((key, value) -> assertThat(value)
                        .as("seed=%d key=%s", seed, key)
                        .isEqualTo(part.apply(survivor)
                                .getOrDefault(key, part.apply(other).get(key))));
    }

    private static void checkLater(
            long seed, Map<String, Long> a, Map<String, Long> b, Map<String, Long> united, int countMax) {
        final Map<String, Long> all = new TreeMap<>(a);
        b.forEach((key, value) -> all.merge(key, value, Math::max));
        assertThat(united).as("seed=%d", seed).hasSize(Math.min(all.size(), countMax));
        assertThat(all.entrySet()).as("seed=%d", seed).containsAll(united.entrySet());
        all.keySet().removeAll(united.keySet());
        for (final long gone : all.values()) {
            assertThat(united.values()).as("seed=%d", seed).allMatch(kept -> kept >= gone);
        }
    }

    private void checkEvents(long seed, Profile survivor, Profile other, Profile linked) {
        final List<Event> events = linked.history().events();
        assertThat(isSubsequence(survivor, events) && isSubsequence(other, events))
                .as("each one's events keep their order, seed=%d", seed)
                .isTrue();
        final Set<String> seen = new HashSet<>();
        assertThat(events).as("seed=%d", seed).allMatch(event -> event.id() == null || seen.add(event.id()));
        final Set<Event> all = new LinkedHashSet<>(survivor.history().events());
        other.history().events().stream()
                .filter(event -> event.id() == null
                        || survivor.history().events().stream()
                                .noneMatch(e -> event.id().equals(e.id())))
                .forEach(all::add);
        assertThat(events).as("seed=%d", seed).hasSize(Math.min(all.size(), ProfileLimits.EVENTS_MAX));
        final EventNeeds needs = new EventNeeds(catalog);
        all.removeAll(events);
        final boolean needlessKept = events.stream().anyMatch(event -> !needs.isNeeded(event, NOW));
        assertThat(all.stream().anyMatch(event -> needs.isNeeded(event, NOW)) && needlessKept)
                .as("a needed event went while a needless one stayed, seed=%d", seed)
                .isFalse();
    }

    /** Whether those of {@code profile}'s events that are in {@code events} stand there in their order. */
    private static boolean isSubsequence(Profile profile, List<Event> events) {
        int last = -1;
        for (final Event event : profile.history().events()) {
            final int place = events.indexOf(event);
            if (place >= 0 && place <= last) {
                return false;
            }
            last = Math.max(last, place);
        }
        return true;
    }

    private static Profile profile(Random random, int number) {
        final List<Identity> identities = new ArrayList<>();
        for (int i = random.nextInt(1, 22); i > 0; i--) {
            identities.add(new Identity(NAMESPACES[random.nextInt(NAMESPACES.length)], number + "-" + i));
        }
        final SortedMap<String, Object> attributes = new TreeMap<>();
        final SortedMap<String, Long> listed = new TreeMap<>();
        final SortedMap<String, Number> scores = new TreeMap<>();
        for (int i = random.nextInt(10); i > 0; i--) {
            attributes.put("a" + random.nextInt(12), random.nextBoolean() ? (Object) random.nextLong() : "text" + i);
            listed.put("s" + random.nextInt(12), random.nextBoolean() ? Times.NEVER : random.nextLong(2 * NOW));
            scores.put(
                    "o" + random.nextInt(12), random.nextBoolean() ? (Number) random.nextDouble() : random.nextInt());
        }
        return new Profile(
                identities,
                attributes,
                listed,
                scores,
                random.nextBoolean() ? null : new Consent(random.nextInt(1 << 24), "tcf" + number, null),
                history(random, number),
                number,
                random.nextLong(NOW),
                2L * random.nextInt(5) + number,
                number);
    }

    private static EventHistory history(Random random, int number) {
        final List<Event> events = new ArrayList<>();
        final boolean crowded = random.nextBoolean();
        for (int i = random.nextInt(crowded ? ProfileLimits.EVENTS_MAX + 1 : 10); i > 0; i--) {
            final String id = random.nextInt(3) == 0 ? "shared" + i : number + "-" + i;
            events.add(new Event(
                    id,
                    TYPES[random.nextInt(TYPES.length)],
                    "o1",
                    null,
                    NOW - 2 * HOUR + random.nextLong(3 * HOUR),
                    "o1",
                    null,
                    Map.of("number", (long) number)));
        }
        final SortedMap<String, Long> lastConverts = new TreeMap<>();
        for (int i = random.nextInt(crowded ? ProfileLimits.CONVERTED_PRODUCTS_MAX : 10); i > 0; i--) {
            lastConverts.put("p" + random.nextInt(100), random.nextLong(NOW));
        }
        final Set<Long> ids = new LinkedHashSet<>();
        for (int i = random.nextInt(ProfileLimits.EVENT_IDS_REMEMBERED + 1); i > 0; i--) {
            ids.add((long) random.nextInt(100));
        }
        return new EventHistory(events, lastConverts, List.copyOf(ids));
    }
}
