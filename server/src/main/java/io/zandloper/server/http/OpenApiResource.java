package io.zandloper.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** {@code /openapi.json}: the description of every call, kept by hand beside this class. */
final class OpenApiResource {
    private static final String FILE = "openapi.json";

    private final byte[] description;

    OpenApiResource() {
        try (InputStream file = OpenApiResource.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException("the program was built without its API description, file=" + FILE);
            }
            description = file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading the API description from the program failed", e);
        }
    }

    void get(Exchange exchange, byte[] body) {
        exchange.respond(new Response(200, Response.JSON, description, 0, List.of()));
    }
}
