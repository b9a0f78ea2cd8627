package io.zandloper.loadtest.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be said of a catalog without the server: the contract's section 3, rule by rule. */
final class CatalogFileTest {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");
    private static final Pattern MEMBER = Pattern.compile("'([^']*)' in segments");

    @ParameterizedTest(name = "offers={0} segments={1} seed={2}")
    @CsvSource({"0,0,1", "1,0,1", "0,1,1", "9,6,2", "9,7,2", "200,64,1", "1000,1024,3", "3000,4096,4"})
    void isValid(int offerCount, int segmentCount, long seed) throws IOException {
        final JsonNode catalog =
                new ObjectMapper().readTree(DataSetTest.catalog(new DataSet(1, offerCount, segmentCount, seed)));
        assertThat(names(catalog)).containsExactlyInAnyOrder("segments", "offers", "placements", "policies");

        final Set<String> segments = new HashSet<>();
        for (final JsonNode segment : catalog.get("segments")) {
            assertThat(names(segment)).isSubsetOf("id", "name", "purposes", "rule");
            // Only earlier ones: rules without a cycle.
            assertThat(segments).containsAll(members(segment.path("rule").asText()));
            checkId(segment, segments);
            checkPurposes(segment);
        }
        assertThat(segments).hasSize(segmentCount);

        final Set<String> placements = new HashSet<>();
        catalog.get("placements").forEach(p -> checkId(p, placements));
        assertThat(placements).containsExactlyInAnyOrder("web-hero", "web-list", "email", "call-script");

        final Set<String> offers = new HashSet<>();
        for (final JsonNode offer : catalog.get("offers")) {
            checkId(offer, offers);
            checkOffer(offer, segments, placements);
        }
        assertThat(offers).hasSize(offerCount);
        for (final JsonNode placement : catalog.get("placements")) {
            placement.path("fallback").forEach(f -> assertThat(offers).contains(f.textValue()));
        }
        catalog.get("policies").path("caps").forEach(CatalogFileTest::checkCap);
    }

    @Test
    void aLargerCatalogBeginsWithTheSmallerOne() {
        final DataSet small = new DataSet(1, 10, 30, 9);
        final DataSet large = new DataSet(1, 100, 300, 9);
        assertThat(large.segmentIds().subList(0, 30)).isEqualTo(small.segmentIds());
    }

    private static void checkOffer(JsonNode offer, Set<String> segments, Set<String> placements) {
        assertThat(names(offer))
                .isSubsetOf(
                        "id",
                        "name",
                        "group",
                        "product",
                        "enabled",
                        "start",
                        "end",
                        "placements",
                        "purposes",
                        "eligibility",
                        "applicability",
                        "suitability",
                        "propensity",
                        "value",
                        "lever",
                        "contextWeights",
                        "mandatory",
                        "tier",
                        "caps",
                        "suppress",
                        "suppressAfterConversion",
                        "payload");
        assertThat(ID.matcher(offer.path("group").textValue()).matches()).isTrue();
        checkPurposes(offer);
        offer.path("placements").forEach(p -> assertThat(placements).contains(p.textValue()));
        for (final String field : new String[] {"eligibility", "applicability", "suitability"}) {
            assertThat(segments).containsAll(members(offer.path(field).asText()));
            assertThat(offer.path(field).asText().length()).isLessThan(4_096);
        }
        assertThat(offer.path("propensity").doubleValue()).isBetween(0.0, 1.0);
        assertThat(offer.path("value").doubleValue()).isNotNegative();
        offer.path("caps").forEach(CatalogFileTest::checkCap);
        for (final JsonNode rule : offer.path("suppress")) {
            assertThat(rule.get("count").intValue()).isBetween(1, 32);
            assertThat(Duration.parse(rule.get("within").textValue())).isPositive();
            assertThat(Duration.parse(rule.get("pause").textValue())).isPositive();
        }
        if (offer.has("start")) {
            assertThat(Instant.parse(offer.get("start").textValue()))
                    .isBefore(offer.get("end").textValue());
        }
    }

    private static void checkCap(JsonNode cap) {
        assertThat(cap.get("scope").textValue()).isIn("offer", "group", "channel", "global");
        assertThat(cap.get("max").intValue()).isBetween(1, 32);
        assertThat(Duration.parse(cap.get("window").textValue())).isPositive();
    }

    private static void checkId(JsonNode node, Set<String> known) {
        final String id = node.get("id").textValue();
        assertThat(ID.matcher(id).matches()).as(id).isTrue();
        assertThat(known.add(id)).as(id).isTrue();
    }

    private static void checkPurposes(JsonNode node) {
        node.path("purposes").forEach(p -> assertThat(p.intValue()).isBetween(1, 24));
    }

    private static Set<String> members(String expression) {
        final Set<String> members = new TreeSet<>();
        final Matcher matcher = MEMBER.matcher(expression);
        while (matcher.find()) {
            members.add(matcher.group(1));
        }
        return members;
    }

    private static Set<String> names(JsonNode node) {
        final Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
