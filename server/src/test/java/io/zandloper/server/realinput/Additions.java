package io.zandloper.server.realinput;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.realinput.Customer.Event;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * What the real files lack: listed segments, scores, consent, further identities and events for some of the people,
 * drawn from a seed, kept with the {@link Customer} and written as files for {@code import}.
 */
final class Additions {
    private static final List<String> OWN_SEGMENTS = List.of(
            "work-retired",
            "work-student",
            "work-unemployed",
            "home-owner",
            "wealth-high",
            "likes-cars",
            "likes-thrift",
            "likes-pensions",
            "likes-houses",
            "likes-travel",
            "wants-phone-plan",
            "wants-debt-help",
            "wants-credit-card",
            "wants-home-insurance",
            "wants-mortgage",
            "wants-quick-money",
            "wants-study-money");
    private static final List<String> EVENT_TYPES =
            List.of("impression", "impression", "click", "reject", "convert", "contact");
    private static final List<String> CHANNELS = List.of("web", "email", "call");
    private static final int PURPOSE_MAX = 10;
    private static final int EVENTS_MAX = 14;
    private static final int EVENT_AGE_DAYS_MAX = 120;

    private final Random random;
    private final Instant now;
    private final List<String> offers;
    private final Map<String, String> productByOffer = new HashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    private int events;

    /** @param now events lie before it, by a time that is not near a whole number of days */
    Additions(long seed, Instant now, ObjectNode catalog) {
        this.random = new Random(seed);
        this.now = now;
        this.offers = new ArrayList<>();
        catalog.get("offers").forEach(offer -> {
            final String id = offer.get("id").textValue();
            offers.add(id);
            productByOffer.put(id, offer.path("product").asText(id));
        });
        // Events of an offer that has left the catalog still count where all events do.
        offers.add("last-years-card");
    }

    int events() {
        return events;
    }

    /** Draws additions for each of them, and writes those to two files. */
    void addTo(List<Customer> customers, Path profilesFile, Path eventsFile) throws IOException {
        try (BufferedWriter profiles = Files.newBufferedWriter(profilesFile);
                BufferedWriter eventLines = Files.newBufferedWriter(eventsFile)) {
            for (Customer customer : customers) {
                profiles.write(addTo(customer) + "\n");
                final List<ObjectNode> lines = addEvents(customer);
                // The order of arrival is none of the order of times.
                Collections.shuffle(lines, random);
                for (ObjectNode line : lines) {
                    eventLines.write(line + "\n");
                }
            }
        }
    }

    private ObjectNode addTo(Customer customer) {
        final ObjectNode line = json.createObjectNode();
        line.put("id", customer.id);
        addIdentity(customer, line);
        addSegments(customer, line);
        if (random.nextInt(3) == 0) {
            final ObjectNode scores = line.putObject("scores");
            for (int i = 0; i < 4; i++) {
                final String offer = offers.get(random.nextInt(offers.size()));
                // Now and then above 1, where it is clamped.
                final double score = random.nextDouble() * 1.2;
                customer.scores.put(offer, score);
                scores.put(offer, score);
            }
        }
        if (random.nextInt(5) < 2) {
            customer.purposes = new TreeSet<>();
            final ArrayNode purposes = line.putObject("consent").putArray("purposes");
            for (int purpose = 1; purpose <= PURPOSE_MAX; purpose++) {
                if (random.nextInt(3) > 0) {
                    customer.purposes.add(purpose);
                    purposes.add(purpose);
                }
            }
        }
        return line;
    }

    private void addIdentity(Customer customer, ObjectNode line) {
        if (random.nextInt(3) == 0) {
            final byte[] hash = new byte[32];
            random.nextBytes(hash);
            customer.aliases.add("email_sha256:" + HexFormat.of().formatHex(hash));
            line.putArray("identities").add(customer.id).add(customer.aliases.get(0));
        }
    }

    private void addSegments(Customer customer, ObjectNode line) {
        final TreeSet<String> drawn = new TreeSet<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            drawn.add(OWN_SEGMENTS.get(random.nextInt(OWN_SEGMENTS.size())));
        }
        if (customer.has("age")) {
            drawn.add(IabAudiences.segmentOf(ageNode(customer.number("age"))));
        }
        if (customer.has("gender")) {
            drawn.add(IabAudiences.segmentOf(customer.is("gender", "Female") ? 49 : 50));
        }
        // A node of purchase intent, which asks for consent.
        drawn.add(IabAudiences.segmentOf(753 + random.nextInt(100)));
        final ArrayNode segments = random.nextBoolean()
                ? line.putArray("segments")
                : line.putObject("segments").putArray("add");
        for (String segment : drawn) {
            Instant expires = Instant.MAX;
            if (random.nextInt(4) == 0) {
                expires = now.plus(Duration.ofDays(10));
                segments.addObject().put("id", segment).put("expires", expires.toString());
            } else {
                segments.add(segment);
            }
            customer.listed.put(segment, expires);
        }
    }

    /** The taxonomy's bands: 18–20, 21–24, then five years each up to 75 and older. */
    private static int ageNode(double age) {
        if (age < 21) {
            return 3;
        }
        return age < 25 ? 4 : 5 + (int) Math.min((age - 25) / 5, 10);
    }

    private List<ObjectNode> addEvents(Customer customer) {
        final List<ObjectNode> lines = new ArrayList<>();
        // Most people have met few offers, often.
        final List<String> met = new ArrayList<>(offers);
        Collections.shuffle(met, random);
        for (int i = random.nextInt(EVENTS_MAX); i > 0; i--) {
            final String offer = met.get(random.nextInt(3));
            final String channel = random.nextInt(4) == 0 ? null : CHANNELS.get(random.nextInt(CHANNELS.size()));
            final Event event = new Event(
                    customer.id + "-" + i,
                    EVENT_TYPES.get(random.nextInt(EVENT_TYPES.size())),
                    offer,
                    productByOffer.getOrDefault(offer, offer),
                    now.minus(age()),
                    channel);
            customer.events.add(event);
            lines.add(line(customer, event));
        }
        events += lines.size();
        return lines;
    }

    /** A third within the day, the others spread; always an hour or more away from a whole number of days. */
    private Duration age() {
        final int days = random.nextInt(3) == 0 ? 0 : random.nextInt(EVENT_AGE_DAYS_MAX);
        return Duration.ofDays(days).plusHours(1 + random.nextInt(22)).plusMillis(random.nextInt(3_600_000));
    }

    private ObjectNode line(Customer customer, Event event) {
        final ObjectNode line = json.createObjectNode();
        line.put("id", event.id())
                .put("profile", customer.aliases.isEmpty() ? customer.id : customer.aliases.get(0))
                .put("type", event.type())
                .put("offer", event.offer())
                .put("at", event.at().toString());
        if (event.channel() != null) {
            line.putObject("context").put("channel", event.channel());
        }
        return line;
    }
}
