package io.zandloper.server.decide;

import static io.zandloper.server.decide.Fixture.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.Decision.Rejection;
import io.zandloper.server.decide.Decision.Status;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arbitration, order, filling, fallbacks and what is said about it. */
final class PlainDeciderTest {
    private static Fixture offers(String offers) {
        return placements("{\"id\":\"p\",\"count\":2}", offers);
    }

    private static Fixture placements(String placements, String offers) {
        return Fixture.of("{\"placements\":[" + placements + "],\"offers\":[" + offers + "]}");
    }

    private static Factors factors(Fixture fixture) {
        return fixture.decide().placements().get(0).offers().get(0).factors();
    }

    // --- arbitration

    @Test
    void priorityIsTheProductOfPropensityValueContextAndLever() {
        final Fixture fixture = offers("""
                {"id":"o","propensity":0.02,"value":120.0,"lever":2,
                 "contextWeights":[{"when":"context.device == 'mobile'","weight":25},{"when":"false","weight":1000},
                                   {"when":"context.nothing == 1","weight":1000},{"weight":-5}]}""").context("device", "mobile");
        assertThat(factors(fixture)).isEqualTo(new Factors(0.02 * 120.0 * 1.2 * 2, 0.02, 120, 1.2, 2));
    }

    @Test
    void theProductIsMadeFromTheLeft() {
        // ((0.1 * 3) * 1.1) * 3 differs from 0.1 * (3 * (1.1 * 3)) in its last bit.
        final Fixture fixture = offers(
                "{\"id\":\"o\",\"propensity\":0.1,\"value\":3,\"lever\":3," + "\"contextWeights\":[{\"weight\":10}]}");
        assertThat(factors(fixture).priority()).isEqualTo(((0.1 * 3) * 1.1) * 3).isNotEqualTo(0.1 * (3 * (1.1 * 3)));
    }

    @Test
    void weightsAreAddedInTheirOrder() {
        final Fixture fixture = offers("{\"id\":\"o\",\"contextWeights\":"
                + "[{\"weight\":0.1},{\"weight\":0.2},{\"weight\":0.3},{\"weight\":1e17},{\"weight\":-1e17}]}");
        assertThat(factors(fixture).contextWeight()).isEqualTo(1 + (((0.1 + 0.2) + 0.3 + 1e17) - 1e17) / 100);
    }

    @ParameterizedTest
    @CsvSource({
        // propensity, value, weight, lever -> P, V, C, L
        "0.5, 2, 0, 1, 0.5, 2, 1, 1",
        "1.5, 2, 0, 1, 1, 2, 1, 1",
        "0, 0, 0, 0, 0, 0, 1, 0",
        "1, 2, -250, 1, 1, 2, 0, 1",
        "1, 2, 900, 1, 1, 2, 10, 1",
        "1, 2, 901, 1, 1, 2, 10, 1",
        "1, 2, 0, 11, 1, 2, 1, 10",
    })
    void factorsAreClamped(
            double propensity,
            double value,
            double weight,
            double lever,
            double clampedPropensity,
            double clampedValue,
            double contextWeight,
            double clampedLever) {
        final Fixture fixture = offers("""
                {"id":"o","propensity":P,"value":V,"lever":L,"contextWeights":[{"weight":W}]}""".replace("P", "" + propensity)
                .replace("V", "" + value)
                .replace("L", "" + lever)
                .replace("W}", weight + "}"));
        assertThat(factors(fixture))
                .isEqualTo(new Factors(
                        clampedPropensity * clampedValue * contextWeight * clampedLever,
                        clampedPropensity,
                        clampedValue,
                        contextWeight,
                        clampedLever));
    }

    @Test
    void theProfilesScoreTakesThePlaceOfThePropensity() {
        final String offer = "{\"id\":\"o\",\"propensity\":0.5}";
        assertThat(factors(offers(offer).score("o", 0.031)).propensity()).isEqualTo(0.031);
        assertThat(factors(offers(offer).score("o", 0L)).propensity()).isZero();
        assertThat(factors(offers(offer).score("o", 7L)).propensity()).isEqualTo(1);
        assertThat(factors(offers(offer).score("o", -3.0)).propensity()).isZero();
        assertThat(factors(offers(offer).score("other", 0.9)).propensity()).isEqualTo(0.5);
    }

