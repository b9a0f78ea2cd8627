package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the storage is to hold, in plain maps: the reference of the simulation. Immutable; it knows of every change what
 * its content is to be, and nothing of sequences, rows, files or time but for how long an erasure keeps others away.
 */
record PeopleModel(
        Map<Identity, Person> owners,
        Map<Identity, Long> erasedAt,
        String catalogSource,
        List<String> listed,
        int born) {
    private static final long EXPIRED_KEPT_MICROS = 30L * 24 * 60 * 60 * 1_000_000;

    /**
     * Somebody.
     *
     * @param born the lower, the earlier
     * @param eventIds known, so that none of them is counted again
     * @param eventTypes of the events kept
     */
    record Person(
            int born,
            List<Identity> identities,
            Map<String, Object> attributes,
            Map<String, Long> segments,
            Set<String> eventIds,
            Set<String> eventTypes) {}

    /** What can be compared of somebody. */
    record Content(
            Identity primary,
            Set<Identity> identities,
            Map<String, Object> attributes,
            Map<String, Long> segments,
            Set<String> eventTypes) {}

    /** Its outcome: whether it is accepted (which it is, too, where nothing is to be changed), and what is then. */
    record Applied(PeopleModel model, boolean accepted) {}

    static final PeopleModel EMPTY = new PeopleModel(Map.of(), Map.of(), "", List.of(), 0);

    private static final Person NEW_PERSON = new Person(0, List.of(), Map.of(), Map.of(), Set.of(), Set.of());

    Applied apply(Change change, long nowMicros) {
        if (change instanceof UpsertProfile upsert) {
            return apply(upsert, nowMicros);
        }
        if (change instanceof RecordEvent event) {
            return apply(event, nowMicros);
        }
        if (change instanceof LinkProfiles link) {
            return apply(link);
        }
        if (change instanceof EraseProfile erase) {
            final Person gone = owners.get(erase.profile());
            return gone == null ? refused() : new Applied(without(gone, nowMicros), true);
        }
        if (change instanceof ReplaceCatalog replace) {
            final List<String> ids = replace.catalog().segments().stream()
                    .filter(segment -> !segment.isComputed())
                    .map(Catalog.Segment::id)
                    .toList();
            final String source = new String(replace.source(), StandardCharsets.UTF_8);
            return new Applied(new PeopleModel(owners, erasedAt, source, ids, born), true);
        }
        return new Applied(this, true); // of a tidying nobody hears
    }

    private Applied refused() {
        return new Applied(this, false);
    }

    private boolean isKeptAway(Identity identity, long nowMicros) {
        final Long at = erasedAt.get(identity);
        return !owners.containsKey(identity) && at != null && nowMicros - at < ErasureLedger.LATE_MICROS;
    }

    private Applied apply(UpsertProfile change, long nowMicros) {
        final Set<Identity> named = new LinkedHashSet<>();
        if (change.target() != null) {
            named.add(change.target());
        }
        named.addAll(change.identities().add());
        final Set<Person> meant = new HashSet<>();
        for (final Identity identity : named) {
            if (change.target() == null && isKeptAway(identity, nowMicros)) {
                return refused();
            }
            if (owners.containsKey(identity)) {
                meant.add(owners.get(identity));
            }
        }
        final Person target = change.target() == null ? null : owners.get(change.target());
        if (meant.size() > 1 || (change.target() != null && target == null && !meant.isEmpty())) {
            return refused();
        }
        if (!listed.containsAll(change.segments().add().keySet())
                || !listed.containsAll(change.segments().remove())) {
            return refused();
        }
        final Person before = meant.isEmpty() ? null : meant.iterator().next();
        final Person person = before == null ? NEW_PERSON : before;
        final List<Identity> identities = new ArrayList<>(person.identities());
        named.stream().filter(identity -> !identities.contains(identity)).forEach(identities::add);
        for (final Identity removed : change.identities().remove()) {
            if (identities.get(0).equals(removed)) {
                return refused();
            }
            identities.remove(removed);
        }
        final Map<String, Object> attributes = new TreeMap<>(person.attributes());
        change.attributes().values().forEach((name, value) -> {
            if (value == null) {
                attributes.remove(name);
            } else {
                attributes.put(name, value);
            }
        });
        final Map<String, Long> segments = new TreeMap<>(person.segments());
        segments.putAll(change.segments().add());
        change.segments().remove().forEach(segments::remove);
        return new Applied(
                with(
                        before,
                        new Person(
                                before == null ? born : before.born(),
                                identities,
                                attributes,
                                segments,
                                person.eventIds(),
                                person.eventTypes())),
                true);
    }

    private Applied apply(RecordEvent change, long nowMicros) {
        final Person before = owners.get(change.profile());
        if (before == null && isKeptAway(change.profile(), nowMicros)) {
            return refused();
        }
        final Person person = before == null ? NEW_PERSON : before;
        if (person.eventIds().contains(change.id())) {
            return new Applied(this, true);
        }
        final Set<String> ids = new TreeSet<>(person.eventIds());
        ids.add(change.id());
        final Set<String> types = new TreeSet<>(person.eventTypes());
        types.add(change.type());
        return new Applied(
                with(
                        before,
                        new Person(
                                before == null ? born : before.born(),
                                before == null ? List.of(change.profile()) : before.identities(),
                                person.attributes(),
                                person.segments(),
                                ids,
                                types)),
                true);
    }

    private Applied apply(LinkProfiles change) {
        final Person a = owners.get(change.a());
        final Person b = owners.get(change.b());
        if (a == null && b == null) {
            return refused();
        }
        if (a == null || b == null) {
            final Person known = a == null ? b : a;
            final List<Identity> identities = new ArrayList<>(known.identities());
            identities.add(a == null ? change.a() : change.b());
            return new Applied(
                    with(
                            known,
                            new Person(
                                    known.born(),
                                    identities,
                                    known.attributes(),
                                    known.segments(),
                                    known.eventIds(),
                                    known.eventTypes())),
                    true);
        }
        if (a.equals(b)) {
            return new Applied(this, true);
        }
        final Person survivor = a.born() < b.born() ? a : b;
        final Person other = survivor.equals(a) ? b : a;
        final List<Identity> identities = new ArrayList<>(survivor.identities());
        identities.addAll(other.identities());
        final Map<String, Object> attributes = new TreeMap<>(other.attributes());
        attributes.putAll(survivor.attributes());
        final Map<String, Long> segments = new TreeMap<>(survivor.segments());
        other.segments().forEach((id, expires) -> segments.merge(id, expires, Math::max));
        final Set<String> ids = new TreeSet<>(survivor.eventIds());
        ids.addAll(other.eventIds());
        final Set<String> types = new TreeSet<>(survivor.eventTypes());
        types.addAll(other.eventTypes());
        return new Applied(
                with(survivor, new Person(survivor.born(), identities, attributes, segments, ids, types)), true);
    }

    /** The members of a segment become those whom these identities name; an expired membership is none, and stays. */
    Applied replaceMembers(String segment, long expiresMicros, List<Identity> members, long nowMicros) {
        if (!listed.contains(segment)) {
            return refused();
        }
        final Set<Person> named = new HashSet<>();
        members.stream().filter(owners::containsKey).map(owners::get).forEach(named::add);
        PeopleModel model = this;
        for (final Person person : new HashSet<>(owners.values())) {
            final Map<String, Long> segments = new TreeMap<>(person.segments());
            if (named.contains(person)) {
                segments.put(segment, expiresMicros);
            } else if (segments.getOrDefault(segment, Times.NEVER) > nowMicros) {
                segments.remove(segment);
            }
            model = model.with(
                    person,
                    new Person(
                            person.born(),
                            person.identities(),
                            person.attributes(),
                            segments,
                            person.eventIds(),
                            person.eventTypes()));
        }
        return new Applied(model, true);
    }

    private PeopleModel with(@Nullable Person before, Person after) {
        final Map<Identity, Person> changed = new HashMap<>(owners);
        if (before != null) {
            before.identities().forEach(changed::remove);
        }
        after.identities().forEach(identity -> changed.put(identity, after));
        return new PeopleModel(changed, erasedAt, catalogSource, listed, before == null ? born + 1 : born);
    }

    private PeopleModel without(Person gone, long nowMicros) {
        final Map<Identity, Person> changed = new HashMap<>(owners);
        final Map<Identity, Long> erased = new HashMap<>(erasedAt);
        gone.identities().forEach(changed::remove);
        gone.identities().forEach(identity -> erased.put(identity, nowMicros));
        return new PeopleModel(changed, erased, catalogSource, listed, born);
    }

    /** Everybody by primary identity, as it can be compared. */
    Map<Identity, Content> content(long nowMicros) {
        final Map<Identity, Content> content = new HashMap<>();
        for (final Person person : owners.values()) {
            final Identity primary = person.identities().get(0);
            content.put(
                    primary,
                    new Content(
                            primary,
                            Set.copyOf(person.identities()),
                            person.attributes(),
                            kept(person.segments(), nowMicros),
                            person.eventTypes()));
        }
        return content;
    }

    /** The same of somebody who is stored. */
    static Content content(Profile profile, long nowMicros) {
        final Set<String> types = new TreeSet<>();
        profile.history().events().stream().map(Event::type).forEach(types::add);
        return new Content(
                profile.primary(),
                Set.copyOf(profile.identities()),
                profile.attributes(),
                kept(profile.listed(), nowMicros),
                types);
    }

    /** Without memberships that may have been tidied away. */
    private static Map<String, Long> kept(Map<String, Long> segments, long nowMicros) {
        final Map<String, Long> kept = new TreeMap<>(segments);
        kept.values().removeIf(expires -> expires <= nowMicros - EXPIRED_KEPT_MICROS);
        return kept;
    }
}
