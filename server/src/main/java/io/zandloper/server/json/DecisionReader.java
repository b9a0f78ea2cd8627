package io.zandloper.server.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.DecisionRequest.PlacementRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.resolve.ProfileEditor;
import io.zandloper.storage.resolve.Resolution;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decision requests. Stateless; any thread. */
public final class DecisionReader {
    private static final Set<String> FIELDS = Set.of("profile", "placements", "context", "explain", "at", "exclude");
    private static final Set<String> PLACEMENT_FIELDS = Set.of("id", "count");

    private DecisionReader() {}

    /**
     * @param catalog the one that will decide, which a profile document is checked against
     * @param nowMicros the time of a profile document that is made up for the request
     * @throws MalformedBodyException where a part is of the wrong kind
     * @throws InvalidInputException with everything else that is wrong; whether the placements exist is the decider's
     *     to say
     */
    public static DecisionRequest read(ObjectNode document, Catalog catalog, long nowMicros) {
        final DocumentErrors errors = new DocumentErrors();
        final Fields fields = new Fields(document, "", errors);
        fields.allowOnly(FIELDS);
        final ObjectNode inline = fields.value("profile") instanceof ObjectNode object ? object : null;
        final Boolean explain = fields.bool("explain");
        final DecisionRequest request = new DecisionRequest(
                inline != null ? null : fields.identity("profile"),
                inline == null ? null : profile(inline, catalog, nowMicros, errors),
                placements(fields, errors),
                ContextReader.read(fields, errors),
                explain != null && explain,
                fields.timeMicros("at"),
                exclude(fields, errors));
        errors.throwIfAny();
        return request;
    }

    /** A whole profile, checked like one that is written, as it would be stored. */
    private static @Nullable Profile profile(
            ObjectNode document, Catalog catalog, long nowMicros, DocumentErrors errors) {
        final UpsertProfile written = ProfileReader.readNested(document, "profile", errors);
        if (!errors.isEmpty()) {
            return null;
        }
        final IdentitiesPatch identities = written.identities();
        final boolean namesNobody = identities == null || identities.add().isEmpty();
        final UpsertProfile change = new UpsertProfile(
                null,
                written.mode(),
                null,
                written.id(),
                namesNobody ? null : identities,
                written.attributes(),
                written.segments(),
                written.scores(),
                written.consent());
        final Resolution resolution = new ProfileEditor(catalog).resolve(null, change, nowMicros, 0);
        resolution.errors().forEach(error -> errors.add(Paths.of("profile", error.path()), error.reason()));
        return resolution.profile();
    }

    static List<PlacementRequest> placements(Fields fields, DocumentErrors errors) {
        final List<PlacementRequest> placements = new ArrayList<>();
        final ArrayNode array = fields.array("placements");
        if (array == null || array.isEmpty()) {
            errors.add("placements", "names no placement");
            return placements;
        }
        for (int i = 0; i < array.size(); i++) {
            final String path = Paths.of("placements", i);
            if (array.get(i) instanceof ObjectNode object) {
                final Fields placement = new Fields(object, path, errors);
                placement.allowOnly(PLACEMENT_FIELDS);
                final String id = placement.text("id");
                if (id == null) {
                    errors.add(placement.pathOf("id"), "the placement's id is missing");
                } else {
                    placements.add(new PlacementRequest(id, count(placement, errors)));
                }
            } else {
                errors.add(path, "a placement is an object with id and count");
            }
        }
        return placements;
    }

    /** Beyond an {@code int} is out of range in any case. */
    private static @Nullable Integer count(Fields placement, DocumentErrors errors) {
        final Number count = placement.number("count");
        if (count == null || count instanceof Long) {
            return count == null ? null : Math.clamp(count.longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        errors.add(placement.pathOf("count"), "not a whole number");
        return null;
    }

    private static Set<String> exclude(Fields fields, DocumentErrors errors) {
        final Set<String> exclude = new HashSet<>();
        final ArrayNode array = fields.array("exclude");
        for (int i = 0; array != null && i < array.size(); i++) {
            if (array.get(i).isTextual()) {
                exclude.add(array.get(i).textValue());
            } else {
                errors.add(Paths.of("exclude", i), "not a string");
            }
        }
        return exclude;
    }
}
