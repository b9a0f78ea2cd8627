package io.zandloper.server.realinput;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A person as the files say, and what the test adds to them. Attributes are {@link Long}, {@link Double} or
 * {@link String}; a column the person does not have is absent.
 */
final class Customer {
    /** What a visitor is decided as whom nobody knows. */
    static final Customer NOBODY = new Customer(null, Map.of());

    /** The primary identity; null for {@link #NOBODY}. */
    final String id;

    final Map<String, Object> attributes;
    /** Listed segments and until when; {@link Instant#MAX} where they do not expire. */
    final Map<String, Instant> listed = new HashMap<>();

    final Map<String, Double> scores = new HashMap<>();
    final List<Event> events = new ArrayList<>();
    /** Further identities. */
    final List<String> aliases = new ArrayList<>();
    /** The purposes granted; null where nothing was said. */
    Set<Integer> purposes;

    Customer(String id, Map<String, Object> attributes) {
        this.id = id;
        this.attributes = attributes;
    }

    /** @param channel null where the event has no context */
    record Event(String id, String type, String offer, String product, Instant at, String channel) {
        /** Whether it lies in ({@code at} − {@code window}, {@code at}]. */
        boolean isWithin(Duration window, Instant at) {
            return this.at.isAfter(at.minus(window)) && !this.at.isAfter(at);
        }
    }

    boolean has(String attribute) {
        return attributes.containsKey(attribute);
    }

    /** The number, or NaN, which compares with nothing. */
    double number(String attribute) {
        return attributes.get(attribute) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    boolean is(String attribute, String text) {
        return text.equals(attributes.get(attribute));
    }

    boolean isOneOf(String attribute, String... texts) {
        return has(attribute) && List.of(texts).contains(attributes.get(attribute));
    }

    /** Whether the person has the attribute and it is another text; without it, an expression ends in an error. */
    boolean isOther(String attribute, String text) {
        return has(attribute) && !is(attribute, text);
    }
}
