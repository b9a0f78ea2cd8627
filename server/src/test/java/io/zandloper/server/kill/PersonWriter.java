package io.zandloper.server.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.protocol.client.BlockingClient;
import io.zandloper.protocol.client.CallTimeoutException;
import io.zandloper.protocol.client.ConnectionLostException;
import io.zandloper.protocol.client.ProfileChange;
import io.zandloper.protocol.client.ProfileEvent;
import io.zandloper.server.ServerProcess;
import io.zandloper.server.kill.Person.Doc;
import io.zandloper.server.kill.Person.State;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes to persons of its own, one call at a time, over HTTP or the binary protocol as chance has it, and keeps account
 * of what was acknowledged, until the server is gone. For one thread.
 */
final class PersonWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int EVENTS_MAX = 100;
    private static final int BULK_LINES_MAX = 6;
    private static final int LIST_LINES_MAX = 12;

    private final List<Person> persons;
    /** A segment whose members are set by lists alone, and that no other writer knows. */
    private final String list;

    private final ServerProcess server;
    private final BlockingClient binary;
    private final SplittableRandom random;
    private long acknowledged;
    private long lastSequence;
    private @Nullable AssertionError refused;

    PersonWriter(
            List<Person> persons, String list, ServerProcess server, BlockingClient binary, SplittableRandom random) {
        this.persons = persons;
        this.list = list;
        this.server = server;
        this.binary = binary;
        this.random = random;
    }

    /** One call that changes one person; gives the sequence it was acknowledged with. */
    private interface Call {
        long send() throws IOException, InterruptedException;
    }

    /** Until the server is gone. */
    void run() {
        try {
            while (true) {
                switch (random.nextInt(24)) {
                    case 0, 1 -> bulk();
                    case 2 -> changeList(random.nextBoolean());
                    case 3 -> replaceList();
                    default -> writeOne(persons.get(random.nextInt(persons.size())));
                }
            }
        } catch (IOException | ConnectionLostException | CallTimeoutException e) {
            // Killed. What was asked for and not acknowledged may be there or not.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AssertionError e) {
            refused = e;
        }
    }

    /** Writes that the server acknowledged. */
    long acknowledged() {
        return acknowledged;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** Why a valid write was refused; null where none was. */
    @Nullable
    AssertionError refused() {
        return refused;
    }

    private void writeOne(Person person) throws IOException, InterruptedException {
        final State state = person.acknowledged;
        final Doc main = state.main();
        final Doc side = state.side();
        switch (random.nextInt(10)) {
            case 0, 1 -> put(person, person.main, state);
            case 2, 3 -> patch(person, state);
            case 4 -> {
                if (state.isLinked(person)) {
                    detach(person, state);
                } else {
                    put(person, person.side, state);
                }
            }
            case 5 -> {
                if (main != null && main.events().size() < EVENTS_MAX) {
                    event(person, person.main, new State(main.withEvent(nextEvent(person)), side));
                }
            }
            case 6 -> {
                if (side != null && side.events().size() < EVENTS_MAX) {
                    event(person, person.side, new State(main, side.withEvent(nextEvent(person))));
                }
            }
            case 7, 8 -> {
                if (!state.isLinked(person) && main != null) {
                    link(person, main, side);
                }
            }
            default -> {
                if (main != null && random.nextInt(3) == 0) {
                    erase(person, new State(null, side));
                }
            }
        }
    }

    private void put(Person person, String identity, State state) throws IOException, InterruptedException {
        final boolean toMain = identity.equals(person.main);
        final Map<String, Object> attributes = attributes(toMain);
        final Map<String, String> segments = segments();
        final Doc before = toMain ? state.main() : state.side();
        final Doc after = (before == null ? Doc.EMPTY.withIdentity(identity) : before).replaced(attributes, segments);
        final State asked = toMain ? new State(after, state.side()) : new State(state.main(), after);
        if (random.nextBoolean()) {
            final ProfileChange change = ProfileChange.replace(identity);
            attributes.forEach(change::attribute);
            segments.forEach((segment, expires) -> add(change, segment, expires));
            call(person, asked, () -> binary.upsert(change).sequence());
        } else {
            call(person, asked, () -> http("PUT", path(identity), document(attributes, segments)));
        }
    }

    private void patch(Person person, State state) throws IOException, InterruptedException {
        final Map<String, Object> attributes = attributes(true);
        final Map<String, String> segments = segments();
        final Doc before = state.main() == null ? Doc.EMPTY.withIdentity(person.main) : state.main();
        final State asked = new State(before.merged(attributes, segments), state.side());
        if (random.nextBoolean()) {
            final ProfileChange change = ProfileChange.merge(person.main);
            attributes.forEach(change::attribute);
            segments.forEach((segment, expires) -> add(change, segment, expires));
            call(person, asked, () -> binary.upsert(change).sequence());
        } else {
            final Map<String, Object> document = new LinkedHashMap<>();
            document.put("attributes", attributes);
            document.put("segments", Map.of("add", memberships(segments)));
            call(person, asked, () -> http("PATCH", path(person.main), document));
        }
    }

    private void detach(Person person, State state) throws IOException, InterruptedException {
        final Doc main = Objects.requireNonNull(state.main());
        final State asked = new State(main.withoutIdentity(person.side), null);
        call(
                person,
                asked,
                () -> http("PATCH", path(person.main), Map.of("identities", Map.of("remove", List.of(person.side)))));
    }

    private String nextEvent(Person person) {
        return "e" + person.events++;
    }

    private void event(Person person, String identity, State asked) throws IOException, InterruptedException {
        final String id = "e" + (person.events - 1);
        if (random.nextBoolean()) {
            call(
                    person,
                    asked,
                    () -> binary.record(ProfileEvent.of(identity, "click").id(id))
                            .sequence());
        } else {
            call(
                    person,
                    asked,
                    () -> http("POST", "/v1/events", Map.of("profile", identity, "type", "click", "id", id)));
        }
    }

    private void link(Person person, Doc main, @Nullable Doc side) throws IOException, InterruptedException {
        final State asked = new State(side == null ? main.withIdentity(person.side) : main.linked(side), null);
        final boolean mainFirst = random.nextBoolean();
        call(
                person,
                asked,
                () -> http(
                        "POST",
                        "/v1/identities/link",
                        Map.of(
                                "a", mainFirst ? person.main : person.side,
                                "b", mainFirst ? person.side : person.main)));
    }

    private void erase(Person person, State asked) throws IOException, InterruptedException {
        if (random.nextBoolean()) {
            call(
                    person,
                    asked,
                    () -> binary.erase(person.main)
                            .orElseThrow(() -> new AssertionError("unknown: " + person.main))
                            .sequence());
        } else {
            call(person, asked, () -> http("DELETE", path(person.main), null));
        }
    }

    /** Several persons in one body; a server that is killed may have taken some of the lines. */
    private void bulk() throws IOException, InterruptedException {
        final StringBuilder body = new StringBuilder();
        final List<Person> written = new ArrayList<>();
        for (int i = 0; i < BULK_LINES_MAX; i++) {
            final Person person = persons.get(random.nextInt(persons.size()));
            final Doc main = person.acknowledged.main();
            if (main == null || written.contains(person)) {
                continue;
            }
            final Map<String, Object> attributes = attributes(true);
            body.append(JSON.writeValueAsString(Map.of("id", person.main, "attributes", attributes)))
                    .append('\n');
            person.asked = new State(main.merged(attributes, Map.of()), person.acknowledged.side());
            written.add(person);
        }
        if (written.isEmpty()) {
            return;
        }
        final JsonNode answer = answer(server.send("POST", "/v1/bulk", "application/x-ndjson", body.toString()));
        if (answer.path("accepted").asInt() != written.size()) {
            throw new AssertionError("lines refused: " + answer);
        }
        written.forEach(PersonWriter::settle);
        acknowledged += written.size();
        lastSequence = Math.max(lastSequence, answer.path("sequence").asLong());
    }

    /** Several persons enter the list or leave it, each by a change of its own. */
    private void changeList(boolean add) throws IOException, InterruptedException {
        final List<Person> named = someOnce();
        for (final Person person : named) {
            final Doc main = Objects.requireNonNull(person.acknowledged.main());
            person.asked =
                    new State(add ? main.withSegment(list) : main.withoutSegment(list), person.acknowledged.side());
        }
        if (!named.isEmpty()) {
            sendList(add ? "add" : "remove", named, named);
        }
    }

    /** Those who are named are all who are on the list: one change of everybody. */
    private void replaceList() throws IOException, InterruptedException {
        final List<Person> named = someOnce();
        if (named.isEmpty()) {
            return;
        }
        final Object together = new Object();
        for (final Person person : persons) {
            final Doc main = person.acknowledged.main();
            if (main != null) {
                person.together = together;
                person.asked = new State(
                        named.contains(person) ? main.withSegment(list) : main.withoutSegment(list),
                        person.acknowledged.side());
            }
        }
        sendList("replace", named, persons.stream().filter(p -> p.asked != null).toList());
    }

    private List<Person> someOnce() {
        final List<Person> some = new ArrayList<>();
        for (int i = 0; i < LIST_LINES_MAX; i++) {
            final Person person = persons.get(random.nextInt(persons.size()));
            if (person.acknowledged.main() != null && !some.contains(person)) {
                some.add(person);
            }
        }
        return some;
    }

    /** @param changed all of whom something is asked */
    private void sendList(String mode, List<Person> named, List<Person> changed)
            throws IOException, InterruptedException {
        final StringBuilder body = new StringBuilder();
        for (final Person person : named) {
            final boolean bySide = person.acknowledged.isLinked(person) && random.nextBoolean();
            body.append(JSON.writeValueAsString(bySide ? person.side : person.main))
                    .append('\n');
        }
        final HttpResponse<String> response = server.send(
                "POST", "/v1/segments/" + list + "/members?mode=" + mode, "application/x-ndjson", body.toString());
        if (response.statusCode() == 429) { // others replace theirs; nothing was done
            changed.forEach(PersonWriter::giveUp);
            return;
        }
        final JsonNode answer = answer(response);
        if (answer.path("accepted").asInt() != named.size()) {
            throw new AssertionError("members refused: " + answer);
        }
        changed.forEach(PersonWriter::settle);
        acknowledged += mode.equals("replace") ? 1 : named.size();
        lastSequence = Math.max(lastSequence, answer.path("sequence").asLong());
    }

    private void call(Person person, State asked, Call call) throws IOException, InterruptedException {
        person.asked = asked;
        lastSequence = Math.max(lastSequence, call.send());
        settle(person);
        acknowledged++;
    }

    private static void settle(Person person) {
        person.acknowledged = Objects.requireNonNull(person.asked);
        giveUp(person);
    }

    private static void giveUp(Person person) {
        person.asked = null;
        person.together = null;
    }

    private long http(String method, String path, @Nullable Object body) throws IOException, InterruptedException {
        final String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
        final JsonNode answer =
                answer(server.send(method, path, type, body == null ? "" : JSON.writeValueAsString(body)));
        if (answer.path("rejected").asInt() > 0) {
            throw new AssertionError(method + " " + path + " was refused: " + answer);
        }
        return answer.path("sequence").asLong();
    }

    private static JsonNode answer(HttpResponse<String> response) throws IOException {
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(
                    response.request() + " was refused: " + response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    static String path(String identity) {
        return "/v1/profiles/" + identity;
    }

    private static Map<String, Object> document(Map<String, Object> attributes, Map<String, String> segments) {
        return Map.of("attributes", attributes, "segments", memberships(segments));
    }

    private static List<Object> memberships(Map<String, String> segments) {
        final List<Object> memberships = new ArrayList<>();
        segments.forEach((segment, expires) ->
                memberships.add(expires.isEmpty() ? segment : Map.of("id", segment, "expires", expires)));
        return memberships;
    }

    private static void add(ProfileChange change, String segment, String expires) {
        if (expires.isEmpty()) {
            change.addSegment(segment);
        } else {
            change.addSegment(segment, Instant.parse(expires).toEpochMilli() * 1_000);
        }
    }

    private Map<String, Object> attributes(boolean ofMain) {
        final Map<String, Object> attributes = new TreeMap<>();
        attributes.put("n", (long) random.nextInt(1_000));
        attributes.put("a", text());
        attributes.put("b", text());
        attributes.put("tags", List.of(text(), "x" + random.nextInt(10)));
        attributes.put("sum", Person.checksum(attributes));
        if (!ofMain) {
            attributes.put("side", (long) random.nextInt(1_000));
        }
        return attributes;
    }

    /** Mostly short, at times up to the longest there may be. */
    private String text() {
        final int length = random.nextInt(10) == 0 ? random.nextInt(4_000) : random.nextInt(60);
        final StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** Some for ever, some that end within seconds, before the next start or after it. */
    private Map<String, String> segments() {
        final Map<String, String> segments = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            final String expires = random.nextInt(3) > 0
                    ? ""
                    : Instant.ofEpochSecond(Instant.now().getEpochSecond() + 1 + random.nextInt(20))
                            .toString();
            segments.put("s" + random.nextInt(CatalogWriter.LISTED), expires);
        }
        return segments;
    }
}
