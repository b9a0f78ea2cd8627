package io.zandloper.server.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.iab.gpp.encoder.GppModel;
import com.iab.gpp.encoder.section.TcfCaV1;
import com.iab.gpp.encoder.section.TcfEuV2;
import com.iab.gpp.encoder.section.UspV1;
import io.zandloper.server.SharedData;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsentDecoderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<List<Integer>> purposes() {
        return List.of(
                List.of(),
                List.of(1),
                List.of(1, 3, 4),
                List.of(24),
                IntStream.rangeClosed(1, 24).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("purposes")
    void readsTheConsentedPurposesOfATcfString(List<Integer> purposes) {
        assertThat(ConsentDecoder.decodeTcf(tcf(purposes), "consent.tcf")).isEqualTo(mask(purposes));
    }

    @ParameterizedTest
    @MethodSource("purposes")
    void readsTheConsentedPurposesOfAGppString(List<Integer> purposes) {
        final GppModel europe = europe(purposes);
        assertThat(ConsentDecoder.decodeGpp(europe.encode(), "consent.gpp")).isEqualTo(mask(purposes));

        final GppModel canada = new GppModel();
        canada.setFieldValue(TcfCaV1.NAME, "PurposesExpressConsent", bits(purposes));
        canada.setFieldValue(TcfCaV1.NAME, "PurposesImpliedConsent", bits(List.of(2)));
        assertThat(ConsentDecoder.decodeGpp(canada.encode(), "consent.gpp")).isEqualTo(mask(purposes));
    }

    @Test
    void refusesAGppStringWithoutTcf() {
        final GppModel california = new GppModel();
        california.setFieldValue(UspV1.NAME, "Notice", "Y");
        assertRefused(() -> ConsentDecoder.decodeGpp(california.encode(), "consent.gpp"), "consent.gpp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                "a",
                "C",
                "CP",
                "D",
                "DBAA~",
                "~",
                "null",
                "CPX…",
                "A",
                "BO",
                "%00",
                "\u0000",
                "====",
                "DBABMA~",
                "DBABMA~CP"
            })
    void refusesGarbage(String text) {
        assertRefused(() -> ConsentDecoder.decodeTcf(text, "consent.tcf"), "consent.tcf");
        assertRefused(() -> ConsentDecoder.decodeGpp(text, "consent.gpp"), "consent.gpp");
    }

    @Test
    void refusesAStringCutAnywhereWithinItsFields() {
        final String whole = tcf(List.of(1, 3, 4));
        for (int length = 0; length < 30; length++) {
            final String cut = whole.substring(0, length);
            assertRefused(() -> ConsentDecoder.decodeTcf(cut, "consent.tcf"), "consent.tcf");
        }
    }

    @Test
    void answersRandomAndChangedStringsInTime() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=";
        final List<String> valid =
                List.of(tcf(List.of(1, 2)), europe(List.of(1, 2)).encode());
        for (int i = 0; i < 20_000; i++) {
            final StringBuilder text = new StringBuilder(valid.get(i % 2));
            if (i % 4 < 2) {
                text.setLength(0);
                text.append(i % 2 == 0 ? "C" : "DB");
            }
            for (int changes = random.nextInt(40); changes > 0; changes--) {
                final char c = alphabet.charAt(random.nextInt(alphabet.length()));
                text.insert(random.nextInt(text.length() + 1), c);
            }
            decodesOrRefuses(text.toString(), "seed=" + seed + " i=" + i);
        }
    }

    @Test
    void boundsTheTimeOfHostileStrings() {
        final int length = ProfileLimits.CONSENT_STRING_BYTES_MAX;
        final byte[] ones = new byte[length * 3 / 4];
        Arrays.fill(ones, (byte) 0xFF);
        final String allOnes = Base64.getUrlEncoder().withoutPadding().encodeToString(ones);
        final long start = System.nanoTime();
        for (String text : List.of(
                "C" + allOnes.substring(1),
                "B" + allOnes.substring(1),
                tcf(List.of(1)).substring(0, 36) + allOnes.substring(36),
                "DBABMA~" + tcf(List.of(1)).substring(0, 36) + allOnes.substring(43),
                "D" + allOnes.substring(1),
                "DBABMA" + "~".repeat(length - 6),
                ".".repeat(length))) {
            decodesOrRefuses(text, text.substring(0, 10));
        }
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
        assertRefused(() -> ConsentDecoder.decodeTcf(allOnes + "A", "consent.tcf"), "consent.tcf");
    }

    @Test
    void agreesWithTheReferenceDecoderOnStringsOfOtherProjects() throws IOException {
        final List<String> lines = Files.readAllLines(SharedData.require("consent/tcf_third_party.jsonl"));
        assertThat(lines).hasSizeGreaterThan(40);
        assertAll(lines.stream().map(line -> () -> {
            final JsonNode expected = JSON.readTree(line);
            final String tcf = expected.get("tc").asText();
            if (expected.get("ok").asBoolean()) {
                final List<Integer> purposes = new ArrayList<>();
                expected.get("purposesConsent").forEach(purpose -> purposes.add(purpose.asInt()));
                assertThat(ConsentDecoder.decodeTcf(tcf, "consent.tcf")).as(tcf).isEqualTo(mask(purposes));
            } else {
                assertRefused(() -> ConsentDecoder.decodeTcf(tcf, "consent.tcf"), "consent.tcf");
            }
        }));
    }

    private static void decodesOrRefuses(String text, String what) {
        try {
            ConsentDecoder.decodeTcf(text, "consent.tcf");
        } catch (InvalidInputException e) {
            assertThat(e.errors()).as(what).hasSize(1);
        }
        try {
            ConsentDecoder.decodeGpp(text, "consent.gpp");
        } catch (InvalidInputException e) {
            assertThat(e.errors()).as(what).hasSize(1);
        }
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable decode, String path) {
        assertThatThrownBy(decode)
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        e -> assertThat(e.errors()).extracting(FieldError::path).containsExactly(path));
    }

    /** The section of a GPP string that carries TCF is a TCF string. */
    private static String tcf(List<Integer> purposes) {
        return europe(purposes).encodeSection(TcfEuV2.NAME);
    }

    private static GppModel europe(List<Integer> purposes) {
        final GppModel model = new GppModel();
        model.setFieldValue(TcfEuV2.NAME, "PurposeConsents", bits(purposes));
        model.setFieldValue(TcfEuV2.NAME, "PurposeLegitimateInterests", bits(List.of(2, 7)));
        model.setFieldValue(TcfEuV2.NAME, "VendorConsents", List.of(3, 4, 5, 100));
        return model;
    }

    private static List<Boolean> bits(List<Integer> purposes) {
        final List<Boolean> bits = new ArrayList<>(Collections.nCopies(ProfileLimits.PURPOSE_MAX, false));
        purposes.forEach(purpose -> bits.set(purpose - 1, true));
        return bits;
    }

    private static int mask(List<Integer> purposes) {
        return purposes.stream().mapToInt(purpose -> 1 << (purpose - 1)).sum();
    }
}
