package io.zandloper.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.json.MalformedBodyException;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.ContextWeight;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogDocument.Placement;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Scope;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Times;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CatalogReaderTest {
    private static final long DAY = 86_400_000_000L;

    @Test
    void readsEveryField() {
        final CatalogDocument document = read("""
                {"segments":[{"id":"high-value","name":"High value","purposes":[4,1],"segtax":4,"segtaxId":"123"},
                             {"id":"senior","rule":"profile.age >= 60"}],
                 "offers":[{"id":"loan","name":"Personal loan","group":"credit","product":"money","enabled":false,
                   "start":"2026-01-01T00:00:00Z","end":"2027-01-01T01:00:00+01:00",
                   "placements":["web-hero"],"purposes":[4],
                   "eligibility":"profile.age >= 21","applicability":"context.channel == 'web'",
                   "suitability":"!('senior' in segments)",
                   "propensity":0.02,"value":120,"lever":1.5,
                   "contextWeights":[{"when":"context.device == 'mobile'","weight":-25}],
                   "mandatory":true,"tier":-7,
                   "caps":[{"scope":"group","event":"click","max":3,"window":"P1DT12H"}],
                   "suppress":[{"event":"reject","count":2,"within":"P30D","pause":"P14D"}],
                   "suppressAfterConversion":"P90D",
                   "payload":{"any":["json",1.0,9223372036854775807,1.50,null,{"é":true}]}}],
                 "placements":[{"id":"web-hero","name":"Hero","count":3,"maxPerGroup":1,"fallback":["loan","loan"]}],
                 "policies":{"consentDefault":"grant","holdout":{"percent":2.5,"salt":"2026-11"},
                             "caps":[{"scope":"channel","event":"impression","max":20,"window":"PT1H"}],
                             "identityPriority":["crm","cookie"],"erasureBound":"P2D","retention":"P365D"}}""");
        assertThat(document.segments())
                .containsExactly(
                        new Segment("high-value", "High value", 0b1001, 4L, "123", null),
                        new Segment("senior", null, 0, null, null, "profile.age >= 60"));
        assertThat(document.offers())
                .containsExactly(new Offer(
                        "loan",
                        "Personal loan",
                        "credit",
                        "money",
                        false,
                        Times.parseTime("2026-01-01T00:00:00Z", ""),
                        Times.parseTime("2027-01-01T00:00:00Z", ""),
                        List.of("web-hero"),
                        0b1000,
                        "profile.age >= 21",
                        "context.channel == 'web'",
                        "!('senior' in segments)",
                        0.02,
                        120,
                        1.5,
                        List.of(new ContextWeight("context.device == 'mobile'", -25)),
                        true,
                        -7,
                        List.of(new Cap(Scope.GROUP, "click", 3, DAY * 3 / 2, "P1DT12H")),
                        List.of(new Suppression("reject", 2, 30 * DAY, "P30D", 14 * DAY, "P14D")),
                        90 * DAY,
                        "{\"any\":[\"json\",1.0,9223372036854775807,1.5,null,{\"é\":true}]}"));
        assertThat(document.placements())
                .containsExactly(new Placement("web-hero", "Hero", 3, 1, List.of("loan", "loan")));
        assertThat(document.policies())
                .isEqualTo(new Policies(
                        true,
                        new Holdout(2.5, "2026-11"),
                        List.of(new Cap(Scope.CHANNEL, "impression", 20, DAY / 24, "PT1H")),
                        List.of("crm", "cookie"),
                        2 * DAY,
                        365 * DAY));
        assertThat(CatalogReader.compile(bytes("{}"), Catalog.EMPTY).version()).isEqualTo(1);
    }

    @Test
    void everythingButIdsIsOptional() {
        assertThat(read("{}")).isEqualTo(CatalogDocument.EMPTY);
        assertThat(read("{\"segments\":[],\"offers\":null,\"placements\":[],\"policies\":{}}"))
                .isEqualTo(CatalogDocument.EMPTY);
        final CatalogDocument document =
                read("{\"segments\":[{\"id\":\"s\"}],\"offers\":[{\"id\":\"o\"}],\"placements\":[{\"id\":\"p\"}]}");
        assertThat(document.segments()).containsExactly(new Segment("s", null, 0, null, null, null));
        assertThat(document.offers())
                .containsExactly(new Offer(
                        "o",
                        null,
                        null,
                        "o",
                        true,
                        Long.MIN_VALUE,
                        Long.MAX_VALUE,
                        null,
                        0,
                        null,
                        null,
                        null,
                        1,
                        1,
                        1,
                        List.of(),
                        false,
                        5,
                        List.of(),
                        List.of(),
                        -1,
                        null));
        assertThat(document.placements()).containsExactly(new Placement("p", null, 1, 0, List.of()));
    }

    @Test
    void partsOfCapsAndSuppressionsHaveDefaults() {
        final CatalogDocument document = read("""
                {"offers":[{"id":"o","caps":[{"max":1,"window":"P1D"}],
                            "suppress":[{"pause":"P2D"},{"within":"P3D"}],"contextWeights":[{"weight":5}]}],
                 "policies":{"caps":[{"max":1,"window":"P1D"}],"holdout":{"percent":1}}}""");
        final Offer offer = document.offers().get(0);
        assertThat(offer.caps()).containsExactly(new Cap(Scope.OFFER, "impression", 1, DAY, "P1D"));
        assertThat(offer.suppress())
                .containsExactly(
                        new Suppression("reject", 1, 2 * DAY, "P2D", 2 * DAY, "P2D"),
                        new Suppression("reject", 1, 3 * DAY, "P3D", 3 * DAY, "P3D"));
        assertThat(offer.contextWeights()).containsExactly(new ContextWeight("true", 5));
        assertThat(document.policies().caps()).containsExactly(new Cap(Scope.GLOBAL, "impression", 1, DAY, "P1D"));
        assertThat(document.policies().holdout()).isEqualTo(new Holdout(1, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{'extra':1}                                         | extra                              | unknown field",
                "{'segments':{}}                                     | segments                           | not a list",
                "{'segments':[1]}                                    | segments[0]                        | not an object",
                "{'segments':[{}]}                                   | segments[0].id                     | is missing",
                "{'segments':[{'id':null}]}                          | segments[0].id                     | is missing",
                "{'segments':[{'id':7}]}                             | segments[0].id                     | not a string",
                "{'segments':[{'id':'a','rules':'true'}]}            | segments[0].rules                  | unknown field",
                "{'segments':[{'id':'a','rule':true}]}               | segments[0].rule                   | not a string",
                "{'segments':[{'id':'a','purposes':4}]}              | segments[0].purposes               | not a list",
                "{'segments':[{'id':'a','purposes':[4,25]}]}         | segments[0].purposes[1]            | not a purpose",
                "{'segments':[{'id':'a','purposes':[0]}]}            | segments[0].purposes[0]            | not a purpose",
                "{'segments':[{'id':'a','purposes':['4']}]}          | segments[0].purposes[0]            | not a purpose",
                "{'segments':[{'id':'a','purposes':[1.0]}]}          | segments[0].purposes[0]            | not a purpose",
                "{'segments':[{'id':'a','segtax':'4'}]}              | segments[0].segtax                 | not an integer",
                "{'offers':[{'id':'a','enabled':'yes'}]}             | offers[0].enabled                  | not a boolean",
                "{'offers':[{'id':'a','start':'yesterday'}]}         | offers[0].start                    | not an RFC 3339 time",
                "{'offers':[{'id':'a','end':5}]}                     | offers[0].end                      | not a string",
                "{'offers':[{'id':'a','placements':'p'}]}            | offers[0].placements               | not a list",
                "{'offers':[{'id':'a','placements':[1]}]}            | offers[0].placements[0]            | not a string",
                "{'offers':[{'id':'a','value':'1'}]}                 | offers[0].value                    | not a number",
                "{'offers':[{'id':'a','tier':1.5}]}                  | offers[0].tier                     | not an integer",
                "{'offers':[{'id':'a','tier':9223372036854775808}]}  | offers[0].tier                     | 64 bits",
                "{'offers':[{'id':'a','value':1e999}]}               | offers[0].value                    | double",
                "{'offers':[{'id':'a','payload':{'n':99999999999999999999}}]} | offers[0].payload.n       | 64 bits",
                "{'offers':[{'id':'a','caps':{}}]}                   | offers[0].caps                     | not a list",
                "{'offers':[{'id':'a','caps':[{'window':'P1D'}]}]}   | offers[0].caps[0].max              | is missing",
                "{'offers':[{'id':'a','caps':[{'max':1}]}]}          | offers[0].caps[0].window           | is missing",
                "{'offers':[{'id':'a','caps':[{'max':1,'window':'P1M'}]}]} | offers[0].caps[0].window     | not an ISO 8601",
                "{'offers':[{'id':'a','caps':[{'max':1,'window':'P1D','scope':'all'}]}]} | offers[0].caps[0].scope | not a scope",
                "{'offers':[{'id':'a','caps':[{'max':4294967297,'window':'P1D'}]}]} | offers[0].caps[0].max | outside 1-32",
                "{'offers':[{'id':'a','suppress':[{'event':'reject'}]}]} | offers[0].suppress[0].pause     | is missing",
                "{'offers':[{'id':'a','suppress':[{'pause':'-P1D'}]}]} | offers[0].suppress[0].pause      | not an ISO 8601",
                "{'offers':[{'id':'a','suppressAfterConversion':'P1W'}]} | offers[0].suppressAfterConversion | not an ISO 8601",
                "{'offers':[{'id':'a','contextWeights':[{'when':'true'}]}]} | offers[0].contextWeights[0].weight | is missing",
                "{'placements':[{'id':'a','count':'2'}]}             | placements[0].count                | not an integer",
                "{'placements':[{'id':'a','fallback':[{}]}]}         | placements[0].fallback[0]          | not a string",
                "{'policies':[]}                                     | policies                           | not an object",
                "{'policies':{'consentDefault':'maybe'}}             | policies.consentDefault            | neither deny nor grant",
                "{'policies':{'holdout':5}}                          | policies.holdout                   | not an object",
                "{'policies':{'holdout':{'salt':'x'}}}               | policies.holdout.percent           | is missing",
                "{'policies':{'holdout':{'percent':'2'}}}            | policies.holdout.percent           | not a number",
                "{'policies':{'identityPriority':['crm',1]}}         | policies.identityPriority[1]       | not a string",
                "{'policies':{'erasureBound':'P31D'}}                | policies.erasureBound              | 30 days",
            })
    void refuses(String json, String path, String reason) {
        assertThat(errors(json.replace('\'', '"'))).singleElement().satisfies(error -> {
            assertThat(error.path()).isEqualTo(path);
            assertThat(error.reason()).contains(reason);
        });
    }

    @Test
    void reportsWhatItReadsAndWhatItCompilesTogether() {
        assertThat(errors("""
                        {"more":1,
                         "segments":[{"id":"a"},{"id":"a"},7,{"name":"no id"},{"rule":"profile."}],
                         "offers":[{"id":"o","value":-1,"tier":1e1,"eligibility":"'x' in segments","purposes":[99],
                                    "caps":[{"max":99,"window":"1 day"}],"placements":["p",null]},
                                   {"id":"\\ud800","value":123456789012345678901234567890}],
                         "placements":[{"id":"p","count":0,"fallback":["o","n"]}],
                         "policies":{"holdout":{"percent":101}}}"""))
                .extracting(FieldError::path)
                .containsExactlyInAnyOrder(
                        "more",
                        "segments[1].id",
                        "segments[2]",
                        "segments[3].id",
                        "segments[4].id",
                        "segments[4].rule",
                        "offers[0].value",
                        "offers[0].tier",
                        "offers[0].eligibility",
                        "offers[0].purposes[0]",
                        "offers[0].caps[0].max",
                        "offers[0].caps[0].window",
                        "offers[0].placements[1]",
                        "offers[1].id",
                        "offers[1].value",
                        "placements[0].count",
                        "placements[0].fallback[1]",
                        "policies.holdout.percent");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[]", "7", "{", "{} {}", "{\"offers\":[NaN]}"})
    void whatIsNoJsonObjectIsMalformed(String json) {
        assertThatThrownBy(() -> CatalogReader.read(bytes(json))).isInstanceOf(MalformedBodyException.class);
    }

    @Test
    void payloadsOfAnyJsonKeepTheirNumbers() {
        for (String payload : List.of("1.0", "1", "\"text\"", "[]", "{}", "true", "-9223372036854775808", "1.0E-7")) {
            final CatalogDocument document = read("{\"offers\":[{\"id\":\"o\",\"payload\":" + payload + "}]}");
            assertThat(document.offers().get(0).payload()).isEqualTo(payload);
        }
        assertThat(read("{\"offers\":[{\"id\":\"o\",\"payload\":null}]}")
                        .offers()
                        .get(0)
                        .payload())
                .isNull();
    }

    private static CatalogDocument read(String json) {
        final CatalogReading reading = CatalogReader.read(bytes(json));
        assertThat(reading.errors()).isEmpty();
        return reading.document();
    }

    private static List<FieldError> errors(String json) {
        final List<FieldError> errors =
                CatalogReader.read(bytes(json)).compile(Catalog.EMPTY).errors();
        assertThatThrownBy(() -> CatalogReader.compile(bytes(json), Catalog.EMPTY))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        invalid -> assertThat(invalid.errors()).isEqualTo(errors));
        return errors;
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