    // --- order

    @Test
    void mandatoryThenTierThenPriorityThenId() {
        final Fixture fixture = placements("{\"id\":\"p\",\"count\":100}", """
                {"id":"b","value":2},{"id":"a","value":2},{"id":"B","value":2},{"id":"a.1","value":2},
                {"id":"best","value":9},{"id":"tier4","value":0.1,"tier":4},{"id":"tier-1","tier":-1},
                {"id":"must","value":0,"tier":99,"mandatory":true},
                {"id":"must-too","value":1,"tier":99,"mandatory":true},
                {"id":"zero","value":-0.0},{"id":"yero","value":0}""");
        assertThat(fixture.offers())
                .containsExactly("must-too", "must", "tier-1", "tier4", "best", "B", "a", "a.1", "b", "yero", "zero");
    }

    // --- filling

    @Test
    void theRequestsCountElseThePlacementsElseOne() {
        final String offers = "{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}";
        assertThat(placements("{\"id\":\"p\"}", offers).offers()).containsExactly("a");
        assertThat(placements("{\"id\":\"p\",\"count\":2}", offers).offers()).containsExactly("a", "b");
        assertThat(placements("{\"id\":\"p\",\"count\":2}", offers)
                        .placement("p", 3)
                        .offers())
                .containsExactly("a", "b", "c");
        assertThat(placements("{\"id\":\"p\",\"count\":2}", offers)
                        .placement("p", 100)
                        .offers())
                .containsExactly("a", "b", "c");
    }

    @Test
    void placementsAreFilledInTheOrderOfTheRequestAndNoOfferTwice() {
        final Fixture fixture = placements(
                        "{\"id\":\"p\"},{\"id\":\"q\",\"count\":2},{\"id\":\"r\"}",
                        "{\"id\":\"a\",\"value\":3},{\"id\":\"b\",\"value\":2},{\"id\":\"c\",\"value\":1,\"placements\":[\"p\",\"q\"]}")
                .placement("q")
                .placement("p")
                .placement("r");
        final Decision decision = fixture.decide();
        assertThat(decision.placements())
                .extracting(Decision.FilledPlacement::id)
                .containsExactly("q", "p", "r");
        assertThat(ids(decision.placements().get(0))).containsExactly("a", "b");
        assertThat(ids(decision.placements().get(1))).containsExactly("c");
        assertThat(ids(decision.placements().get(2))).isEmpty();
        assertThat(decision.placements().get(0).offers())
                .extracting(Decision.ChosenOffer::rank)
                .containsExactly(1, 2);
        assertThat(fixture.explanation(1, "a").reasons())
                .containsExactly(new Rejection(ReasonCode.ALREADY_PLACED, "returned in placement q"));
        assertThat(fixture.explanation(2, "c").reasons())
                .containsExactly(new Rejection(ReasonCode.PLACEMENT, "not for r, but for p, q"));
    }

    @Test
    void atMostSoManyOfAGroupWithinOnePlacement() {
        final String offers = """
                {"id":"a","group":"g","value":9},{"id":"b","group":"g","value":8},{"id":"c","group":"g","value":7},
                {"id":"d","value":6},{"id":"e","value":5}""";
        final Fixture one = placements(
                        "{\"id\":\"p\",\"count\":2,\"maxPerGroup\":1},{\"id\":\"q\",\"maxPerGroup\":1}", offers)
                .placement("p")
                .placement("q");
        assertThat(ids(one.decide().placements().get(0))).containsExactly("a", "d");
        assertThat(ids(one.decide().placements().get(1))).containsExactly("b");
        assertThat(one.explanation("b").status()).isEqualTo(Status.PASSED);
        assertThat(one.explanation("b").reasons())
                .containsExactly(new Rejection(ReasonCode.GROUP_LIMIT, "group g has 1 here already, at most 1"));
        assertThat(one.codes("e")).containsExactly(ReasonCode.OUTRANKED);
        assertThat(placements("{\"id\":\"p\",\"count\":4,\"maxPerGroup\":2}", offers)
                        .offers())
                .containsExactly("a", "b", "d", "e");
        assertThat(placements("{\"id\":\"p\",\"count\":3,\"maxPerGroup\":0}", offers)
                        .offers())
                .containsExactly("a", "b", "c");
    }

