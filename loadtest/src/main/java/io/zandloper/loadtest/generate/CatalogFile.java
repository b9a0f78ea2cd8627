package io.zandloper.loadtest.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** The catalog as JSON, one segment, offer or placement a line, so that two of them can be compared by eye. */
final class CatalogFile {
    static final String WEB_HERO = "web-hero";
    static final String WEB_LIST = "web-list";
    static final String EMAIL = "email";
    static final String CALL_SCRIPT = "call-script";
    static final String[] PLACEMENTS = {WEB_HERO, WEB_LIST, EMAIL, CALL_SCRIPT};

    private CatalogFile() {}

    static void write(OutputStream out, Segments segments, Offers offers) throws IOException {
        writeLine(out, "{\"segments\":[");
        writeList(out, segments.all().stream().map(Segments.Segment::toJson).toList());
        writeLine(out, "],\"offers\":[");
        writeList(out, offers.all());
        writeLine(out, "],\"placements\":[");
        writeList(out, placements(!offers.all().isEmpty()));
        writeLine(out, "],\"policies\":" + policies() + "}");
    }

    private static List<ObjectNode> placements(boolean hasFallback) {
        final List<ObjectNode> placements = List.of(
                placement(WEB_HERO, 1, 1),
                placement(WEB_LIST, 3, 1),
                placement(EMAIL, 2, 2),
                placement(CALL_SCRIPT, 5, 0));
        if (hasFallback) {
            placements.forEach(p -> p.putArray("fallback").add(Offers.NEWSLETTER));
        }
        return placements;
    }

    private static ObjectNode placement(String id, int count, int maxPerGroup) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("count", count)
                .put("maxPerGroup", maxPerGroup);
    }

    private static ObjectNode policies() {
        final ObjectNode policies = JsonNodeFactory.instance.objectNode();
        policies.put("consentDefault", "deny");
        policies.putObject("holdout").put("percent", 1.0).put("salt", "generated");
        Offers.cap(policies, "global", "impression", 30, "P1D");
        Offers.cap(policies, "channel", "impression", 20, "P1D");
        final ArrayNode priority = policies.putArray("identityPriority");
        priority.add("crm").add("email_sha256").add("cookie");
        return policies;
    }

    private static void writeList(OutputStream out, List<? extends JsonNode> nodes) throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            writeLine(out, nodes.get(i) + (i + 1 < nodes.size() ? "," : ""));
        }
    }

    private static void writeLine(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.write('\n');
    }
}
