package io.zandloper.server.decide;

import static io.zandloper.server.decide.Fixture.DAY;
import static io.zandloper.server.decide.Fixture.NOW;
import static io.zandloper.server.decide.Fixture.SECOND;
import static io.zandloper.server.decide.Fixture.ofOffer;
import static io.zandloper.server.decide.ReasonCode.APPLICABILITY;
import static io.zandloper.server.decide.ReasonCode.CAPPED;
import static io.zandloper.server.decide.ReasonCode.CONSENT;
import static io.zandloper.server.decide.ReasonCode.DISABLED;
import static io.zandloper.server.decide.ReasonCode.ELIGIBILITY;
import static io.zandloper.server.decide.ReasonCode.HOLDOUT;
import static io.zandloper.server.decide.ReasonCode.NOT_ACTIVE;
import static io.zandloper.server.decide.ReasonCode.PLACEMENT;
import static io.zandloper.server.decide.ReasonCode.SUITABILITY;
import static io.zandloper.server.decide.ReasonCode.SUPPRESSED;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.profile.Times;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each stage with its edges; the profile is {@code crm:1}, the time 2026-11-15T12:00:00Z. */
final class StagesTest {
    @Test
    void anOfferWithDefaultsPasses() {
        assertThat(ofOffer("").codes()).isEmpty();
        assertThat(ofOffer("").offers()).containsExactly("o");
    }

    @Test
    void disabledByTheCatalogOrByTheRequest() {
        assertThat(ofOffer("\"enabled\":false").codes()).containsExactly(DISABLED);
        assertThat(ofOffer("\"enabled\":false").detail()).isEqualTo("the offer is not enabled");
        assertThat(ofOffer("").exclude("o").exclude("nobody").detail()).isEqualTo("excluded by the request");
    }

    @ParameterizedTest
    @CsvSource({
        "start, 2026-11-15T12:00:00Z, ''",
        "start, 2026-11-15T12:00:00.000001Z, starts 2026-11-15T12:00:00.000001Z",
        "end, 2026-11-15T12:00:00.000001Z, ''",
        "end, 2026-11-15T12:00:00Z, ended 2026-11-15T12:00:00Z",
    })
    void activeFromStartUntilBeforeEnd(String field, String time, String detail) {
        final Fixture fixture = ofOffer("\"" + field + "\":\"" + time + "\"");
        if (detail.isEmpty()) {
            assertThat(fixture.codes()).isEmpty();
        } else {
            assertThat(fixture.codes()).containsExactly(NOT_ACTIVE);
            assertThat(fixture.detail()).isEqualTo(detail);
        }
    }

    @Test
    void onlyForItsPlacements() {
        assertThat(ofOffer("\"placements\":[\"q\",\"p\"]").codes()).isEmpty();
        assertThat(ofOffer("\"placements\":[\"q\"]").codes()).containsExactly(PLACEMENT);
        assertThat(ofOffer("\"placements\":[\"q\"]").detail()).isEqualTo("not for p, but for q");
        assertThat(ofOffer("\"placements\":[]").detail()).isEqualTo("not for p, but for no placement");
    }

    @Test
    void everyPurposeMustBeGranted() {
        final String needs = "\"purposes\":[4,7,12]";
        assertThat(ofOffer(needs).consent(4, 7, 12).codes()).isEmpty();
        assertThat(ofOffer(needs).consent(7).codes()).containsExactly(CONSENT);
        assertThat(ofOffer(needs).consent(7).detail())
                .isEqualTo("not granted: purpose 4 (Use profiles to select personalised advertising), 12");
        assertThat(ofOffer(needs).codes()).containsExactly(CONSENT);
    }

