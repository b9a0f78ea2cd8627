package io.zandloper.storage.change;

import io.zandloper.storage.profile.Identity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a profile document, whole or as a merge patch.
 *
 * @param target the identity in the path, whose profile is meant, or that is created where there is none; null for a
 *     bulk line, which means the one profile that any of its identities names
 * @param mode whether absent parts are emptied or left
 * @param precondition null for none
 * @param id the document's {@code id}: a further identity, and the primary one of a profile that this creates
 * @param identities null where the document has none
 * @param attributes null where the document has none
 * @param segments null where the document has none
 * @param scores null where the document has none
 * @param consent null where the document has none
 */
public record UpsertProfile(
        @Nullable Identity target,
        Mode mode,
        @Nullable Precondition precondition,
        @Nullable Identity id,
        @Nullable IdentitiesPatch identities,
        @Nullable AttributesPatch attributes,
        @Nullable SegmentsPatch segments,
        @Nullable ScoresPatch scores,
        @Nullable ConsentPatch consent)
        implements Change {

    /** What happens to the parts that a document does not name. */
    public enum Mode {
        /** PUT: attributes, segments, scores and consent are emptied, identities kept. */
        REPLACE,
        /** PATCH and bulk: kept. */
        MERGE
    }

    /**
     * What must hold of the stored profile, else {@code PRECONDITION_FAILED}.
     *
     * @param ifVersions {@code If-Match}: one of these; null where there is none; empty means {@code *}, any version
     * @param ifNobody {@code If-None-Match: *}
     */
    public record Precondition(@Nullable List<Long> ifVersions, boolean ifNobody) {}

    /**
     * @param replace with mode REPLACE: identities not named go, but for the primary one and the target; else they stay
     * @param add in the order to add them
     * @param remove each that the profile has goes; the primary one cannot
     */
    public record IdentitiesPatch(boolean replace, List<Identity> add, List<Identity> remove) {}

    /**
     * @param clear remove all first
     * @param values set; a null value removes
     */
    public record AttributesPatch(boolean clear, Map<String, @Nullable Object> values) {}

    /**
     * @param replace memberships of the catalog's segments that are not in {@code add} go first; those of segments that
     *     have left the catalog stay
     * @param add segment id to expiry in microseconds, {@code Times.NEVER} for none
     */
    public record SegmentsPatch(boolean replace, Map<String, Long> add, List<String> remove) {}

    /**
     * @param clear remove all first
     * @param values set, {@link Long} or {@link Double}; a null value removes
     */
    public record ScoresPatch(boolean clear, Map<String, @Nullable Number> values) {}

    /**
     * Strings are decoded already. Text fields are null where the document does not name them, empty where it sets them
     * to null.
     *
     * @param remove {@code "consent": null}: as if none had ever been written
     * @param purposes the mask to set, from the string where one was written, else from {@code purposes}; null where
     *     neither was
     * @param dropStrings {@code purposes} was written alone: the stored strings go
     */
    public record ConsentPatch(
            boolean remove,
            @Nullable Integer purposes,
            boolean dropStrings,
            @Nullable String tcf,
            @Nullable String gpp) {}
}
