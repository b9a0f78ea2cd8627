package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedServer.class)
final class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "patch", "post", "delete");

    @Test
    void describesEveryCallAndNoOther(RunningServer server) {
        final JsonNode description = server.get("/openapi.json").json();
        assertThat(description.get("openapi").textValue()).startsWith("3.1.");
        final Set<String> described = new TreeSet<>();
        description
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        final Set<String> served = new TreeSet<>();
        server.http.routes().routes().forEach(route -> served.add(route.method() + " " + route.template()));
        assertThat(described).isEqualTo(served);
    }

    @Test
    void describesWhatEachCallTakes(RunningServer server) {
        final JsonNode paths = server.get("/openapi.json").json().get("paths");
        for (Route route : server.http.routes().routes()) {
            final JsonNode content = paths.get(route.template())
                    .get(route.method().name().toLowerCase(Locale.ROOT))
                    .at("/requestBody/content");
            final Set<String> described = new TreeSet<>();
            content.fieldNames().forEachRemaining(described::add);
            final Set<String> taken = new TreeSet<>();
            route.takes().forEach(type -> taken.add(type.text()));
            assertThat(described).as(route.template()).isEqualTo(taken);
        }
    }

    @Test
    void pointsOnlyAtWhatItHas(RunningServer server) {
        final JsonNode description = server.get("/openapi.json").json();
        for (JsonNode reference : description.findValues("$ref")) {
            assertThat(description.at(reference.textValue().substring(1)).isMissingNode())
                    .as(reference.textValue())
                    .isFalse();
        }
    }
}
