package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A profile document for people. Values stay JSON, so that a string with a line end or an escape is shown as such. */
final class ProfileText {
    private static final int LABEL_WIDTH = 12;

    private ProfileText() {}

    static String of(JsonNode profile) {
        final List<String> lines = new ArrayList<>();
        lines.add(profile.path("id").asText());
        line(lines, "identities", join(profile.path("identities")));
        line(lines, "segments", join(profile.path("segments")));
        line(lines, "computed", join(profile.path("computed")));
        if (profile.has("consent")) {
            line(lines, "consent", "purposes " + join(profile.path("consent").path("purposes")));
        }
        line(lines, "version", profile.path("version").asText());
        line(lines, "updated", profile.path("updatedAt").asText());
        fields(lines, "scores", profile.path("scores"));
        fields(lines, "attributes", profile.path("attributes"));
        return String.join(System.lineSeparator(), lines);
    }

    private static void line(List<String> lines, String label, String value) {
        if (!value.isEmpty()) {
            lines.add("  " + pad(label, LABEL_WIDTH) + value);
        }
    }

    private static void fields(List<String> lines, String label, JsonNode object) {
        if (object.isEmpty()) {
            return;
        }
        lines.add("  " + label);
        int width = 0;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            width = Math.max(width, field.getKey().length());
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            lines.add("    " + pad(field.getKey(), width + 2) + field.getValue());
        }
    }

    /** Elements with an expiry show it. */
    private static String join(JsonNode list) {
        final List<String> texts = new ArrayList<>();
        for (JsonNode element : list) {
            texts.add(
                    element.isObject()
                            ? element.path("id").asText() + " until "
                                    + element.path("expires").asText()
                            : element.asText());
        }
        return String.join(", ", texts);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
