package io.zandloper.server.wire;

import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideRequest;
import io.zandloper.protocol.schema.PlacementRequest;
import io.zandloper.protocol.schema.ProfileDocument;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.resolve.ProfileEditor;
import io.zandloper.storage.resolve.Resolution;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verified bodies to what a lookup or a decision is about. Stateless.
 *
 * <p>Each method throws {@link InvalidInputException} with all that is wrong with the values, and {@link
 * RequestException} for text that is not UTF-8.
 */
final class RequestReader {
    /** In the schema, for "now". */
    private static final long NOW = Long.MIN_VALUE;

    private RequestReader() {}

    /** A text that may be absent. */
    static @Nullable String optionalText(Supplier<@Nullable String> field) {
        return text(field);
    }

    /** @param catalog what a profile document may name segments of */
    static DecisionRequest decide(DecideRequest request, Catalog catalog, long nowMicros) {
        return text(() -> {
            final ProfileParts parts = new ProfileParts("");
            final Identity identity = parts.identity(request.profile(), "profile");
            final Profile document =
                    request.document() == null ? null : document(request.document(), parts, catalog, nowMicros);
            if (request.profile() != null && document != null) {
                parts.add("document", "an identity and a document are given; at most one can be decided for");
            }
            final Map<String, Object> context = parts.context(request.contextVector());
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

    private static List<DecisionRequest.PlacementRequest> placements(DecideRequest request) {
        final List<DecisionRequest.PlacementRequest> placements = new ArrayList<>(request.placementsLength());
        for (int i = 0; i < request.placementsLength(); i++) {
            final PlacementRequest placement = request.placements(i);
            placements.add(new DecisionRequest.PlacementRequest(
                    placement.id(), placement.count() == 0 ? null : placement.count()));
        }
        return placements;
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

    static List<String> strings(int count, IntFunction<String> at) {
        final List<String> strings = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            strings.add(at.apply(i));
        }
        return strings;
    }

    /** In a body that has been verified, only its text and its kinds can still be wrong. */
    static <T extends @Nullable Object> T text(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException unreadable) {
            throw new RequestException(Status.BODY_INVALID, String.valueOf(unreadable.getMessage()));
        }
    }
}
