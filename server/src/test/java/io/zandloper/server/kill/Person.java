package io.zandloper.server.kill;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Somebody with two identities, which are at times two profiles and at times one, as a writer knows them: the state that
 * the server acknowledged, and the one it was asked for and has not acknowledged. One thread at a time.
 */
final class Person {
    final String main;
    final String side;
    State acknowledged = State.NOBODY;

    @Nullable
    State asked;

    /** What all persons have in common of whom the same one change was asked; null where it was of this one alone. */
    @Nullable
    Object together;

    int events;

    Person(int number) {
        main = "crm:" + number;
        side = "side:" + number;
    }

    /** What is stored of one profile. */
    record Doc(
            SortedSet<String> identities,
            SortedMap<String, Object> attributes,
            SortedMap<String, String> segments,
            SortedSet<String> events) {
        static final Doc EMPTY = new Doc(
                Collections.emptySortedSet(),
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                Collections.emptySortedSet());

        Doc {
            identities = new TreeSet<>(identities);
            attributes = new TreeMap<>(attributes);
            segments = new TreeMap<>(segments);
            events = new TreeSet<>(events);
        }

        Doc withIdentity(String identity) {
            final SortedSet<String> more = new TreeSet<>(identities);
            more.add(identity);
            return new Doc(more, attributes, segments, events);
        }

        Doc withoutIdentity(String identity) {
            final SortedSet<String> fewer = new TreeSet<>(identities);
            fewer.remove(identity);
            return new Doc(fewer, attributes, segments, events);
        }

        Doc withSegment(String segment) {
            return merged(Map.of(), Map.of(segment, ""));
        }

        Doc withoutSegment(String segment) {
            final SortedMap<String, String> fewer = new TreeMap<>(segments);
            fewer.remove(segment);
            return new Doc(identities, attributes, fewer, events);
        }

        Doc withEvent(String event) {
            final SortedSet<String> more = new TreeSet<>(events);
            more.add(event);
            return new Doc(identities, attributes, segments, more);
        }

        /** With attributes merged, and segments added. */
        Doc merged(Map<String, Object> newAttributes, Map<String, String> newSegments) {
            final SortedMap<String, Object> all = new TreeMap<>(attributes);
            all.putAll(newAttributes);
            final SortedMap<String, String> member = new TreeMap<>(segments);
            member.putAll(newSegments);
            return new Doc(identities, all, member, events);
        }

        /** With attributes and segments replaced. */
        Doc replaced(Map<String, Object> newAttributes, Map<String, String> newSegments) {
            return new Doc(identities, new TreeMap<>(newAttributes), new TreeMap<>(newSegments), events);
        }

        /** One profile of this, which survives, and another. */
        Doc linked(Doc other) {
            final SortedSet<String> allIdentities = new TreeSet<>(identities);
            allIdentities.addAll(other.identities);
            final SortedMap<String, Object> allAttributes = new TreeMap<>(other.attributes);
            allAttributes.putAll(attributes);
            final SortedMap<String, String> allSegments = new TreeMap<>(segments);
            other.segments.forEach((segment, expires) -> allSegments.merge(segment, expires, Doc::later));
            final SortedSet<String> allEvents = new TreeSet<>(events);
            allEvents.addAll(other.events);
            return new Doc(allIdentities, allAttributes, allSegments, allEvents);
        }

        /** Times of one spelling; none is the latest. */
        private static String later(String a, String b) {
            if (a.isEmpty() || b.isEmpty()) {
                return "";
            }
            return a.compareTo(b) >= 0 ? a : b;
        }
    }

    /** @param side null also where the second identity is the first one's */
    record State(@Nullable Doc main, @Nullable Doc side) {
        static final State NOBODY = new State(null, null);

        boolean isLinked(Person person) {
            return main != null && main.identities().contains(person.side);
        }

        /** What the second identity leads to. */
        @Nullable
        Doc bySide(Person person) {
            return isLinked(person) ? main : side;
        }
    }

    /** Over all attributes that a write replaces together, so that a half one would be seen. */
    static String checksum(Map<String, Object> attributes) {
        final CRC32C crc = new CRC32C();
        for (final String name : new String[] {"n", "a", "b", "tags"}) {
            final byte[] text = (name + "=" + attributes.get(name) + ";").getBytes(StandardCharsets.UTF_8);
            crc.update(text, 0, text.length);
        }
        return Long.toHexString(crc.getValue());
    }
}
