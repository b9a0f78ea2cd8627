package io.zandloper.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is asked of a decision, by whichever command: {@code --placement}, {@code --context} and {@code --at}. */
final class DecisionOptions {
    @Option(
            names = "--placement",
            paramLabel = "ID[:COUNT]",
            description =
                    "Placements that are asked for together, in their order, with how many offers each; digits after"
                            + " the last colon are the count. Default: all of the catalog; a simulation asks for each by itself.")
    private List<String> placements = new ArrayList<>();

    @Option(
            names = "--context",
            paramLabel = "KEY=VALUE",
            description =
                    "The context of the decision; a value that reads as a JSON number, boolean or quoted string is"
                            + " one, any other a string.")
    private Map<String, String> context = new LinkedHashMap<>();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "Decides as of this time, such as 2026-11-01T12:00:00Z. Default: now.")
    private @Nullable String at;

    boolean namesPlacements() {
        return !placements.isEmpty();
    }

    /** Adds what is given, as requests have it. */
    void addTo(ObjectNode request) {
        if (!placements.isEmpty()) {
            final ArrayNode named = request.putArray("placements");
            placements.forEach(text -> add(text, named));
        }
        if (!context.isEmpty()) {
            final ObjectNode fields = request.putObject("context");
            context.forEach((key, value) -> fields.set(key, ContextValues.read(value)));
        }
        if (at != null) {
            request.put("at", at);
        }
    }

    private static void add(String text, ArrayNode named) {
        final int colon = text.lastIndexOf(':');
        final ObjectNode placement = named.addObject();
        if (colon > 0 && text.substring(colon + 1).matches("[0-9]{1,9}")) {
            placement.put("id", text.substring(0, colon)).put("count", Integer.parseInt(text.substring(colon + 1)));
        } else {
            placement.put("id", text);
        }
    }
}
