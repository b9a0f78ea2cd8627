package io.zandloper.server.realinput;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Requests for decisions, drawn from a seed: three of the four placements, any context, some at another time. */
final class Requests {
    private static final List<String> PLACEMENTS = List.of("web-hero", "web-list", "email", "call-script");
    private static final int PLACEMENTS_EACH = 3;

    private final Random random;
    private final Instant now;
    private final List<String> offers;

    Requests(long seed, Instant now, List<String> offers) {
        this.random = new Random(seed);
        this.now = now;
        this.offers = offers;
    }

    /** @param identity null for an anonymous visitor */
    DecisionRequest draw(String identity) {
        final List<String> ids = new ArrayList<>(PLACEMENTS);
        Collections.shuffle(ids, random);
        final Map<String, Integer> placements = new LinkedHashMap<>();
        ids.subList(0, PLACEMENTS_EACH)
                .forEach(id -> placements.put(id, random.nextInt(3) == 0 ? 1 + random.nextInt(6) : null));
        final Set<String> exclude =
                random.nextInt(4) == 0 ? Set.of(offers.get(random.nextInt(offers.size()))) : Set.of();
        return new DecisionRequest(identity, placements, context(), time(), exclude);
    }

    private Map<String, Object> context() {
        final Map<String, Object> context = new HashMap<>();
        maybe(context, "channel", "web", "email", "call");
        maybe(context, "device", "mobile", "desktop");
        maybe(context, "page", "savings", "loans", "complaints", "home");
        if (random.nextBoolean()) {
            context.put("hour", (long) random.nextInt(24));
        }
        return context;
    }

    private void maybe(Map<String, Object> context, String name, String... values) {
        final int chosen = random.nextInt(values.length + 1);
        if (chosen < values.length) {
            context.put(name, values[chosen]);
        }
    }

    /** Half of them now, the others up to 25 days to either side. */
    private Instant time() {
        return random.nextBoolean() ? null : now.plus(Duration.ofSeconds(random.nextLong(-25 * 86_400L, 25 * 86_400L)));
    }

    static String render(DecisionRequest request, ObjectMapper json) {
        final ObjectNode body = json.createObjectNode();
        if (request.identity() != null) {
            body.put("profile", request.identity());
        }
        final ArrayNode placements = body.putArray("placements");
        request.placements().forEach((id, count) -> {
            final ObjectNode placement = placements.addObject().put("id", id);
            if (count != null) {
                placement.put("count", count);
            }
        });
        body.set("context", json.valueToTree(request.context()));
        if (request.at() != null) {
            body.put("at", request.at().toString());
        }
        if (!request.exclude().isEmpty()) {
            request.exclude().forEach(body.putArray("exclude")::add);
        }
        return body.put("explain", true).toString();
    }
}
