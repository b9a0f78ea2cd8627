package io.zandloper.server.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.AttributesPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.Precondition;
import io.zandloper.storage.change.UpsertProfile.ScoresPatch;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Ids;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Profile documents as callers write them, to changes: the bodies of PUT and PATCH, and the lines of a bulk import.
 * Stateless; any thread.
 *
 * <p>Checked here is what the document alone can tell. Whether its segments exist and its identities are free depends on
 * the present state, which only the writer knows.
 *
 * @see UpsertProfile
 */
public final class ProfileReader {
    private static final Set<String> FIELDS = Set.of(
            "id",
            "identities",
            "attributes",
            "segments",
            "scores",
            "consent",
            // Shown, never written: a document that was read can be sent back as it is.
            "computed",
            "version",
            "updatedAt",
            "sequence");
    private static final Set<String> ADD_REMOVE = Set.of("add", "remove");
    private static final Set<String> SEGMENT_FIELDS = Set.of("id", "expires");

    private ProfileReader() {}

    /**
     * The body of a PUT or PATCH.
     *
     * @throws MalformedBodyException where a part is of the wrong kind
     * @throws InvalidInputException with everything else that is wrong
     */
    public static UpsertProfile read(
            ObjectNode document, Identity target, Mode mode, @Nullable Precondition precondition) {
        final DocumentErrors errors = new DocumentErrors();
        final UpsertProfile change = upsert(document, "", target, mode, precondition, errors);
        errors.throwIfAny();
        return change;
    }

    /** A line of a bulk import, which has to name at least one identity itself. */
    public static UpsertProfile readLine(ObjectNode document, Mode mode) {
        final DocumentErrors errors = new DocumentErrors();
        final UpsertProfile change = upsert(document, "", null, mode, null, errors);
        errors.throwIfAny();
        final IdentitiesPatch identities = change.identities();
        if (change.id() == null && (identities == null || identities.add().isEmpty())) {
            throw new InvalidInputException("id", "a line names its profile by id or identities");
        }
        return change;
    }

    /** A document inside another one, at {@code path}; with the errors of both noted in {@code errors}. */
    static UpsertProfile readNested(ObjectNode document, String path, DocumentErrors errors) {
        return upsert(document, path, null, Mode.REPLACE, null, errors);
    }

    private static UpsertProfile upsert(
            ObjectNode document,
            String path,
            @Nullable Identity target,
            Mode mode,
            @Nullable Precondition precondition,
            DocumentErrors errors) {
        final Fields fields = new Fields(document, path, errors);
        fields.allowOnly(FIELDS);
        final AttributesPatch attributes = AttributesReader.read(fields, mode, errors);
        if (attributes != null && AttributesReader.leastBytes(attributes) > ProfileLimits.PROFILE_BYTES_MAX) {
            // The writer measures exactly; what cannot fit need not wait for it, and be held until then.
            errors.add(
                    fields.pathOf("attributes"), "a profile is at most " + ProfileLimits.PROFILE_BYTES_MAX + " bytes");
        }
        return new UpsertProfile(
                target,
                mode,
                precondition,
                fields.identity("id"),
                identities(fields, mode, errors),
                attributes,
                segments(fields, mode, errors),
                scores(fields, mode, errors),
                ConsentReader.read(fields, mode, errors));
    }

    /** Null names nobody: identities cannot be taken away all at once. */
    private static @Nullable IdentitiesPatch identities(Fields fields, Mode mode, DocumentErrors errors) {
        final String path = fields.pathOf("identities");
        final JsonNode value = fields.value("identities");
        if (value == null) {
            return null;
        }
        if (mode == Mode.MERGE && value instanceof ObjectNode object) {
            final Fields changes = new Fields(object, path, errors);
            changes.allowOnly(ADD_REMOVE);
            return new IdentitiesPatch(
                    false,
                    identityList(changes.array("add"), changes.pathOf("add"), errors),
                    identityList(changes.array("remove"), changes.pathOf("remove"), errors));
        }
        final boolean replace = mode == Mode.REPLACE;
        return new IdentitiesPatch(replace, identityList(fields.array("identities"), path, errors), List.of());
    }

