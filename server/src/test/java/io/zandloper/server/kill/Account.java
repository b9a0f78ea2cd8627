package io.zandloper.server.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.StoredProfile;
import io.zandloper.server.ServerProcess;
import io.zandloper.server.kill.Person.Doc;
import io.zandloper.server.kill.Person.State;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares what a server has after its start with what its writers were told. One thread at a time. */
final class Account {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> lost = new ArrayList<>();
    private final List<String> half = new ArrayList<>();
    /** Whether what was asked of several persons at once is there, by what they have in common. */
    private final IdentityHashMap<Object, Boolean> together = new IdentityHashMap<>();

    /** Persons of whom something that was acknowledged is not there. */
    List<String> lost() {
        return lost;
    }

    /** Records, lists or catalogs that no write made. */
    List<String> half() {
        return half;
    }

    /** Settles what was asked for and not acknowledged: it is there or it is not. */
    void check(ServerProcess server, BlockingClient binary, List<Person> persons, CatalogWriter catalogs)
            throws IOException, InterruptedException {
        final int limit = checkCatalog(server, catalogs);
        for (final Person person : persons) {
            check(server, binary, person, limit);
        }
    }

    private int checkCatalog(ServerProcess server, CatalogWriter catalogs) throws IOException, InterruptedException {
        final String source = server.get("/v1/catalog").body();
        for (final int limit : catalogs.possible()) {
            if (catalogs.is(limit, source)) {
                catalogs.settle(limit);
                return limit;
            }
        }
        lost.add("the catalog is neither the acknowledged one nor the one asked for: " + source);
        return catalogs.possible()[0];
    }

    private void check(ServerProcess server, BlockingClient binary, Person person, int limit)
            throws IOException, InterruptedException {
        final Doc main = read(server, binary, person.main, limit);
        final Doc bySide = read(server, binary, person.side, limit);
        final State asked = person.asked;
        final boolean isThere = asked != null && matches(person, asked, main, bySide);
        if (asked != null && person.together != null && !asked.equals(person.acknowledged)) {
            final Boolean ofOthers = together.putIfAbsent(person.together, isThere);
            if (ofOthers != null && ofOthers != isThere) {
                half.add(person.main + ": a list was replaced in part: " + person.acknowledged + " or " + asked);
            }
        }
        if (isThere) {
            person.acknowledged = Objects.requireNonNull(asked);
        } else if (!matches(person, person.acknowledged, main, bySide)) {
            lost.add(person.main + " should be " + person.acknowledged + (asked == null ? "" : " or " + asked)
                    + " and is " + main + "; " + person.side + " is " + bySide);
        }
        person.asked = null;
        person.together = null;
    }

    private static boolean matches(Person person, State state, @Nullable Doc main, @Nullable Doc bySide) {
        return Objects.equals(state.main(), main) && Objects.equals(state.bySide(person), bySide);
    }

    /** Over both ports, with everything in it, which must agree with itself. */
    private @Nullable Doc read(ServerProcess server, BlockingClient binary, String identity, int limit)
            throws IOException, InterruptedException {
        final HttpResponse<String> response = server.get(PersonWriter.path(identity) + "/export");
        final Optional<StoredProfile> stored = binary.profile(identity);
        if (response.statusCode() == 404) {
            if (stored.isPresent()) {
                half.add(identity + " is known to the binary port alone");
            }
            return null;
        }
        final JsonNode export = JSON.readTree(response.body());
        final TreeMap<String, Object> attributes = new TreeMap<>();
        export.path("attributes")
                .properties()
                .forEach(attribute -> attributes.put(attribute.getKey(), value(attribute.getValue())));
        final TreeMap<String, String> segments = new TreeMap<>();
        for (final JsonNode segment : export.path("segments")) {
            segments.put(
                    segment.isTextual() ? segment.asText() : segment.path("id").asText(),
                    segment.path("expires").asText());
        }
        final TreeSet<String> identities = new TreeSet<>();
        export.path("identities").forEach(each -> identities.add(each.asText()));
        final TreeSet<String> events = new TreeSet<>();
        export.path("events").forEach(event -> events.add(event.path("id").asText()));
        if (!Person.checksum(attributes).equals(attributes.get("sum"))
                || stored.isEmpty()
                || !new TreeMap<>(stored.get().attributes()).equals(attributes)
                || !isComputed(export, attributes, limit)) {
            half.add(identity + " does not agree with itself: " + response.body() + " over binary " + stored);
        }
        return new Doc(identities, attributes, segments, events);
    }

    /** The segment that the catalog computes is there if and only if its rule holds. */
    private static boolean isComputed(JsonNode export, Map<String, Object> attributes, int limit) {
        final boolean low = (Long) attributes.get("n") < limit;
        return export.path("computed").toString().equals(low ? "[\"low\"]" : "[]");
    }

    private static Object value(JsonNode value) {
        if (value.isArray()) {
            final List<String> list = new ArrayList<>();
            value.forEach(element -> list.add(element.asText()));
            return list;
        }
        return value.isIntegralNumber() ? (Object) value.asLong() : value.asText();
    }
}
