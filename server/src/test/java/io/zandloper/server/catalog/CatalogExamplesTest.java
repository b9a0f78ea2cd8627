package io.zandloper.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledDecider;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.CompiledRequest;
import io.zandloper.server.decide.compiled.Explainer;
import io.zandloper.server.decide.compiled.HeapPerson;
import io.zandloper.server.json.DecisionReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompilation;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The examples of {@code deploy/catalog-reference.md} that say who comes and what is shown: their catalogs are valid, both
 * deciders decide as they say, and no field of a catalog is without one.
 */
final class CatalogExamplesTest {
    private static final String HEADER = "| the catalog says | who comes | is shown |";
    private static final long NOW = Times.parseTime("2026-11-15T12:00:00Z", "now");
    private static final String PLACEMENT = "web-hero";

    private static final Pattern TOKEN = Pattern.compile("`([^`]+)`|\\b(nothing)\\b");
    private static final Pattern EVENT = Pattern.compile("(\\w+) of ([\\w-]+)(?: in (\\w+))?, (P\\w+) ago");
    private static final Pattern REASON = Pattern.compile("([\\w-]+): ([A-Z_]+ .*)", Pattern.DOTALL);
    private static final Pattern IDENTITY = Pattern.compile("[a-z]+:\\w+");

    private final ObjectMapper json = new ObjectMapper();

    /** A row of a table, the catalog of the one above where it says the same. */
    record Example(String catalog, String comes, String shown) {
        @Override
        public String toString() {
            return comes + " -> " + shown;
        }
    }

