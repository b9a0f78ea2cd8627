package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.SharedData;
import io.zandloper.server.http.RunningServer.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Collections of texts that are known to break software, sent over real sockets. */
@ExtendWith(SharedServer.class)
final class StringsOverHttpTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void keepsNaughtyStringsAsValuesAndNames(RunningServer server) throws IOException {
        final List<String> strings = naughtyStrings();
        final ObjectNode document = JSON.createObjectNode();
        final ObjectNode attributes = document.putObject("attributes");
        final List<List<String>> chunks = new ArrayList<>();
        for (int i = 0; i < strings.size(); i += 50) {
            chunks.add(strings.subList(i, Math.min(strings.size(), i + 50)));
        }
        for (List<String> chunk : chunks) {
            attributes.removeAll();
            for (String text : chunk) {
                attributes.put("v" + attributes.size(), text);
                if (text.getBytes(StandardCharsets.UTF_8).length <= 64) {
                    attributes.put(text, attributes.size());
                }
            }
            attributes
                    .putArray("all")
                    .addAll(chunk.stream().map(JSON.getNodeFactory()::textNode).toList());
            assertThat(server.put("/v1/profiles/naughty:values", document.toString())
                            .status())
                    .isEqualTo(200);
            assertThat(JSON.readTree(server.get("/v1/profiles/naughty:values").text())
                            .get("attributes"))
                    .isEqualTo(attributes);
        }
    }

    @Test
    void findsProfilesByNaughtyIdentitiesOrSaysWhyNot(RunningServer server) throws IOException {
        assertAll(naughtyStrings().stream().map(text -> () -> {
            final String path = "/v1/profiles/naughty:" + Encoded.path(text);
            final Answer written = server.put(path, "{}");
            final boolean hasControls = text.codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL);
            final int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (hasControls || bytes == 0 || bytes > 256) {
                assertThat(written.status()).as(text).isEqualTo(422);
            } else {
                assertThat(written.status()).as(text).isEqualTo(200);
                assertThat(server.get(path).json().get("id").textValue()).isEqualTo("naughty:" + text);
            }
        }));
    }

    @Test
    void refusesNaughtyConsentStringsAndIds(RunningServer server) throws IOException {
        assertAll(naughtyStrings().stream().map(text -> () -> {
            final ObjectNode document = JSON.createObjectNode();
            document.putObject("consent").put("tcf", text);
            assertThat(server.put("/v1/profiles/naughty:tcf", document.toString())
                            .status())
                    .as(text)
                    .isEqualTo(422);
            final ObjectNode request = JSON.createObjectNode();
            request.putArray("placements").addObject().put("id", text);
            assertThat(server.post("/v1/decisions", request.toString()).status())
                    .as(text)
                    .isEqualTo(422);
            final ObjectNode event =
                    JSON.createObjectNode().put("profile", text).put("type", text);
            assertThat(server.post("/v1/events", event.toString()).status())
                    .as(text)
                    .isIn(200, 422);
        }));
    }

    @Test
    void answersThePublicJsonTestSuite(RunningServer server) throws IOException {
        final List<Path> files;
        try (Stream<Path> listed = Files.list(SharedData.require("json-test-suite/test_parsing"))) {
            files = listed.sorted().toList();
        }
        assertAll(files.stream().map(file -> () -> {
            final String name = file.getFileName().toString();
            final byte[] json = Files.readAllBytes(file);
            final String type = "application/json";
            for (String call : List.of(
                    "PUT /v1/profiles/suite:1", "POST /v1/catalog/validate", "POST /v1/decisions", "POST /v1/events")) {
                final String[] methodAndPath = call.split(" ", -1);
                final int status = server.sendBytes(methodAndPath[0], methodAndPath[1], json, "Content-Type", type)
                        .status();
                if (name.startsWith("n_")) {
                    assertThat(status).as(call + " " + name).isEqualTo(400);
                } else {
                    assertThat(status).as(call + " " + name).isIn(200, 400, 422);
                }
            }
            if (name.startsWith("y_")) {
                final byte[] catalog = concat("{\"offers\":[{\"id\":\"o\",\"payload\":", json, "}]}");
                final JsonNode answer = server.sendBytes("POST", "/v1/catalog/validate", catalog, "Content-Type", type)
                        .json();
                assertThat(answer.path("valid").booleanValue()).as(name).isTrue();
                assertThat(answer.path("errors")).as(name).isEmpty();
            }
        }));
    }

    private static byte[] concat(String before, byte[] middle, String after) {
        final java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        bytes.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(middle);
        bytes.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static List<String> naughtyStrings() throws IOException {
        final List<String> strings = new ArrayList<>();
        JSON.readTree(Files.readString(SharedData.require("naughty-strings/blns.json")))
                .forEach(text -> strings.add(text.textValue()));
        assertThat(strings).hasSizeGreaterThan(500);
        return strings;
    }
}