    @Test
    void conditionsReadProfileVisibleSegmentsAndContext() {
        final String condition = "\"eligibility\":\"'vip' in segments && 'senior' in segments\","
                + "\"applicability\":\"context.channel == 'web'\",\"suitability\":\"profile.age < 70\"";
        final Fixture passes = ofOffer(condition)
                .attribute("age", 65L)
                .segment("vip", Times.NEVER)
                .context("channel", "web");
        assertThat(passes.codes()).isEmpty();
        assertThat(ofOffer(condition).codes()).containsExactly(ELIGIBILITY, APPLICABILITY, SUITABILITY);
        assertThat(ofOffer(condition)
                        .attribute("age", 75L)
                        .segment("vip", NOW)
                        .context("channel", "app")
                        .explanation("o")
                        .reasons())
                .containsExactly(
                        new Decision.Rejection(
                                ELIGIBILITY,
                                "'vip' in segments && 'senior' in segments; not satisfied: 'vip' in segments: not in vip"),
                        new Decision.Rejection(APPLICABILITY, "context.channel == 'web': context.channel is 'app'"),
                        new Decision.Rejection(SUITABILITY, "profile.age < 70: age is 75"));
    }

    @Test
    void anErrorIsNotSatisfiedAndSaysWhich() {
        assertThat(ofOffer("\"eligibility\":\"profile.income > 1\"").detail())
                .isEqualTo("profile.income > 1: missing attribute: key 'income' is not present in map");
        assertThat(ofOffer("\"eligibility\":\"profile.income > 1 || true\"").codes())
                .isEmpty();
        assertThat(ofOffer("\"eligibility\":\"!(profile.income > 1)\"").codes()).containsExactly(ELIGIBILITY);
        assertThat(ofOffer("\"eligibility\":\"1 + 1\"").detail()).isEqualTo("1 + 1: no boolean: the result is 2");
    }

    @Test
    void segmentsAreThoseVisibleAtTheRequestsTime() {
        final String condition = "\"eligibility\":\"'vip' in segments\"";
        assertThat(ofOffer(condition).segment("vip", NOW).at(NOW - 1).codes()).isEmpty();
        assertThat(ofOffer(condition).segment("vip", NOW).codes()).containsExactly(ELIGIBILITY);
    }

    @Test
    void aConvertOfTheProductSuppressesForAWhile() {
        final String fields = "\"product\":\"loan\",\"suppressAfterConversion\":\"P90D\"";
        assertThat(ofOffer(fields).event("convert", "any", "loan", 0, Map.of()).codes())
                .containsExactly(SUPPRESSED);
        assertThat(ofOffer(fields)
                        .event("convert", "any", "loan", 90 * DAY - 1, Map.of())
                        .detail())
                .isEqualTo("a convert of product loan in P90D");
        // The window is open at its start.
        assertThat(ofOffer(fields)
                        .event("convert", "any", "loan", 90 * DAY, Map.of())
                        .codes())
                .isEmpty();
        // Not yet happened, another product, another type.
        assertThat(ofOffer(fields).event("convert", "any", "loan", -1, Map.of()).codes())
                .isEmpty();
        assertThat(ofOffer(fields).event("convert", "o", "card", 0, Map.of()).codes())
                .isEmpty();
        assertThat(ofOffer(fields).event("click", "o", "loan", 0, Map.of()).codes())
                .isEmpty();
    }

    @Test
    void theLatestConvertOfAProductIsRememberedBeyondItsEvent() {
        final String fields = "\"suppressAfterConversion\":\"P90D\"";
        assertThat(ofOffer(fields).lastConvert("o", DAY).codes()).containsExactly(SUPPRESSED);
        assertThat(ofOffer(fields).lastConvert("o", 90 * DAY).codes()).isEmpty();
        assertThat(ofOffer(fields).lastConvert("o", -1).codes()).isEmpty();
        assertThat(ofOffer("").lastConvert("o", DAY).codes()).isEmpty();
        // The latest lies after the request's time, an earlier one that is kept does not.
        assertThat(ofOffer(fields)
                        .lastConvert("o", 0)
                        .event("convert", "o", 5 * DAY)
                        .at(NOW - DAY)
                        .codes())
                .containsExactly(SUPPRESSED);
    }