    private static List<Identity> identityList(@Nullable ArrayNode array, String path, DocumentErrors errors) {
        final List<Identity> identities = new ArrayList<>();
        for (int i = 0; array != null && i < array.size(); i++) {
            final JsonNode element = array.get(i);
            final String elementPath = Paths.of(path, i);
            if (element.isTextual()) {
                final Identity identity = errors.attempt(() -> Identity.parse(element.textValue(), elementPath));
                if (identity != null) {
                    identities.add(identity);
                }
            } else {
                errors.add(elementPath, "not a string");
            }
        }
        return identities;
    }

    private static @Nullable SegmentsPatch segments(Fields fields, Mode mode, DocumentErrors errors) {
        final String path = fields.pathOf("segments");
        final JsonNode value = fields.value("segments");
        if (value == null) {
            return fields.isNull("segments") ? new SegmentsPatch(true, Map.of(), List.of()) : null;
        }
        if (mode == Mode.MERGE && value instanceof ObjectNode object) {
            final Fields changes = new Fields(object, path, errors);
            changes.allowOnly(ADD_REMOVE);
            return new SegmentsPatch(
                    false,
                    memberships(changes.array("add"), changes.pathOf("add"), errors),
                    List.copyOf(memberships(changes.array("remove"), changes.pathOf("remove"), errors)
                            .keySet()));
        }
        return new SegmentsPatch(true, memberships(fields.array("segments"), path, errors), List.of());
    }

    /** Segment to expiry; of a segment named twice the last entry counts. */
    private static Map<String, Long> memberships(@Nullable ArrayNode array, String path, DocumentErrors errors) {
        final Map<String, Long> memberships = new LinkedHashMap<>();
        for (int i = 0; array != null && i < array.size(); i++) {
            final JsonNode element = array.get(i);
            final String elementPath = Paths.of(path, i);
            if (element.isTextual()) {
                addMembership(element.textValue(), Times.NEVER, elementPath, memberships, errors);
            } else if (element instanceof ObjectNode object) {
                final Fields entry = new Fields(object, elementPath, errors);
                entry.allowOnly(SEGMENT_FIELDS);
                final String id = entry.text("id");
                final Long expiresMicros = entry.timeMicros("expires");
                if (id == null) {
                    errors.add(entry.pathOf("id"), "the segment's id is missing");
                } else {
                    addMembership(
                            id,
                            expiresMicros == null ? Times.NEVER : expiresMicros,
                            entry.pathOf("id"),
                            memberships,
                            errors);
                }
            } else {
                errors.add(elementPath, "a segment is its id or an object with id and expires");
            }
        }
        return memberships;
    }

    private static void addMembership(
            String id, long expiresMicros, String path, Map<String, Long> memberships, DocumentErrors errors) {
        if (Ids.isValid(id)) {
            memberships.put(id, expiresMicros);
        } else {
            errors.add(path, "the catalog has no segment '" + Paths.printable(id) + "'");
        }
    }

    private static @Nullable ScoresPatch scores(Fields fields, Mode mode, DocumentErrors errors) {
        final ObjectNode object = fields.object("scores");
        if (object == null) {
            return fields.isNull("scores") ? new ScoresPatch(true, Map.of()) : null;
        }
        final Fields scores = new Fields(object, fields.pathOf("scores"), errors);
        final Map<String, @Nullable Number> values = new LinkedHashMap<>();
        object.fieldNames().forEachRemaining(offer -> {
            if (!Ids.isValid(offer)) {
                errors.add(scores.pathOf(offer), "an offer's id is 1-64 of [A-Za-z0-9_.:-]");
            }
            values.put(offer, scores.number(offer));
        });
        return new ScoresPatch(mode == Mode.REPLACE, values);
    }
}