    @Test
    void thePlaceTakenComesBeforeTheGroup() {
        final Fixture fixture = placements(
                "{\"id\":\"p\",\"count\":1,\"maxPerGroup\":1}",
                "{\"id\":\"a\",\"group\":\"g\",\"value\":9},{\"id\":\"b\",\"group\":\"g\",\"value\":8}");
        assertThat(fixture.codes("b")).containsExactly(ReasonCode.OUTRANKED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'value':1.5, 'propensity':0.5 | priority 0.75, the last winner w has 2.0, 1.25 more; propensity 0.5 against 1.0",
                "'value':0.5                   | priority 0.5, the last winner w has 2.0, 1.5 more; value 0.5 against 2.0",
                "'value':0                     | priority 0.0, the last winner w has 2.0, 2.0 more; value 0.0 against 2.0",
                "'value':2,'lever':0.5         | priority 1.0, the last winner w has 2.0, 1.0 more; lever 0.5 against 1.0",
                "'value':9,'tier':6            | tier 6, the last winner w is in tier 5",
                "'value':2                     | priority 2.0 as the last winner w, whose id comes first",
            })
    void outrankedSaysByHowMuch(String fields, String detail) {
        final Fixture fixture = placements(
                "{\"id\":\"p\"}", "{\"id\":\"w\",\"value\":2},{\"id\":\"z\"," + fields.replace('\'', '"') + "}");
        final ExplainedOffer explained = fixture.explanation("z");
        assertThat(explained.status()).isEqualTo(Status.PASSED);
        assertThat(explained.reasons()).containsExactly(new Rejection(ReasonCode.OUTRANKED, detail));
    }

    @Test
    void outrankedByAMandatoryOne() {
        assertThat(placements("{\"id\":\"p\"}", "{\"id\":\"w\",\"mandatory\":true},{\"id\":\"o\",\"tier\":1}")
                        .detail())
                .isEqualTo("the last winner w is mandatory");
    }

    // --- fallbacks

    private static final String FALLBACKS = """
            {"id":"a","eligibility":"false","payload":{"n":1.0}},{"id":"b","suitability":"false"},
            {"id":"c","eligibility":"false"},
            {"id":"disabled","enabled":false},{"id":"ended","end":"2026-01-01T00:00:00Z"},
            {"id":"elsewhere","placements":[]},{"id":"denied","purposes":[1]}""";

    @Test
    void anEmptyPlacementTakesItsFallbacksInOrder() {
        final Fixture fixture = placements("{\"id\":\"p\",\"count\":2,\"fallback\":[\"c\",\"a\",\"b\"]}", FALLBACKS);
        final Decision decision = fixture.decide();
        assertThat(fixture.offers()).containsExactly("c", "a");
        assertThat(decision.reason()).isEqualTo(Reason.DEFAULT);
        final Decision.ChosenOffer second =
                decision.placements().get(0).offers().get(1);
        assertThat(second).isEqualTo(new Decision.ChosenOffer("a", 2, null, "{\"n\":1.0}"));
        assertThat(second.isFallback()).isTrue();
        final ExplainedOffer explained = fixture.explanation("a");
        assertThat(explained.status()).isEqualTo(Status.RETURNED);
        assertThat(explained.fallback()).isTrue();
        assertThat(explained.priority()).isNull();
        assertThat(explained.reasons()).containsExactly(new Rejection(ReasonCode.ELIGIBILITY, "false"));
        assertThat(fixture.explanation("b").status()).isEqualTo(Status.REJECTED);
    }