    @ParameterizedTest
    @CsvSource({
        // count 2 within 30 days, paused for 14 days from the latest; ages of two rejects in seconds; suppressed?
        "0, 0, true",
        "1, 2591999, true",
        "1, 2592000, false",
        "1209599, 1209599, true",
        "1209600, 1209600, false",
        "1209600, 1209599, true",
        "-1, 5, false",
    })
    void rejectsSuppressForAWhile(long ageSeconds, long otherAgeSeconds, boolean suppressed) {
        final Fixture fixture = ofOffer(
                        "\"suppress\":[{\"event\":\"reject\",\"count\":2,\"within\":\"P30D\",\"pause\":\"P14D\"}]")
                .event("reject", "o", ageSeconds * SECOND)
                .event("reject", "o", otherAgeSeconds * SECOND)
                .event("reject", "other", 0)
                .event("click", "o", 0);
        assertThat(fixture.codes()).isEqualTo(suppressed ? java.util.List.of(SUPPRESSED) : java.util.List.of());
        if (suppressed) {
            assertThat(fixture.detail()).isEqualTo("2 rejects in P30D, pauses P14D from the latest");
        }
    }

    @Test
    void aPauseLongerThanTheWindowEndsWithTheWindow() {
        final String rule = "\"suppress\":[{\"event\":\"reject\",\"count\":1,\"within\":\"P1D\",\"pause\":\"P14D\"}]";
        assertThat(ofOffer(rule).event("reject", "o", DAY - 1).codes()).containsExactly(SUPPRESSED);
        assertThat(ofOffer(rule).event("reject", "o", DAY).codes()).isEmpty();
    }

