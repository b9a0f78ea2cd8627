package io.zandloper.storage.resolve;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.Precondition;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies a PUT, PATCH or bulk line to a profile: replacement or JSON Merge Patch (RFC 7396) of attributes, scores and
 * consent, additions and removals of identities and listed segments.
 *
 * <p>Whose profile is meant, and whether its identities are free, the writer has settled before.
 */
public final class ProfileEditor {
    private final Catalog catalog;

    public ProfileEditor(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Resolves {@code change} against {@code existing}, null for nobody.
     *
     * @param nowMicros becomes the profile's {@code updatedAt}
     * @param sequence the number the change gets if it changes anything
     */
    public Resolution resolve(@Nullable Profile existing, UpsertProfile change, long nowMicros, long sequence) {
        if (!isMet(change.precondition(), existing)) {
            return Resolution.nothing(Status.PRECONDITION_FAILED);
        }
        final List<FieldError> errors = new ArrayList<>();
        final List<Identity> identities = identities(existing, change, errors);
        final SortedMap<String, Long> listed = listed(existing, change, errors);
        if (!errors.isEmpty()) {
            return Resolution.refused(Status.INVALID, errors);
        }
        final boolean replace = change.mode() == Mode.REPLACE;
        final Profile base = existing == null ? Profile.EMPTY : existing;
        final SortedMap<String, Object> attributes = change.attributes() == null
                ? (replace ? Collections.emptySortedMap() : base.attributes())
                : merge(
                        base.attributes(),
                        replace || change.attributes().clear(),
                        change.attributes().values());
        final SortedMap<String, Number> scores = change.scores() == null
                ? (replace ? Collections.emptySortedMap() : base.scores())
                : merge(
                        base.scores(),
                        replace || change.scores().clear(),
                        change.scores().values());
        final Consent consent = consent(base.consent(), change.consent(), replace);
        if (existing != null
                && identities.equals(existing.identities())
                && attributes.equals(existing.attributes())
                && listed.equals(existing.listed())
                && scores.equals(existing.scores())
                && java.util.Objects.equals(consent, existing.consent())) {
            return Resolution.nothing(Status.UNCHANGED);
        }
        final Profile edited = new Profile(
                identities,
                attributes,
                listed,
                scores,
                consent,
                existing == null ? EventHistory.EMPTY : existing.history(),
                sequence,
                nowMicros,
                existing == null ? sequence : existing.createdSequence(),
                sequence);
        return Resolution.store(existing == null ? Status.CREATED : Status.UPDATED, edited);
    }

    private static boolean isMet(@Nullable Precondition precondition, @Nullable Profile existing) {
        if (precondition == null) {
            return true;
        }
        if (precondition.ifNobody() && existing != null) {
            return false;
        }
        final List<Long> versions = precondition.ifVersions();
        return versions == null || (existing != null && (versions.isEmpty() || versions.contains(existing.version())));
    }

    private static List<Identity> identities(
            @Nullable Profile existing, UpsertProfile change, List<FieldError> errors) {
        final IdentitiesPatch patch = change.identities();
        final SequencedSet<Identity> identities = new LinkedHashSet<>();
        if (existing != null) {
            final boolean keep = patch == null || !patch.replace();
            identities.addAll(
                    keep ? existing.identities() : existing.identities().subList(0, 1));
        }
        if (change.id() != null) {
            identities.add(change.id());
        }
        if (change.target() != null) {
            identities.add(change.target());
        }
        if (patch != null) {
            identities.addAll(patch.add());
            final Identity primary = identities.getFirst();
            for (final Identity removed : patch.remove()) {
                if (removed.equals(primary)) {
                    errors.add(new FieldError("identities.remove", "the primary identity cannot be removed"));
                } else if (patch.add().contains(removed)) {
                    errors.add(new FieldError("identities.remove", "an identity is both added and removed"));
                }
                identities.remove(removed);
            }
        }
        if (identities.size() > ProfileLimits.IDENTITIES_MAX) {
            errors.add(new FieldError("identities", "more than " + ProfileLimits.IDENTITIES_MAX + " identities"));
        }
        return List.copyOf(identities);
    }

    private SortedMap<String, Long> listed(@Nullable Profile existing, UpsertProfile change, List<FieldError> errors) {
        final SegmentsPatch patch = change.segments();
        final boolean replace = change.mode() == Mode.REPLACE || (patch != null && patch.replace());
        final SortedMap<String, Long> listed = existing == null ? new TreeMap<>() : new TreeMap<>(existing.listed());
        if (replace) {
            listed.keySet().removeIf(this::isListed);
        }
        if (patch != null) {
            for (final String removed : patch.remove()) {
                checkListed(removed, errors);
                if (patch.add().containsKey(removed)) {
                    errors.add(new FieldError("segments", "'" + removed + "' is both added and removed"));
                }
                listed.remove(removed);
            }
            patch.add().keySet().forEach(added -> checkListed(added, errors));
            listed.putAll(patch.add());
        }
        return listed;
    }

    private boolean isListed(String segment) {
        final Catalog.Segment known = catalog.segment(segment);
        return known != null && !known.isComputed();
    }

    private void checkListed(String segment, List<FieldError> errors) {
        final Catalog.Segment known = catalog.segment(segment);
        if (known == null) {
            errors.add(new FieldError("segments", "the catalog has no segment '" + segment + "'"));
        } else if (known.isComputed()) {
            errors.add(new FieldError("segments", "'" + segment + "' is computed by a rule and cannot be written"));
        }
    }

    /** Merge patch of a flat object: null removes, anything else sets. */
    private static <V> SortedMap<String, V> merge(
            SortedMap<String, V> base, boolean clear, Map<String, ? extends @Nullable V> values) {
        final SortedMap<String, V> merged = clear ? new TreeMap<>() : new TreeMap<>(base);
        values.forEach((name, value) -> {
            if (value == null) {
                merged.remove(name);
            } else {
                merged.put(name, value);
            }
        });
        return merged;
    }

    private static @Nullable Consent consent(@Nullable Consent stored, @Nullable ConsentPatch patch, boolean replace) {
        final Consent base = replace ? null : stored;
        if (patch == null) {
            return base;
        }
        if (patch.remove()) {
            return null;
        }
        final Integer purposes = patch.purposes();
        final int keptPurposes = base == null ? 0 : base.purposes();
        final Consent strings = patch.dropStrings() ? null : base;
        return new Consent(
                purposes == null ? keptPurposes : purposes,
                written(patch.tcf(), strings == null ? null : strings.tcf()),
                written(patch.gpp(), strings == null ? null : strings.gpp()));
    }

    private static @Nullable String written(@Nullable String text, @Nullable String kept) {
        if (text == null) {
            return kept;
        }
        return text.isEmpty() ? null : text;
    }
}