    @Test
    void fallbacksNeedOnlyTheFirstFourStages() {
        final String all = "\"disabled\",\"ended\",\"elsewhere\",\"denied\",\"b\"";
        assertThat(placements("{\"id\":\"p\",\"count\":9,\"fallback\":[" + all + "]}", FALLBACKS)
                        .offers())
                .containsExactly("b");
        assertThat(placements("{\"id\":\"p\",\"count\":9,\"fallback\":[" + all + "]}", FALLBACKS)
                        .exclude("b")
                        .offers())
                .isEmpty();
        assertThat(placements("{\"id\":\"p\",\"count\":9,\"fallback\":[" + all + "]}", FALLBACKS)
                        .consent(1)
                        .offers())
                // What grants its purpose passes, and then the placement is not empty.
                .containsExactly("denied");
    }

    @Test
    void fallbacksIgnoreTheGroupLimitAndRepeats() {
        final Fixture fixture = placements(
                "{\"id\":\"p\",\"count\":3,\"maxPerGroup\":1,\"fallback\":[\"a\",\"a\",\"b\"]}",
                "{\"id\":\"a\",\"group\":\"g\",\"eligibility\":\"false\"},{\"id\":\"b\",\"group\":\"g\",\"eligibility\":\"false\"}");
        assertThat(fixture.offers()).containsExactly("a", "b");
    }

    @Test
    void aFallbackIsNotShownTwiceEither() {
        final Fixture fixture = placements(
                        "{\"id\":\"p\",\"fallback\":[\"a\"]},{\"id\":\"q\",\"fallback\":[\"a\",\"b\"]}",
                        "{\"id\":\"a\",\"applicability\":\"false\"},{\"id\":\"b\",\"applicability\":\"false\"}")
                .placement("p")
                .placement("q");
        assertThat(ids(fixture.decide().placements().get(1))).containsExactly("b");
        assertThat(fixture.explanation(1, "a").status()).isEqualTo(Status.REJECTED);
        assertThat(fixture.explanation(1, "a").reasons())
                .extracting(Rejection::code)
                .containsExactly(ReasonCode.APPLICABILITY);
    }

    @Test
    void anOfferShownAsAFallbackBeforeIsAlreadyPlaced() {
        final Fixture fixture = placements(
                        "{\"id\":\"p\",\"fallback\":[\"a\"]},{\"id\":\"q\"}",
                        "{\"id\":\"a\",\"placements\":[\"p\",\"q\"],\"eligibility\":\"profile.x == 1\"}")
                .placement("p")
                .placement("q");
        assertThat(ids(fixture.decide().placements().get(0))).containsExactly("a");
        assertThat(ids(fixture.attribute("x", 1L).decide().placements().get(0))).containsExactly("a");
        assertThat(fixture.explanation(1, "a").reasons())
                .extracting(Rejection::code)
                .containsExactly(ReasonCode.ALREADY_PLACED);
    }

    @Test
    void aPlacementThatIsNotEmptyTakesNoFallback() {
        final Fixture fixture = placements(
                "{\"id\":\"p\",\"count\":2,\"fallback\":[\"b\"]}",
                "{\"id\":\"a\"},{\"id\":\"b\",\"eligibility\":\"false\"}");
        assertThat(fixture.offers()).containsExactly("a");
    }

    // --- the whole

    @Test
    void reasonIsTheFirstThatHolds() {
        final String offer = "{\"id\":\"o\",\"eligibility\":\"!has(profile.x)\"}";
        assertThat(offers(offer).decide().reason()).isEqualTo(Reason.TARGETING_MATCH);
        assertThat(offers(offer).attribute("x", 1L).decide().reason()).isEqualTo(Reason.DEFAULT);
        assertThat(offers(offer).anonymous().decide().reason()).isEqualTo(Reason.TARGETING_MATCH);
        assertThat(offers(offer).unknown("crm:9").decide().reason()).isEqualTo(Reason.UNKNOWN_PROFILE);
        assertThat(offers(offer).document().decide().reason()).isEqualTo(Reason.TARGETING_MATCH);
    }