    @Test
    void anOfferCapCountsEventsOfTheOffer() {
        final String cap = "\"caps\":[{\"scope\":\"offer\",\"event\":\"impression\",\"max\":2,\"window\":\"P1D\"}]";
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .event("impression", "o", DAY - 1)
                        .detail())
                .isEqualTo("2 impressions in P1D, at most 2");
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .event("impression", "o", DAY)
                        .codes())
                .isEmpty();
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .event("impression", "o", -1)
                        .codes())
                .isEmpty();
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .event("impression", "same", 0)
                        .codes())
                .isEmpty();
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .event("click", "o", 0)
                        .codes())
                .isEmpty();
        assertThat(ofOffer(cap)
                        .event("impression", null, 0)
                        .event("impression", null, 0)
                        .codes())
                .isEmpty();
    }

    @Test
    void aGroupCapCountsEventsOfOffersNowInTheGroup() {
        final String cap = "\"caps\":[{\"scope\":\"group\",\"event\":\"impression\",\"max\":2,\"window\":\"P1D\"}]";
        assertThat(ofOffer("\"group\":\"g\"," + cap)
                        .event("impression", "o", 0)
                        .event("impression", "same", 0)
                        .detail())
                .isEqualTo("2 impressions of group g in P1D, at most 2");
        assertThat(ofOffer("\"group\":\"g\"," + cap)
                        .event("impression", "other", 0)
                        .event("impression", "same", 0)
                        .event("impression", "gone", 0)
                        .event("impression", null, 0)
                        .codes())
                .isEmpty();
        // An offer without group has no events of its group.
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .event("impression", "o", 0)
                        .codes())
                .isEmpty();
    }

    @Test
    void aChannelCapCountsEventsInTheRequestsChannel() {
        final String cap = "\"caps\":[{\"scope\":\"channel\",\"event\":\"impression\",\"max\":1,\"window\":\"P1D\"}]";
        final Map<String, Object> web = Map.of("channel", "web");
        assertThat(ofOffer(cap)
                        .event("impression", "other", null, 0, web)
                        .context("channel", "web")
                        .detail())
                .isEqualTo("1 impression in channel web in P1D, at most 1");
        assertThat(ofOffer(cap)
                        .event("impression", "o", null, 0, web)
                        .context("channel", "app")
                        .codes())
                .isEmpty();
        assertThat(ofOffer(cap).event("impression", "o", null, 0, web).codes()).isEmpty();
        assertThat(ofOffer(cap)
                        .event("impression", "o", 0)
                        .context("channel", "web")
                        .codes())
                .isEmpty();
        assertThat(ofOffer(cap)
                        .event("impression", "o", null, 0, Map.of("channel", 3L))
                        .context("channel", 3.0)
                        .codes())
                .containsExactly(CAPPED);
        assertThat(ofOffer(cap)
                        .event("impression", "o", null, 0, Map.of("channel", true))
                        .context("channel", "true")
                        .codes())
                .isEmpty();
    }

    @Test
    void aGlobalCapCountsAll() {
        final String cap = "\"caps\":[{\"scope\":\"global\",\"event\":\"impression\",\"max\":2,\"window\":\"P1D\"}]";
        assertThat(ofOffer(cap)
                        .event("impression", "other", 0)
                        .event("impression", null, 0)
                        .detail())
                .isEqualTo("2 impressions of any offer in P1D, at most 2");
    }

    @Test
    void capsOfTheOfferAndOfThePoliciesAllApply() {
        final Fixture fixture = Fixture.of("""
                {"placements":[{"id":"p"}],
                 "offers":[{"id":"o","caps":[{"event":"click","max":1,"window":"PT1H"}]}],
                 "policies":{"caps":[{"event":"impression","max":1,"window":"P1D"}]}}""");
        assertThat(fixture.codes()).isEmpty();
        assertThat(fixture.event("click", "o", 0).detail()).isEqualTo("1 click in PT1H, at most 1");
        assertThat(fixture.event("impression", "x", 0).detail())
                .isEqualTo("1 click in PT1H, at most 1; 1 impression of any offer in P1D, at most 1");
    }

    @Test
    void timesAtTheEdgesOfTheirRangeOverflowNothing() {
        final String fields = "\"caps\":[{\"event\":\"impression\",\"max\":1,\"window\":\"P9999999D\"}],"
                + "\"suppressAfterConversion\":\"P9999999D\"";
        assertThat(ofOffer(fields)
                        .event("impression", "o", NOW - Long.MIN_VALUE / 2)
                        .event("convert", "o", NOW - Long.MIN_VALUE / 2)
                        .at(Long.MAX_VALUE)
                        .codes())
                .isEmpty();
        assertThat(ofOffer(fields)
                        .event("impression", "o", 0)
                        .at(Long.MIN_VALUE)
                        .codes())
                .isEmpty();
        assertThat(ofOffer("").at(Long.MAX_VALUE).codes()).isEmpty();
        assertThat(ofOffer("").at(Long.MIN_VALUE).codes()).isEmpty();
    }

    @Test
    void everyFailingStageIsListedInOrder() {
        final Fixture fixture = Fixture.of("""
                        {"placements":[{"id":"p"},{"id":"q"}],
                         "offers":[{"id":"o","enabled":false,"end":"2026-01-01T00:00:00Z","placements":["q"],
                           "purposes":[1],"eligibility":"false","applicability":"false","suitability":"false",
                           "suppressAfterConversion":"P1D","caps":[{"event":"convert","max":1,"window":"P1D"}]}],
                         "policies":{"holdout":{"percent":100}}}""").event("convert", "o", 0);
        assertThat(fixture.codes())
                .containsExactly(
                        DISABLED,
                        NOT_ACTIVE,
                        PLACEMENT,
                        CONSENT,
                        ELIGIBILITY,
                        APPLICABILITY,
                        SUITABILITY,
                        SUPPRESSED,
                        CAPPED,
                        HOLDOUT);
        assertThat(fixture.explanation("o").status()).isEqualTo(Decision.Status.REJECTED);
        assertThat(fixture.explanation("o").priority()).isNull();
    }
}
