package io.zandloper.server.wire;

import io.zandloper.protocol.Status;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.AttributesPatch;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.IdentitiesPatch;
import io.zandloper.protocol.schema.PlacementRequest;
import io.zandloper.protocol.schema.Precondition;
import io.zandloper.protocol.schema.ProfileDocument;
import io.zandloper.protocol.schema.ScoresPatch;
import io.zandloper.protocol.schema.SegmentsPatch;
import io.zandloper.protocol.schema.UpsertMode;
import io.zandloper.protocol.schema.UpsertRequest;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.resolve.ProfileEditor;
import io.zandloper.storage.resolve.Resolution;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verified bodies to requests of the server: what is decided, and what is written. Stateless.
 *
 * <p>Each method throws {@link InvalidInputException} with all that is wrong with the values, and {@link
 * RequestException} for text that is not UTF-8.
 */
final class RequestReader {
    /** In the schema, for "now". */
    private static final long NOW = Long.MIN_VALUE;

    private RequestReader() {}

    /** The one identity a lookup is about. */
    static Identity identity(Supplier<String> profile) {
        return Identity.parse(text(profile), "profile");
    }

    /** A text that may be absent. */
    static @Nullable String optionalText(Supplier<@Nullable String> field) {
        return text(field);
    }

    /** @param catalog what a profile document may name segments of */
    static DecisionRequest decide(ByteBuffer body, Catalog catalog, long nowMicros) {
        return text(() -> {
            final DecideRequest request = DecideRequest.getRootAsDecideRequest(body);
            final ProfileParts parts = new ProfileParts("");
            final Identity identity = parts.identity(request.profile(), "profile");
            final Profile document =
                    request.document() == null ? null : document(request.document(), parts, catalog, nowMicros);
            if (request.profile() != null && document != null) {
                parts.add("document", "an identity and a document are given; at most one can be decided for");
            }
            final Map<String, Object> context = context(request, parts);
            parts.throwIfAny();
            return new DecisionRequest(
                    identity,
                    document,
                    placements(request),
                    context,
                    request.explain(),
                    request.atMicros() == NOW ? null : request.atMicros(),
                    Set.copyOf(new HashSet<>(strings(request.excludeLength(), request::exclude))));
        });
    }

    /** Whether its profile exists, its segments are known and its identities are free, the writer finds out. */
    static UpsertProfile upsert(ByteBuffer body) {
        return text(() -> {
            final UpsertRequest request = UpsertRequest.getRootAsUpsertRequest(body);
            final ProfileParts parts = new ProfileParts("");
            final Identity target = parts.identity(request.profile(), "profile");
            final Identity id = parts.identity(request.id(), "id");
            final UpsertProfile.IdentitiesPatch identities = identities(request.identities(), parts);
            if (request.profile() == null
                    && request.id() == null
                    && (identities == null || identities.add().isEmpty())) {
                parts.add("profile", "no identity is named by profile, id or identities");
            }
            if (request.mode() > UpsertMode.Replace) {
                parts.add("mode", "a mode that this server does not know, mode=" + request.mode());
            }
            final UpsertProfile change = new UpsertProfile(
                    target,
                    request.mode() == UpsertMode.Replace ? Mode.REPLACE : Mode.MERGE,
                    precondition(request.precondition()),
                    id,
                    identities,
                    attributes(request.attributes(), parts),
                    segments(request.segments()),
                    scores(request.scores(), parts),
                    consent(request.consent(), parts));
            parts.throwIfAny();
            return change;
        });
    }

    private static List<DecisionRequest.PlacementRequest> placements(DecideRequest request) {
        final List<DecisionRequest.PlacementRequest> placements = new ArrayList<>(request.placementsLength());
        for (int i = 0; i < request.placementsLength(); i++) {
            final PlacementRequest placement = request.placements(i);
            placements.add(new DecisionRequest.PlacementRequest(
                    placement.id(), placement.count() == 0 ? null : placement.count()));
        }
        return placements;
    }

