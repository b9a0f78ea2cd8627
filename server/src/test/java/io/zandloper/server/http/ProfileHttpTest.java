package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.iab.gpp.encoder.GppModel;
import com.iab.gpp.encoder.section.TcfEuV2;
import io.zandloper.server.http.RunningServer.Answer;
import io.zandloper.server.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedServer.class)
final class ProfileHttpTest {
    static List<String> attributeValues() {
        return List.of(
                "true",
                "false",
                "0",
                "-1",
                "9007199254740993",
                "9223372036854775807",
                "-9223372036854775808",
                "1.0",
                "-0.0",
                "1.0E-7",
                "1506.5",
                "1.7976931348623157E308",
                "4.9E-324",
                "\"\"",
                "\" \"",
                "\"😀 é ☂\"",
                "\"\\u0000\\u001F\\\"\\\\\"",
                "\"" + "x".repeat(4096) + "\"",
                "\"" + "é".repeat(2048) + "\"",
                "[]",
                "[\"\"]",
                "[\"running\",\"travel\",\"running\"]",
                "[" + "\"a\",".repeat(255) + "\"b\"]");
    }

    @ParameterizedTest
    @MethodSource("attributeValues")
    void givesBackEveryAttributeAsItWasWritten(String json, RunningServer server) {
        final String path = "/v1/profiles/attributes:" + Integer.toHexString(json.hashCode());
        assertThat(server.put(path, "{\"attributes\":{\"a\":" + json + "}}").status())
                .isEqualTo(200);
        assertThat(server.get(path).text()).contains("\"attributes\":{\"a\":" + json + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "1e2, 100.0",
        "1E-7, 1.0E-7",
        "-0, 0",
        "0.10, 0.1",
        "123456789012345678901234567890.0, 1.2345678901234568E29"
    })
    void writesNumbersAsWhatTheyAre(String written, String shown, RunningServer server) {
        final String path = "/v1/profiles/numbers:" + written;
        assertThat(server.put(path, "{\"attributes\":{\"a\":" + written + "},\"scores\":{\"s\":" + written + "}}")
                        .status())
                .isEqualTo(200);
        assertThat(server.get(path).text())
                .contains("\"attributes\":{\"a\":" + shown + "}")
                .contains("\"scores\":{\"s\":" + shown + "}");
    }

