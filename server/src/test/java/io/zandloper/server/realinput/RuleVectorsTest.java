package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.SharedData;
import io.zandloper.server.catalog.CatalogReader;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.server.decide.PlainDecider;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledDecider;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.CompiledRequest;
import io.zandloper.server.decide.compiled.HeapPerson;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The conformance cases of a feature-flag project: a flag is an offer, its strategies are a condition of ours, and the flag
 * is on exactly where the offer is shown. Every case runs by both deciders, with its facts as the request's context and as
 * the profile's attributes. What has no equivalent is listed with the reason in {@code rule-vectors-skipped.txt}.
 */
final class RuleVectorsTest {
    private static final int CASES = 279;
    private static final String SPECIFICATIONS = "rule-vectors/unleash/specifications";
    private static final String PLACEMENT = "everything";

    private final ObjectMapper json = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> casesWithAnEquivalent() throws IOException {
        final List<DynamicTest> tests = new ArrayList<>();
        for (Path file : files()) {
            final JsonNode specification = json.readTree(file.toFile());
            for (JsonNode aCase : specification.path("tests")) {
                if (reasonToSkip(specification, aCase) == null) {
                    tests.add(DynamicTest.dynamicTest(
                            file.getFileName() + ": "
                                    + aCase.path("description").textValue(),
                            () -> verify(specification, aCase)));
                }
            }
        }
        return tests.stream();
    }

    @Test
    void theOthersAreListedWithTheReason() throws IOException {
        int cases = 0;
        final Map<String, Map<String, List<Integer>>> skipped = new TreeMap<>();
        for (Path file : files()) {
            final JsonNode specification = json.readTree(file.toFile());
            for (String kind : List.of("tests", "variantTests")) {
                final ArrayNode ofKind = (ArrayNode) specification.withArray(kind);
                for (int i = 0; i < ofKind.size(); i++) {
                    final String reason = kind.equals("tests")
                            ? reasonToSkip(specification, ofKind.get(i))
                            : "a flag's variants are drawn by a hash of another kind; an offer has one payload";
                    if (reason != null) {
                        skipped.computeIfAbsent(file.getFileName() + " " + kind, absent -> new TreeMap<>())
                                .computeIfAbsent(reason, absent -> new ArrayList<>())
                                .add(i);
                    }
                    cases++;
                }
            }
        }
        assertThat(cases).isEqualTo(CASES);
        final List<String> lines = new ArrayList<>();
        skipped.forEach((file, reasons) -> reasons.forEach((reason, numbers) -> lines.add(
                file + " " + numbers.stream().map(String::valueOf).collect(Collectors.joining(",")) + ": " + reason)));
        final List<String> listed;
        try (var in = RuleVectorsTest.class.getResourceAsStream("rule-vectors-skipped.txt")) {
            listed = new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
        assertThat(String.join("\n", lines)).isEqualTo(String.join("\n", listed));
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(SharedData.require(SPECIFICATIONS))) {
            return files.filter(file ->
                            Character.isDigit(file.getFileName().toString().charAt(0)))
                    .sorted()
                    .toList();
        }
    }

    /** Null where the case has an equivalent. */
    private static String reasonToSkip(JsonNode specification, JsonNode aCase) {
        if (!specification.path("state").has("features")) {
            return "about how a service sends changes of its flags";
        }
        final JsonNode feature = feature(specification, aCase);
        if (feature == null) {
            return null;
        }
        if (!feature.path("dependencies").isEmpty()) {
            return "an offer does not depend on another one";
        }
        for (JsonNode strategy : feature.path("strategies")) {
            final String reason = FlagCondition.reasonToSkip(strategy);
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    /** Null where the case asks for a flag that does not exist. */
    private static JsonNode feature(JsonNode specification, JsonNode aCase) {
        for (JsonNode feature : specification.path("state").path("features")) {
            if (feature.get("name").equals(aCase.get("toggleName"))) {
                return feature;
            }
        }
        return null;
    }

    private void verify(JsonNode specification, JsonNode aCase) {
        final boolean expected = aCase.get("expectedResult").booleanValue();
        final Map<String, Object> facts = facts(aCase.get("context"));
        final JsonNode feature = feature(specification, aCase);
        for (String variable : List.of("context", "profile")) {
            final ObjectNode document = catalog(feature, variable);
            final Catalog catalog = CatalogReader.compile(document.toString().getBytes(UTF_8), Catalog.EMPTY);
            final boolean ofContext = variable.equals("context");
            final Profile visitor = visitor(ofContext ? Map.of() : facts);
            final DecisionRequest request = new DecisionRequest(
                    null,
                    visitor,
                    List.of(new PlacementRequest(PLACEMENT, null)),
                    ofContext ? facts : Map.of(),
                    false,
                    null,
                    Set.of());
            final Decision plain = PlainDecider.decide(request, null, catalog, 0);
            assertThat(isShown(plain)).as("%s", document).isEqualTo(expected);
            assertThat(compiled(request, visitor, catalog)).as("%s", document).isEqualTo(plain);
        }
    }

    private static boolean isShown(Decision decision) {
        return !decision.placements().get(0).offers().isEmpty();
    }

    private static Decision compiled(DecisionRequest request, Profile visitor, Catalog catalog) {
        final CompiledCatalog compiled = CompiledCatalog.of(catalog);
        final CompiledRequest compiledRequest = new CompiledRequest();
        compiledRequest.read(request, compiled, 0);
        final CompiledDecision decision = new CompiledDecision(compiled);
        new CompiledDecider(compiled).decide(compiledRequest, HeapPerson.of(visitor, false, compiled, 0), decision);
        return decision.toDecision(null, null, catalog.version());
    }

    private ObjectNode catalog(JsonNode feature, String variable) {
        final ObjectNode catalog = json.createObjectNode();
        catalog.putArray("placements").addObject().put("id", PLACEMENT);
        if (feature != null) {
            final ObjectNode offer = catalog.putArray("offers")
                    .addObject()
                    .put("id", "flag")
                    .put("enabled", feature.get("enabled").booleanValue());
            offer.set("name", feature.get("name"));
            final String condition = FlagCondition.of(feature.path("strategies"), variable);
            if (!condition.isEmpty()) {
                offer.put("eligibility", condition);
            }
        }
        return catalog;
    }

    private static Map<String, Object> facts(JsonNode context) {
        final Map<String, Object> facts = new TreeMap<>();
        context.properties().forEach(fact -> {
            if (fact.getKey().equals("properties")) {
                facts.putAll(facts(fact.getValue()));
            } else if (!fact.getValue().isNull()) {
                facts.put(fact.getKey(), fact.getValue().textValue());
            }
        });
        return facts;
    }

    private static Profile visitor(Map<String, Object> attributes) {
        return new Profile(
                List.of(),
                new TreeMap<>(attributes),
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                new EventHistory(List.of(), new TreeMap<>(), List.of()),
                1,
                0,
                1,
                1);
    }
}
