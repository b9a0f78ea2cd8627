package io.zandloper.server.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.profile.Identity;
import java.util.Set;

/** Documents that say that two identities are one person, to changes. Stateless; any thread. */
public final class LinkReader {
    private static final Set<String> FIELDS = Set.of("a", "b");

    private LinkReader() {}

    /** @throws io.zandloper.storage.profile.InvalidInputException with everything that is wrong */
    public static LinkProfiles read(ObjectNode document) {
        final DocumentErrors errors = new DocumentErrors();
        final Fields fields = new Fields(document, "", errors);
        fields.allowOnly(FIELDS);
        for (String name : FIELDS) {
            if (!fields.has(name)) {
                errors.add(name, "the identity is missing");
            }
        }
        final Identity a = fields.identity("a");
        final Identity b = fields.identity("b");
        errors.throwIfAny();
        if (a == null || b == null) {
            throw new IllegalStateException("a link without both identities was let through");
        }
        return new LinkProfiles(a, b);
    }
}
