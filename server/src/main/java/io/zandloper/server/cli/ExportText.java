package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An export for people: the profile as {@code get} shows it, and what is held beside it. */
final class ExportText {
    private static final List<String> EVENT_FIELDS = List.of("id", "offer", "placement", "product", "value");

    private ExportText() {}

    static String of(JsonNode export) {
        final List<String> lines = new ArrayList<>();
        lines.add(ProfileText.of(export));
        final JsonNode consent = export.path("consent");
        for (String string : List.of("tcf", "gpp")) {
            if (consent.has(string)) {
                lines.add("  " + string + "         " + consent.path(string).asText());
            }
        }
        fields(lines, "not visible", export.path("invisible"));
        fields(lines, "latest conversions", export.path("lastConverts"));
        if (!export.path("events").isEmpty()) {
            lines.add("  events");
            export.path("events").forEach(event -> lines.add("    " + event(event)));
        }
        return String.join(System.lineSeparator(), lines);
    }

    private static void fields(List<String> lines, String label, JsonNode object) {
        if (!object.isEmpty()) {
            lines.add("  " + label);
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                lines.add("    " + field.getKey() + "  " + field.getValue().asText());
            }
        }
    }

    private static String event(JsonNode event) {
        final StringBuilder line = new StringBuilder(event.path("at").asText())
                .append("  ")
                .append(event.path("type").asText());
        for (String field : EVENT_FIELDS) {
            if (event.has(field)) {
                line.append("  ")
                        .append(field)
                        .append(' ')
                        .append(event.path(field).asText());
            }
        }
        for (Map.Entry<String, JsonNode> fact : event.path("context").properties()) {
            line.append("  ").append(fact.getKey()).append('=').append(fact.getValue());
        }
        return line.toString();
    }
}
