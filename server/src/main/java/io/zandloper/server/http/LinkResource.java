package io.zandloper.server.http;

import io.zandloper.server.json.LinkReader;
import io.zandloper.server.json.StrictJson;
import io.zandloper.storage.profile.Identity;

/** {@code /v1/identities/link}: two identities are one person. */
final class LinkResource {
    void link(Exchange exchange, byte[] body) {
        exchange.submit(
                LinkReader.read(StrictJson.parseObject(body)),
                outcome -> Response.ok(out -> {
                            out.writeStartObject();
                            final Identity survivor = outcome.profile();
                            out.writeStringField("profile", survivor == null ? null : survivor.text());
                            out.writeNumberField("version", outcome.version());
                            out.writeNumberField("sequence", outcome.sequence());
                            out.writeEndObject();
                        })
                        .withVersion(outcome.version()));
    }
}
