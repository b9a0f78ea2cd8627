package io.zandloper.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A document, or members of one, that can write itself. */
@FunctionalInterface
public interface JsonBody {
    /** Numbers go out as what they are; {@code 1.0} stays {@code 1.0}. */
    void writeTo(JsonGenerator out) throws IOException;

    /** The document as UTF-8. */
    default byte[] toUtf8() {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(INITIAL_BYTES);
        try (JsonGenerator out = StrictJson.factory().createGenerator(bytes)) {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** What most answers need. */
    int INITIAL_BYTES = 512;
}