    @Test
    void profileIsThePrimaryIdentityOrNull() {
        assertThat(offers("").decide().profile()).isEqualTo("crm:1");
        assertThat(offers("").anonymous().decide().profile()).isNull();
        assertThat(offers("").unknown("crm:9").decide().profile()).isNull();
        assertThat(offers("").document().decide().profile()).isEqualTo("crm:1");
        assertThat(offers("").anonymous().document().decide().profile()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"deny, newsletter", "grant, ad"})
    void anonymousAndUnknownVisitorsAreEmptyProfilesWithTheDefaultConsent(String consentDefault, String offer) {
        final String catalog = """
                {"segments":[{"id":"nobody","rule":"!has(profile.age)","purposes":[1]}],
                 "placements":[{"id":"p"}],
                 "offers":[{"id":"ad","purposes":[1],"tier":1,"eligibility":"'nobody' in segments"},{"id":"newsletter"}],
                 "policies":{"consentDefault":"DEFAULT"}}""".replace("DEFAULT", consentDefault);
        assertThat(Fixture.of(catalog).anonymous().offers()).containsExactly(offer);
        assertThat(Fixture.of(catalog).unknown("crm:9").offers()).containsExactly(offer);
    }

    @Test
    void unknownAndRepeatedPlacementsAndCountsOutOfRangeAreRefusedTogether() {
        final Fixture fixture = offers("")
                .placement("nowhere")
                .placement("p", 0)
                .placement("p", 101)
                .placement("p", 1);
        assertThatThrownBy(fixture::decide)
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        refused -> assertThat(refused.errors())
                                .containsExactly(
                                        new FieldError("placements[0].id", "unknown placement 'nowhere'"),
                                        new FieldError("placements[1].count", "outside 1-100, count=0"),
                                        new FieldError("placements[2].id", "placement 'p' is named twice"),
                                        new FieldError("placements[2].count", "outside 1-100, count=101"),
                                        new FieldError("placements[3].id", "placement 'p' is named twice")));
    }

    @Test
    void aRequestForNoPlacementIsRefused() {
        final DecisionRequest nothing =
                new DecisionRequest(null, null, List.of(), java.util.Map.of(), false, null, java.util.Set.of());
        assertThatThrownBy(() -> PlainDecider.decide(nothing, null, offers("").catalog(), 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("placements");
    }

    @Test
    void explainListsEveryOfferByIdForEveryPlacementAndChangesNothing() {
        final Fixture fixture = placements(
                        "{\"id\":\"p\"},{\"id\":\"q\"}",
                        "{\"id\":\"c\"},{\"id\":\"a\",\"value\":3},{\"id\":\"b\",\"enabled\":false}")
                .placement("q")
                .placement("p");
        final Decision explained = fixture.decide(true);
        assertThat(explained.explanations())
                .hasSize(2)
                .allSatisfy(placement -> assertThat(placement.offers())
                        .extracting(ExplainedOffer::id)
                        .containsExactly("a", "b", "c"));
        assertThat(explained.explanations().get(0))
                .isEqualTo(new Decision.ExplainedPlacement(
                        "q",
                        List.of(
                                new ExplainedOffer("a", Status.RETURNED, false, 3.0, List.of()),
                                new ExplainedOffer(
                                        "b",
                                        Status.REJECTED,
                                        false,
                                        null,
                                        List.of(new Rejection(ReasonCode.DISABLED, "the offer is not enabled"))),
                                new ExplainedOffer(
                                        "c",
                                        Status.PASSED,
                                        false,
                                        1.0,
                                        List.of(new Rejection(
                                                ReasonCode.OUTRANKED,
                                                "priority 1.0, the last winner a has 3.0, 2.0 more;"
                                                        + " value 1.0 against 3.0"))))));
        final Decision plain = fixture.decide(false);
        assertThat(plain.explanations()).isNull();
        assertThat(plain.placements()).isEqualTo(explained.placements());
        assertThat(plain.reason()).isEqualTo(explained.reason());
        assertThat(plain.catalogVersion()).isEqualTo(1);
    }
}