    static Stream<Example> examples() throws IOException {
        final List<Example> examples = new ArrayList<>();
        final List<String> lines =
                Files.readAllLines(Path.of(System.getProperty("zandloper.root"), "deploy", "catalog-reference.md"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).equals(HEADER)) {
                for (int row = i + 2; lines.get(row).startsWith("|"); row++) {
                    final String[] cells = lines.get(row).split("(?<!\\\\)\\|", -1);
                    assertThat(cells).as(lines.get(row)).hasSize(5);
                    final String catalog = cells[1].strip().equals("the same")
                            ? examples.get(examples.size() - 1).catalog
                            : tokens(cells[1]).get(0);
                    examples.add(new Example(catalog, cells[2], cells[3]));
                }
            }
        }
        assertThat(examples).hasSizeGreaterThan(40);
        return examples.stream();
    }

    private static List<String> tokens(String cell) {
        final List<String> tokens = new ArrayList<>();
        final Matcher token = TOKEN.matcher(cell);
        while (token.find()) {
            tokens.add((token.group(1) == null ? token.group(2) : token.group(1)).replace("\\|", "|"));
        }
        return tokens;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isDecidedAsItSays(Example example) throws IOException {
        final Catalog catalog = catalog(example);
        final Visitor visitor = visitor(example, catalog);
        final Decision decision = PlainDecider.decide(visitor.request, visitor.stored, catalog, NOW);
        assertThat(compiled(visitor, catalog)).isEqualTo(decision);
        verify(example, decision);
    }

    private ObjectNode document(Example example) throws IOException {
        final ObjectNode document = (ObjectNode) json.readTree("{" + example.catalog + "}");
        if (!document.has("placements")) {
            document.putArray("placements").addObject().put("id", PLACEMENT);
        }
        return document;
    }

    private Catalog catalog(Example example) throws IOException {
        final CatalogCompilation compilation = CatalogReader.read(
                        document(example).toString().getBytes(StandardCharsets.UTF_8))
                .compile(Catalog.EMPTY);
        assertThat(compilation.errors()).isEmpty();
        assertThat(compilation.catalog()).isNotNull();
        return compilation.catalog();
    }

    /** @param stored who comes, where it is a stored profile */
    private record Visitor(DecisionRequest request, Profile stored) {}

    private Visitor visitor(Example example, Catalog catalog) throws IOException {
        final ObjectNode request = json.createObjectNode().put("explain", true);
        final ArrayNode placements = request.putArray("placements");
        final List<Event> events = new ArrayList<>();
        String identity = null;
        for (String token : tokens(example.comes)) {
            final Matcher event = EVENT.matcher(token);
            if (token.startsWith("{")) {
                request.set("profile", json.readTree(token));
            } else if (token.startsWith("at ")) {
                request.put("at", token.substring(3));
            } else if (token.startsWith("context ")) {
                request.set("context", json.readTree(token.substring(8)));
            } else if (token.startsWith("exclude ")) {
                request.putArray("exclude").add(token.substring(8));
            } else if (token.startsWith("placements ")) {
                for (String placement : token.substring(11).split(", ", -1)) {
                    final String[] idAndCount = placement.split(":", -1);
                    final ObjectNode asked = placements.addObject().put("id", idAndCount[0]);
                    if (idAndCount.length > 1) {
                        asked.put("count", Integer.valueOf(idAndCount[1]));
                    }
                }
            } else if (event.matches()) {
                events.add(event(event, catalog));
            } else {
                assertThat(token).matches(IDENTITY);
                identity = token;
            }
        }
        if (placements.isEmpty()) {
            placements.addObject().put("id", PLACEMENT);
        }
        if (identity != null) {
            request.put("profile", identity);
        }
        assertThat(identity != null || events.isEmpty())
                .as("only who is stored has events")
                .isTrue();
        final DecisionRequest read = DecisionReader.read(
                StrictJson.parseObject(request.toString().getBytes(StandardCharsets.UTF_8)), catalog, NOW);
        return new Visitor(read, identity == null ? null : stored(identity, events));
    }

    private static Event event(Matcher event, Catalog catalog) {
        final String offer = event.group(2);
        return new Event(
                null,
                event.group(1),
                offer,
                null,
                NOW - Times.parseDuration(event.group(4), "ago"),
                catalog.offer(offer) == null
                        ? offer
                        : catalog.offer(offer).document().product(),
                null,
                event.group(3) == null ? Map.of() : Map.of("channel", event.group(3)));
    }

    private static Profile stored(String identity, List<Event> events) {
        return new Profile(
                List.of(Identity.parse(identity, "id")),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                new EventHistory(events, new TreeMap<>(), List.of()),
                1,
                0,
                1,
                1);
    }

    private static Decision compiled(Visitor visitor, Catalog catalog) {
        final CompiledCatalog compiled = CompiledCatalog.of(catalog);
        final CompiledRequest request = new CompiledRequest();
        request.read(visitor.request, compiled, NOW);
        final Long at = visitor.request.atMicros();
        final Profile known = visitor.stored == null ? visitor.request.document() : visitor.stored;
        final HeapPerson person = known == null
                ? compiled.nobody()
                : HeapPerson.of(known, visitor.stored != null, compiled, at == null ? NOW : at);
        final CompiledDecision decision = new CompiledDecision(compiled);
        new CompiledDecider(compiled).decide(request, person, decision);
        return decision.toDecision(
                known == null || known.primary() == null
                        ? null
                        : known.primary().text(),
                visitor.request.explain() ? new Explainer(compiled).explain(request, person, decision) : null,
                catalog.version());
    }

    private void verify(Example example, Decision decision) throws IOException {
        final List<List<String>> shown = new ArrayList<>();
        final Map<String, List<String>> reasons = new LinkedHashMap<>();
        String payload = null;
        for (String token : tokens(example.shown)) {
            final Matcher reason = REASON.matcher(token);
            if (reason.matches()) {
                reasons.computeIfAbsent(reason.group(1), absent -> new ArrayList<>())
                        .add(reason.group(2));
            } else if (token.startsWith("{")) {
                payload = token;
            } else {
                shown.add(token.equals("nothing") ? List.of() : List.of(token.split(", ", -1)));
            }
        }
        final List<List<String>> decided = decision.placements().stream()
                .map(placement ->
                        placement.offers().stream().map(ChosenOffer::id).toList())
                .toList();
        assertThat(decided).as("%s", decision).isEqualTo(shown);
        final Map<String, List<String>> explained = new LinkedHashMap<>();
        decision.explanations().get(0).offers().forEach(offer -> {
            if (reasons.containsKey(offer.id())) {
                explained.put(
                        offer.id(),
                        offer.reasons().stream()
                                .map(reason -> reason.code() + " " + reason.detail())
                                .toList());
            }
        });
        assertThat(explained).isEqualTo(reasons);
        if (payload != null) {
            assertThat(decision.placements().get(0).offers().get(0).payload()).isEqualTo(payload);
        }
        if (example.shown.contains("as a fallback")) {
            assertThat(decision.placements().get(0).offers()).allMatch(ChosenOffer::isFallback);
        }
    }

    /** What a catalog may say stands in the API's description too. */
    @Test
    void noFieldIsWithoutOne() throws IOException {
        final Set<String> shown = new TreeSet<>();
        for (Example example : examples().toList()) {
            addFields("", document(example), shown);
        }
        final JsonNode schemas;
        try (InputStream openApi = CatalogReader.class.getResourceAsStream("/io/zandloper/server/http/openapi.json")) {
            schemas = json.readTree(openApi).at("/components/schemas");
        }
        final Set<String> described = new TreeSet<>();
        addDescribed("", schemas.get("Catalog"), schemas, described);
        assertThat(described).contains("offers.caps.max", "policies.holdout.salt", "segments.rule");
        assertThat(shown).isEqualTo(described);
    }

    private static void addFields(String path, JsonNode document, Set<String> into) {
        document.properties().forEach(field -> {
            final String name = path + field.getKey();
            into.add(name);
            if (name.equals("offers.payload")) {
                return;
            }
            if (field.getValue().isObject()) {
                addFields(name + ".", field.getValue(), into);
            } else {
                field.getValue().forEach(element -> addFields(name + ".", element, into));
            }
        });
    }

    private static void addDescribed(String path, JsonNode schema, JsonNode schemas, Set<String> into) {
        resolved(schema, schemas).path("properties").properties().forEach(field -> {
            into.add(path + field.getKey());
            final JsonNode value = resolved(field.getValue(), schemas);
            addDescribed(path + field.getKey() + ".", value, schemas, into);
            addDescribed(path + field.getKey() + ".", value.path("items"), schemas, into);
        });
    }

    private static JsonNode resolved(JsonNode schema, JsonNode schemas) {
        return schema.has("$ref")
                ? schemas.get(schema.get("$ref").textValue().replace("#/components/schemas/", ""))
                : schema;
    }
}
