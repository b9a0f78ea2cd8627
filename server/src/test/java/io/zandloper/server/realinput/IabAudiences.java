package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The IAB Audience Taxonomy 1.1 as listed segments. Tabs, CRLF; the first column is empty, the second the node's id. */
final class IabAudiences {
    static final int NODES = 1_558;
    private static final int SEGTAX = 4;
    private static final String PREFIX = "iab-";

    private IabAudiences() {}

    static String segmentOf(int node) {
        return PREFIX + node;
    }

    /** Adds a segment for every node the catalog does not name yet; those of purchase intent ask for purpose 4. */
    static void addTo(ObjectNode catalog, Path taxonomy) throws IOException {
        final ArrayNode segments = (ArrayNode) catalog.get("segments");
        final Set<String> named = new HashSet<>();
        for (JsonNode segment : segments) {
            if (segment.path("segtax").asInt() == SEGTAX) {
                assertThat(named.add(segment.get("segtaxId").textValue()))
                        .as("%s names a node of its own", segment)
                        .isTrue();
            }
        }
        final Set<String> nodes = new HashSet<>();
        final List<String> lines = Files.readAllLines(taxonomy, UTF_8);
        for (String line : lines.subList(1, lines.size())) {
            final String[] cells = line.split("\t", -1);
            final String node = cells[1];
            nodes.add(node);
            if (!named.contains(node)) {
                final ObjectNode segment = segments.addObject();
                segment.put("id", PREFIX + node)
                        .put("name", cells[3])
                        .put("segtax", SEGTAX)
                        .put("segtaxId", node);
                if (cells[4].startsWith("Purchase Intent")) {
                    segment.putArray("purposes").add(4);
                }
            }
        }
        assertThat(nodes).hasSize(NODES).containsAll(named);
    }
}
