package io.zandloper.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import io.zandloper.server.SharedData;
import io.zandloper.storage.profile.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StrictJsonTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "1, 1",
                "-0, 0",
                "9223372036854775807, 9223372036854775807",
                "-9223372036854775808, -9223372036854775808",
                "9007199254740993, 9007199254740993",
                "1.0, 1.0",
                "-0.0, -0.0",
                "1e-7, 1.0E-7",
                "1E2, 100.0",
                "123e45, 1.23E47",
                "\"\", \"\"",
                "true, true",
                "null, null",
                "` [1, \"a\" ,{}] `, `[1,\"a\",{}]`",
                "`{\"a\":1,\"b\":2,\"a\":3}`, `{\"a\":3,\"b\":2}`",
                "`\"\\u0000\\ud83d\\ude00\"`, `\"\\u0000😀\"`"
            })
    void writesBackWhatItReads(String json, String expected) {
        assertThat(StrictJson.write(parse(json))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "NaN",
                "Infinity",
                "-Infinity",
                "+1",
                "01",
                "1.",
                ".5",
                "1e",
                "'a'",
                "{a:1}",
                "[1,]",
                "{\"a\":1,}",
                "[1] 2",
                "{} {}",
                "1 /* c */",
                "// c\n1",
                "\"\u0001\"",
                "\"\\x\"",
                "[",
                "]",
                "{\"a\"",
                "1,2",
                "\u00A01",
                "TRUE"
            })
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(MalformedBodyException.class)
                .hasMessageStartingWith("not JSON: ");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`{\"a\":{\"b\":[1,9223372036854775808]}}`, a.b[1]",
                "`[-9223372036854775809]`, [0]",
                "`{\"a\":1e999}`, a",
                "`{\"a\":-1e999}`, a",
                "`{\"a\":\"\\ud800\"}`, a",
                "`{\"a\":\"\\udc00\\ud800\"}`, a",
                "`{\"\\ud800\":1}`, \uFFFD"
            })
    void namesTheValueThatCannotBeKept(String json, String path) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        e -> assertThat(e.errors())
                                .singleElement()
                                .satisfies(error -> assertThat(error.path()).isEqualTo(path)));
    }

    @Test
    void nestsToItsLimitAndNoDeeper() {
        final int depth = StrictJson.NESTING_DEPTH_MAX;
        assertThat(parse("[".repeat(depth) + "]".repeat(depth)).isArray()).isTrue();
        assertThatThrownBy(() -> parse("[".repeat(depth + 1) + "]".repeat(depth + 1)))
                .isInstanceOf(MalformedBodyException.class);
        assertThatThrownBy(() -> parse("[".repeat(1_000_000))).isInstanceOf(MalformedBodyException.class);
    }

    @Test
    void refusesWhatIsNoUtf8() {
        for (byte[] bytes : List.of(
                new byte[] {'"', (byte) 0xC0, (byte) 0xAF, '"'},
                new byte[] {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'},
                new byte[] {'"', (byte) 0xFF, '"'},
                new byte[] {'"', (byte) 0xE2, (byte) 0x82, '"'},
                "{}".getBytes(StandardCharsets.UTF_16BE))) {
            assertThatThrownBy(() -> StrictJson.parse(bytes)).isInstanceOf(MalformedBodyException.class);
        }
    }

    @Test
    void skipsAByteOrderMark() {
        assertThat(parse("\uFEFF{}").isObject()).isTrue();
        assertThatThrownBy(() -> parse("\uFEFF")).isInstanceOf(MalformedBodyException.class);
    }

    @Test
    void readsNumbersOfAnyLengthInNoTime() {
        assertThatThrownBy(() -> parse("9".repeat(4_000_000))).isInstanceOf(InvalidInputException.class);
        assertThat(parse("0." + "3".repeat(4_000_000)).doubleValue()).isEqualTo(1.0 / 3);
    }

    @Test
    void bringsNoMoreValuesToTheHeapThanAnyDocumentNeeds() {
        final String many = "{\"a\":[" + "1,".repeat(StrictJson.VALUES_MAX - 3) + "1]}";
        assertThat(StrictJson.parseObject(many.getBytes(StandardCharsets.UTF_8)).get("a"))
                .hasSize(StrictJson.VALUES_MAX - 2);
        final String tooMany = "{\"a\":[" + "1,".repeat(StrictJson.VALUES_MAX - 2) + "1]}";
        assertThatThrownBy(() -> StrictJson.parseObject(tooMany.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MalformedBodyException.class);
        assertThat(parse(tooMany).get("a")).hasSize(StrictJson.VALUES_MAX - 1);
        assertThatThrownBy(() -> parse("[" + "[],".repeat(StrictJson.CATALOG_VALUES_MAX) + "1]"))
                .isInstanceOf(MalformedBodyException.class);
    }

    @Test
    void readsPartsOfAnArray() {
        final byte[] bytes = "xx{\"a\":1}yy".getBytes(StandardCharsets.UTF_8);
        assertThat(StrictJson.parseObject(bytes, 2, 7).get("a").longValue()).isEqualTo(1);
    }

    @Test
    void agreesWithThePublicTestSuite() throws IOException {
        final Path folder = SharedData.require("json-test-suite/test_parsing");
        final List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.sorted().toList();
        }
        assertThat(files).hasSizeGreaterThan(200);
        assertAll(files.stream().map(file -> () -> {
            final String name = file.getFileName().toString();
            final String outcome = outcome(Files.readAllBytes(file));
            if (name.startsWith("y_")) {
                assertThat(outcome).as(name).isEqualTo("parsed");
            } else if (name.startsWith("n_")) {
                assertThat(outcome).as(name).isEqualTo("malformed");
            }
        }));
    }

    private static String outcome(byte[] json) {
        try {
            StrictJson.parse(json);
            return "parsed";
        } catch (MalformedBodyException e) {
            return "malformed";
        } catch (InvalidInputException e) {
            return "invalid";
        }
    }

    private static JsonNode parse(String json) {
        return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