    private static Map<String, Object> context(DecideRequest request, ProfileParts parts) {
        final Map<String, Object> context = new LinkedHashMap<>();
        final Attribute attribute = new Attribute();
        for (int i = 0; i < request.contextLength(); i++) {
            request.context(attribute, i);
            final Object value = AttributesCodec.decodeValue(attribute);
            if (value instanceof List<?>) {
                parts.add("context." + attribute.name(), "a context value is a string, a number or a boolean");
            } else if (value instanceof Double number && !Double.isFinite(number)) {
                parts.add("context." + attribute.name(), "not a finite number");
            } else {
                context.put(attribute.name(), value);
            }
        }
        return context;
    }

    /** The profile that a replacement by this document would make of nobody. */
    private static @Nullable Profile document(
            ProfileDocument document, ProfileParts parts, Catalog catalog, long nowMicros) {
        final ProfileParts own = new ProfileParts("document.");
        final io.zandloper.protocol.schema.Consent consent = document.consent();
        final List<Identity> identities =
                own.identities(document.identitiesLength(), document::identities, "identities");
        final UpsertProfile change = new UpsertProfile(
                null,
                Mode.REPLACE,
                null,
                own.identity(document.id(), "id"),
                identities.isEmpty() ? null : new UpsertProfile.IdentitiesPatch(true, identities, List.of()),
                new UpsertProfile.AttributesPatch(true, own.attributes(document.attributesAsByteBuffer())),
                new UpsertProfile.SegmentsPatch(true, ProfileParts.memberships(document.segmentsVector()), List.of()),
                new UpsertProfile.ScoresPatch(true, own.scores(document.scoresVector())),
                consent == null ? null : own.consent(consent.purposes(), consent.tcf(), consent.gpp()));
        final Resolution resolution = new ProfileEditor(catalog).resolve(null, change, nowMicros, 0);
        resolution.errors().forEach(error -> own.add(error.path(), error.reason()));
        parts.addAll(own);
        return resolution.profile();
    }

    private static UpsertProfile.@Nullable Precondition precondition(@Nullable Precondition precondition) {
        if (precondition == null) {
            return null;
        }
        final List<Long> versions = new ArrayList<>(precondition.versionsLength());
        for (int i = 0; i < precondition.versionsLength(); i++) {
            versions.add(precondition.versions(i));
        }
        final boolean anyMatch = precondition.exists() || !versions.isEmpty();
        return new UpsertProfile.Precondition(anyMatch ? versions : null, precondition.absent());
    }

    private static UpsertProfile.@Nullable IdentitiesPatch identities(
            @Nullable IdentitiesPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        return new UpsertProfile.IdentitiesPatch(
                patch.replace(),
                parts.identities(patch.addLength(), patch::add, "identities"),
                parts.identities(patch.removeLength(), patch::remove, "identities.remove"));
    }

    private static UpsertProfile.@Nullable AttributesPatch attributes(
            @Nullable AttributesPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        final Map<String, @Nullable Object> values = parts.attributes(patch.setAsByteBuffer());
        strings(patch.removeLength(), patch::remove).forEach(name -> values.put(name, null));
        return new UpsertProfile.AttributesPatch(patch.clear(), values);
    }

    private static UpsertProfile.@Nullable SegmentsPatch segments(@Nullable SegmentsPatch patch) {
        if (patch == null) {
            return null;
        }
        return new UpsertProfile.SegmentsPatch(
                patch.replace(),
                ProfileParts.memberships(patch.addVector()),
                strings(patch.removeLength(), patch::remove));
    }

    private static UpsertProfile.@Nullable ScoresPatch scores(@Nullable ScoresPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        final Map<String, @Nullable Number> values = parts.scores(patch.setVector());
        strings(patch.removeLength(), patch::remove).forEach(offer -> values.put(offer, null));
        return new UpsertProfile.ScoresPatch(patch.clear(), values);
    }

    private static @Nullable ConsentPatch consent(
            io.zandloper.protocol.schema.@Nullable ConsentPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        return patch.remove()
                ? new ConsentPatch(true, null, false, null, null)
                : parts.consent(patch.hasPurposes() ? patch.purposes() : null, patch.tcf(), patch.gpp());
    }

    private static List<String> strings(int count, IntFunction<String> at) {
        final List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(at.apply(i));
        }
        return strings;
    }

    /** In a body that has been verified, only its text and its kinds can still be wrong. */
    private static <T extends @Nullable Object> T text(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException unreadable) {
            throw new RequestException(Status.BODY_INVALID, String.valueOf(unreadable.getMessage()));
        }
    }
}