    static List<List<String>> refusals() {
        return List.of(
                // body of PUT, status, path of the first error
                List.of("[]", "400", ""),
                List.of("\"a\"", "400", ""),
                List.of("", "400", ""),
                List.of("{", "400", ""),
                List.of("{\"attributes\":[]}", "400", ""),
                List.of("{\"attributes\":1}", "400", ""),
                List.of("{\"segments\":\"vip\"}", "400", ""),
                List.of("{\"segments\":{\"add\":[\"vip\"]}}", "400", ""),
                List.of("{\"identities\":\"crm:1\"}", "400", ""),
                List.of("{\"identities\":{\"add\":[\"crm:1\"]}}", "400", ""),
                List.of("{\"scores\":[]}", "400", ""),
                List.of("{\"consent\":[1]}", "400", ""),
                List.of("{\"consent\":{\"purposes\":1}}", "400", ""),
                List.of("{\"colour\":1}", "422", "colour"),
                List.of("{\"id\":5}", "422", "id"),
                List.of("{\"id\":\"nocolon\"}", "422", "id"),
                List.of("{\"identities\":[\"a b:c\"]}", "422", "identities[0]"),
                List.of("{\"identities\":[\"a:b\",\"a:\"]}", "422", "identities[1]"),
                List.of("{\"identities\":[7]}", "422", "identities[0]"),
                List.of("{\"identities\":[\"a_sha256:00\"]}", "422", "identities[0]"),
                List.of("{\"attributes\":{\"a\":{}}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"a\":[1]}}", "422", "attributes.a[0]"),
                List.of("{\"attributes\":{\"a\":[\"x\",null]}}", "422", "attributes.a[1]"),
                List.of("{\"attributes\":{\"a\":[[]]}}", "422", "attributes.a[0]"),
                List.of("{\"attributes\":{\"a\":9223372036854775808}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"a\":1e999}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"a\":\"\\ud800\"}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"a\":\"" + "x".repeat(4097) + "\"}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"a\":\"" + "é".repeat(2049) + "\"}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"a\":[" + "\"a\",".repeat(256) + "\"b\"]}}", "422", "attributes.a"),
                List.of("{\"attributes\":{\"" + "n".repeat(65) + "\":1}}", "422", "attributes." + "n".repeat(65)),
                List.of("{\"segments\":[\"unknown\"]}", "422", "segments"),
                List.of("{\"segments\":[\"no id\"]}", "422", "segments[0]"),
                List.of("{\"segments\":[\"senior\"]}", "422", "segments"),
                List.of("{\"segments\":[5]}", "422", "segments[0]"),
                List.of("{\"segments\":[{\"expires\":null}]}", "422", "segments[0].id"),
                List.of("{\"segments\":[{\"id\":\"vip\",\"expires\":\"tomorrow\"}]}", "422", "segments[0].expires"),
                List.of("{\"segments\":[{\"id\":\"vip\",\"until\":1}]}", "422", "segments[0].until"),
                List.of("{\"scores\":{\"loan\":\"1\"}}", "422", "scores.loan"),
                List.of("{\"scores\":{\"a b\":1}}", "422", "scores.a b"),
                List.of("{\"consent\":{\"purposes\":[0]}}", "422", "consent.purposes[0]"),
                List.of("{\"consent\":{\"purposes\":[1,25]}}", "422", "consent.purposes[1]"),
                List.of("{\"consent\":{\"purposes\":[1.0]}}", "422", "consent.purposes[0]"),
                List.of("{\"consent\":{\"tcf\":\"garbage\"}}", "422", "consent.tcf"),
                List.of("{\"consent\":{\"tcf\":\"\"}}", "422", "consent.tcf"),
                List.of("{\"consent\":{\"gpp\":\"garbage\"}}", "422", "consent.gpp"),
                List.of("{\"consent\":{\"gdpr\":true}}", "422", "consent.gdpr"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusesWhatIsWrongAndSaysWhere(List<String> row, RunningServer server) {
        final Answer answer = server.put("/v1/profiles/refused:1", row.get(0));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(Integer.parseInt(row.get(1)));
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("status").intValue()).isEqualTo(answer.status());
        assertThat(answer.json().get("title").textValue()).isNotBlank();
        assertThat(answer.json().get("detail").textValue()).isNotBlank();
        if (answer.status() == 422) {
            assertThat(answer.json().at("/errors/0/path").textValue()).isEqualTo(row.get(2));
            assertThat(answer.json().get("detail").textValue()).contains(row.get(2));
        }
        assertThat(server.get("/v1/profiles/refused:1").status()).isEqualTo(404);
    }

    @Test
    void reportsEveryErrorAtOnce(RunningServer server) {
        final Answer answer = server.put(
                "/v1/profiles/refused:2",
                "{\"x\":1,\"id\":\"?\",\"attributes\":{\"a\":{},\"b\":[1]},\"consent\":{\"purposes\":[99]}}");
        assertThat(answer.json().get("errors"))
                .extracting(error -> error.get("path").textValue())
                .containsExactlyInAnyOrder("x", "id", "attributes.a", "attributes.b[0]", "consent.purposes[0]");
    }

    static List<List<String>> merges() {
        return List.of(
                // stored by PUT, body of PATCH, a pointer and what is there afterwards
                List.of(
                        "{\"attributes\":{\"a\":1,\"b\":2}}",
                        "{\"attributes\":{\"a\":null,\"c\":3}}",
                        "/attributes",
                        "{\"b\":2,\"c\":3}"),
                List.of("{\"attributes\":{\"a\":1}}", "{}", "/attributes", "{\"a\":1}"),
                List.of("{\"attributes\":{\"a\":1}}", "{\"attributes\":{}}", "/attributes", "{\"a\":1}"),
                List.of("{\"attributes\":{\"a\":1}}", "{\"attributes\":null}", "/attributes", "{}"),
                List.of(
                        "{\"attributes\":{\"a\":[\"x\"]}}",
                        "{\"attributes\":{\"a\":[\"y\"]}}",
                        "/attributes",
                        "{\"a\":[\"y\"]}"),
                List.of(
                        "{\"attributes\":{\"a\":1}}",
                        "{\"attributes\":{\"a\":\"one\"}}",
                        "/attributes",
                        "{\"a\":\"one\"}"),
                List.of(
                        "{\"scores\":{\"loan\":0.5,\"gone\":1}}",
                        "{\"scores\":{\"loan\":null,\"x\":2}}",
                        "/scores",
                        "{\"gone\":1,\"x\":2}"),
                List.of("{\"scores\":{\"loan\":0.5}}", "{\"scores\":null}", "/scores", "{}"),
                List.of("{\"segments\":[\"vip\"]}", "{\"segments\":[\"cart\"]}", "/segments", "[\"cart\"]"),
                List.of("{\"segments\":[\"vip\"]}", "{\"segments\":null}", "/segments", "[]"),
                List.of(
                        "{\"segments\":[\"vip\"]}",
                        "{\"segments\":{\"add\":[\"cart\"]}}",
                        "/segments",
                        "[\"vip\",\"cart\"]"),
                List.of(
                        "{\"segments\":[\"vip\",\"cart\"]}",
                        "{\"segments\":{\"remove\":[\"vip\"]}}",
                        "/segments",
                        "[\"cart\"]"),
                List.of(
                        "{\"segments\":[\"vip\"]}",
                        "{\"segments\":{\"add\":[{\"id\":\"vip\",\"expires\":\"2100-01-01T00:00:00Z\"}]}}",
                        "/segments",
                        "[{\"id\":\"vip\",\"expires\":\"2100-01-01T00:00:00Z\"}]"),
                List.of(
                        "{\"segments\":[\"vip\"]}",
                        "{\"segments\":{\"add\":[{\"id\":\"vip\",\"expires\":\"2001-01-01T00:00:00Z\"}]}}",
                        "/segments",
                        "[]"),
                List.of(
                        "{\"attributes\":{\"age\":70},\"segments\":[\"vip\"]}",
                        "{}",
                        "/computed",
                        "[\"senior\",\"senior-vip\"]"),
                List.of(
                        "{\"consent\":{\"purposes\":[1,2]}}",
                        "{\"consent\":{\"purposes\":[3]}}",
                        "/consent",
                        "{\"purposes\":[3]}"),
                List.of("{\"consent\":{\"purposes\":[1,2]}}", "{\"consent\":{}}", "/consent", "{\"purposes\":[1,2]}"),
                List.of("{}", "{\"consent\":{}}", "/consent", "{\"purposes\":[]}"),
                List.of("{\"consent\":{}}", "{}", "/consent", "{\"purposes\":[]}"));
    }

    @ParameterizedTest
    @MethodSource("merges")
    void mergesPatches(List<String> row, RunningServer server) {
        final String path = "/v1/profiles/merge:" + Integer.toHexString(row.hashCode());
        assertThat(server.put(path, row.get(0)).status()).isEqualTo(200);
        final Answer patched = server.patch(path, row.get(1), "Content-Type", "application/merge-patch+json");
        assertThat(patched.status()).as(patched.toString()).isEqualTo(200);
        assertThat(server.get(path).json().at(row.get(2)))
                .isEqualTo(StrictJson.parse(row.get(3).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void removesConsentByPatchAndByPut(RunningServer server) {
        server.put("/v1/profiles/consent:1", "{\"consent\":{\"purposes\":[4]}}");
        server.patch("/v1/profiles/consent:1", "{\"consent\":null}");
        assertThat(server.get("/v1/profiles/consent:1").json().has("consent")).isFalse();
        server.patch("/v1/profiles/consent:1", "{\"consent\":{\"purposes\":[4]}}");
        server.put("/v1/profiles/consent:1", "{\"consent\":null}");
        assertThat(server.get("/v1/profiles/consent:1").json().has("consent")).isFalse();
    }

    @Test
    void decodesConsentStringsAndKeepsTheStoredOnesWhereTheyDoNot(RunningServer server) {
        final GppModel gpp = new GppModel();
        final List<Boolean> purposes = new ArrayList<>(Collections.nCopies(24, false));
        purposes.set(0, true);
        purposes.set(3, true);
        gpp.setFieldValue(TcfEuV2.NAME, "PurposeConsents", purposes);
        final String tcf = gpp.encodeSection(TcfEuV2.NAME);
        final String path = "/v1/profiles/consent:2";

        server.put(path, "{\"consent\":{\"tcf\":\"" + tcf + "\",\"purposes\":[9]}}");
        assertThat(server.get(path).json().get("consent").toString())
                .isEqualTo("{\"purposes\":[1,4],\"tcf\":\"" + tcf + "\"}");
        assertThat(server.patch(path, "{\"consent\":{\"tcf\":\"x\"}}").status()).isEqualTo(422);
        assertThat(server.get(path).json().at("/consent/tcf").textValue()).isEqualTo(tcf);
        server.patch(path, "{\"consent\":{\"purposes\":[2]}}");
        assertThat(server.get(path).json().get("consent").toString()).isEqualTo("{\"purposes\":[2]}");
        server.patch(path, "{\"consent\":{\"gpp\":\"" + gpp.encode() + "\"}}");
        assertThat(server.get(path).json().get("consent").toString())
                .isEqualTo("{\"purposes\":[1,4],\"gpp\":\"" + gpp.encode() + "\"}");
    }

    @Test
    void hidesSegmentsWithoutConsent(RunningServer server) {
        final String path = "/v1/profiles/consent:3";
        server.put(path, "{\"segments\":[\"ads\",\"vip\"],\"consent\":{\"purposes\":[2,4]}}");
        assertThat(server.get(path + "/segments").json().get("segments").toString())
                .isEqualTo("[\"vip\",\"ads\"]");
        server.patch(path, "{\"consent\":{\"purposes\":[2]}}");
        assertThat(server.get(path).json().get("segments").toString()).isEqualTo("[\"vip\"]");
        assertThat(server.get(path + "/segments?test=ads,vip,nobody")
                        .json()
                        .get("test")
                        .toString())
                .isEqualTo("{\"ads\":false,\"vip\":true,\"nobody\":false}");
        server.patch(path, "{\"consent\":{\"purposes\":[1,2,3,4]}}");
        assertThat(server.get(path + "/segments?test=ads")
                        .json()
                        .at("/test/ads")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void findsAProfileByAnyIdentityAndKeepsThemApart(RunningServer server) {
        final String sha256 = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
        assertThat(server.put(
                                "/v1/profiles/crm:many",
                                "{\"identities\":[\"Cookie:Ab\",\"email_sha256:" + sha256 + "\"]}")
                        .json()
                        .get("id")
                        .textValue())
                .isEqualTo("crm:many");
        final String base64 = "ABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8";
        for (String identity : List.of(
                "crm:many",
                "cookie:Ab",
                "COOKIE:Ab",
                "email_sha256:" + sha256,
                "email_sha256:" + base64,
                "email_sha256:" + base64 + "%3D")) {
            assertThat(server.get("/v1/profiles/" + identity)
                            .json()
                            .get("identities")
                            .toString())
                    .as(identity)
                    .isEqualTo("[\"crm:many\",\"cookie:Ab\",\"email_sha256:" + sha256.toLowerCase(java.util.Locale.ROOT)
                            + "\"]");
        }
        assertThat(server.get("/v1/profiles/cookie:ab").status()).isEqualTo(404);
        server.put("/v1/profiles/crm:other", "{}");
        final Answer conflict = server.patch("/v1/profiles/crm:other", "{\"identities\":[\"cookie:Ab\"]}");
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.json().get("detail").textValue()).contains("cookie:Ab");
        server.patch(
                "/v1/profiles/crm:many",
                "{\"identities\":{\"add\":[\"maid:1\"],\"remove\":[\"cookie:Ab\",\"cookie:never\"]}}");
        assertThat(server.get("/v1/profiles/cookie:Ab").status()).isEqualTo(404);
        assertThat(server.get("/v1/profiles/maid:1").json().get("id").textValue())
                .isEqualTo("crm:many");
        assertThat(server.patch("/v1/profiles/maid:1", "{\"identities\":{\"remove\":[\"crm:many\"]}}")
                        .status())
                .isEqualTo(422);
        server.put("/v1/profiles/maid:1", "{\"identities\":[]}");
        assertThat(server.get("/v1/profiles/crm:many").json().get("identities").toString())
                .isEqualTo("[\"crm:many\",\"maid:1\"]");
        server.put("/v1/profiles/crm:many", "{\"identities\":[]}");
        assertThat(server.get("/v1/profiles/maid:1").status()).isEqualTo(404);
        final StringBuilder many = new StringBuilder("\"x:0\"");
        for (int i = 1; i < 32; i++) {
            many.append(",\"x:").append(i).append('"');
        }
        assertThat(server.put("/v1/profiles/crm:many", "{\"identities\":[" + many + "]}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void createsUnderTheIdOfTheDocument(RunningServer server) {
        final Answer created = server.put("/v1/profiles/cookie:new", "{\"id\":\"crm:new\"}");
        assertThat(created.json().get("id").textValue()).isEqualTo("crm:new");
        assertThat(server.get("/v1/profiles/cookie:new")
                        .json()
                        .get("identities")
                        .toString())
                .isEqualTo("[\"crm:new\",\"cookie:new\"]");
        server.patch("/v1/profiles/cookie:new", "{\"id\":\"maid:new\"}");
        assertThat(server.get("/v1/profiles/maid:new").json().get("id").textValue())
                .isEqualTo("crm:new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "a+b", "😀", "a%b", "a?b#c", "ä", "a:b:c", "\"'", "..", "a&b=c", "%2F"})
    void takesAnyIdentityInThePath(String value, RunningServer server) {
        final String path = "/v1/profiles/odd:" + Encoded.path(value);
        assertThat(server.put(path, "{}").status()).isEqualTo(200);
        assertThat(server.get(path).json().get("id").textValue()).isEqualTo("odd:" + value);
        assertThat(server.get(path + "/segments").json().get("profile").textValue())
                .isEqualTo("odd:" + value);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/profiles/nocolon, 422",
        "/v1/profiles/crm:, 422",
        "/v1/profiles/a%00:b, 422",
        "/v1/profiles/crm:a%00b, 422",
        "/v1/profiles/crm:a%7F, 422",
        "/v1/profiles/crm:%F0%28, 400",
        "/v1/profiles/crm:%ED%A0%80, 400",
        "/v1/profiles/crm:nobody, 404",
        "/v1/profiles/crm:nobody/segments, 404",
        "/v1/profiles/crm:a/b, 404",
        "/v1/profiles/, 422",
        "/v1/profiles, 404",
        "/v1/profiles/crm:1/, 404"
    })
    void answersOddPaths(String path, int status, RunningServer server) {
        assertThat(server.get(path).status()).isEqualTo(status);
    }

    @Test
    void countsVersionsAndSequences(RunningServer server) {
        final String path = "/v1/profiles/etag:1";
        final JsonNode created = server.put(path, "{\"attributes\":{\"a\":1}}").json();
        final Answer read = server.get(path);
        assertThat(read.json().get("version")).isEqualTo(created.get("version"));
        assertThat(read.header("ETag")).isEqualTo("\"" + created.get("version") + "\"");
        assertThat(Long.parseLong(read.header("Zandloper-Sequence")))
                .isGreaterThanOrEqualTo(created.get("sequence").longValue());
        final Answer same = server.put(path, "{\"attributes\":{\"a\":1}}");
        assertThat(same.json().get("version")).isEqualTo(created.get("version"));
        final Answer changed = server.put(path, "{\"attributes\":{\"a\":1.0}}");
        assertThat(changed.json().get("version").longValue())
                .isEqualTo(changed.json().get("sequence").longValue())
                .isGreaterThan(created.get("version").longValue());
        assertThat(changed.header("ETag")).isEqualTo("\"" + changed.json().get("version") + "\"");
        assertThat(changed.header("Zandloper-Sequence"))
                .isEqualTo(changed.json().get("sequence").toString());
        server.post("/v1/events", "{\"profile\":\"etag:1\",\"type\":\"click\"}");
        assertThat(server.get(path).json().get("version"))
                .isEqualTo(changed.json().get("version"));
    }

    @Test
    void holdsPreconditions(RunningServer server) {
        final String path = "/v1/profiles/etag:2";
        assertThat(server.put(path, "{}", "If-Match", "*").status()).isEqualTo(412);
        assertThat(server.put(path, "{}", "If-Match", "\"1\"").status()).isEqualTo(412);
        assertThat(server.get(path).status()).isEqualTo(404);
        assertThat(server.put(path, "{}", "If-None-Match", "*").status()).isEqualTo(200);
        assertThat(server.put(path, "{}", "If-None-Match", "*").status()).isEqualTo(412);
        final String tag = server.get(path).header("ETag");

        assertThat(server.get(path, "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(server.get(path, "If-None-Match", tag).response().body()).isEmpty();
        assertThat(server.get(path, "If-None-Match", tag).header("ETag")).isEqualTo(tag);
        assertThat(server.get(path, "If-None-Match", "W/" + tag).status()).isEqualTo(304);
        assertThat(server.get(path, "If-None-Match", "*").status()).isEqualTo(304);
        assertThat(server.get(path, "If-None-Match", "\"0\", \"x\"").status()).isEqualTo(200);
        assertThat(server.get(path, "If-Match", "\"0\"").status()).isEqualTo(412);
        assertThat(server.get(path, "If-Match", tag).status()).isEqualTo(200);

        final String patch = "{\"attributes\":{\"n\":%d}}";
        assertThat(server.patch(path, patch.formatted(1), "If-Match", "\"0\"").status())
                .isEqualTo(412);
        assertThat(server.patch(path, patch.formatted(1), "If-Match", "W/" + tag)
                        .status())
                .isEqualTo(412);
        assertThat(server.patch(path, patch.formatted(1), "If-Match", "\"0\", " + tag)
                        .status())
                .isEqualTo(200);
        assertThat(server.patch(path, patch.formatted(2), "If-Match", tag).status())
                .isEqualTo(412);
        assertThat(server.patch(path, patch.formatted(2), "If-Match", "*").status())
                .isEqualTo(200);
        assertThat(server.patch(path, patch.formatted(3), "If-Match", "17").status())
                .isEqualTo(400);
        assertThat(server.get(path).json().at("/attributes/n").intValue()).isEqualTo(2);
    }

    @Test
    void ignoresWhatIsOnlyShown(RunningServer server) {
        final String path = "/v1/profiles/roundtrip:1";
        server.put(
                path,
                "{\"attributes\":{\"age\":61,\"x\":1.0},\"segments\":[\"vip\"],\"scores\":{\"loan\":1},\"consent\":{\"purposes\":[1]}}");
        final Answer read = server.get(path);
        final Answer written = server.put(path, read.text());
        assertThat(written.status()).as(written.toString()).isEqualTo(200);
        assertThat(written.json().get("version")).isEqualTo(read.json().get("version"));
    }

    @Test
    void refusesAProfileThatIsTooLarge(RunningServer server) {
        final StringBuilder attributes = new StringBuilder("\"a0\":1");
        for (int i = 1; i <= 15; i++) {
            attributes
                    .append(",\"a")
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(4096))
                    .append('"');
        }
        assertThat(server.put("/v1/profiles/large:1", "{\"attributes\":{" + attributes + "}}")
                        .status())
                .isEqualTo(200);
        for (int i = 0; i < 10_000; i++) {
            attributes.append(",\"b").append(i).append("\":1");
        }
        assertThat(server.put("/v1/profiles/large:1", "{\"attributes\":{" + attributes + "}}")
                        .status())
                .isEqualTo(422);
        assertThat(server.patch("/v1/profiles/large:1", "{\"attributes\":{\"more\":[\"" + "y".repeat(4096) + "\"]}}")
                        .status())
                .isEqualTo(422);
    }
}
