package io.zandloper.protocol.client;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A write to one profile, put together call by call. A {@linkplain #merge merge} leaves what it does not name, a
 * {@linkplain #replace replacement} empties attributes, segments, scores and consent that it does not name. Either
 * creates the profile where nobody has the identity.
 *
 * <p>Of two calls about the same thing the later holds. Not thread-safe while it is put together; sending takes a copy.
 */
public final class ProfileChange {
    final @Nullable String profile;
    final boolean replace;

    @Nullable
    String id;

    final Set<Long> ifVersions = new LinkedHashSet<>();
    boolean ifExists;
    boolean ifAbsent;
    boolean identitiesNamed;
    boolean replaceIdentities;
    final Set<String> identitiesAdded = new LinkedHashSet<>();
    final Set<String> identitiesRemoved = new LinkedHashSet<>();
    boolean attributesNamed;
    boolean clearAttributes;
    final Map<String, Object> attributesSet = new LinkedHashMap<>();
    final Set<String> attributesRemoved = new LinkedHashSet<>();
    boolean segmentsNamed;
    boolean replaceSegments;
    final Map<String, Membership> segmentsAdded = new LinkedHashMap<>();
    final Set<String> segmentsRemoved = new LinkedHashSet<>();
    boolean scoresNamed;
    boolean clearScores;
    final Map<String, Number> scoresSet = new LinkedHashMap<>();
    final Set<String> scoresRemoved = new LinkedHashSet<>();
    boolean consentNamed;
    boolean consentRemoved;

    @Nullable
    Integer purposes;

    @Nullable
    String tcf;

    @Nullable
    String gpp;

    private ProfileChange(@Nullable String profile, boolean replace) {
        this.profile = profile;
        this.replace = replace;
    }

    /** Changes parts of the profile of {@code identity}. */
    public static ProfileChange merge(String identity) {
        return new ProfileChange(identity, false);
    }

    /** Writes the profile of {@code identity} anew. */
    public static ProfileChange replace(String identity) {
        return new ProfileChange(identity, true);
    }

    /** Changes parts of the one profile that any of the identities named later belongs to. */
    public static ProfileChange mergeByIdentities() {
        return new ProfileChange(null, false);
    }

    /** A further identity, which is the primary one where this creates the profile. */
    public ProfileChange id(String identity) {
        id = identity;
        return this;
    }

    /** Only if the profile's version is this one, or another given so. */
    public ProfileChange ifVersion(long version) {
        ifVersions.add(version);
        return this;
    }

    /** Only if there is a profile. */
    public ProfileChange ifExists() {
        ifExists = true;
        return this;
    }

    /** Only if there is none. */
    public ProfileChange ifAbsent() {
        ifAbsent = true;
        return this;
    }

    public ProfileChange addIdentity(String identity) {
        identitiesNamed = true;
        identitiesRemoved.remove(identity);
        identitiesAdded.add(identity);
        return this;
    }

    public ProfileChange removeIdentity(String identity) {
        identitiesNamed = true;
        identitiesAdded.remove(identity);
        identitiesRemoved.add(identity);
        return this;
    }

    /** For a {@linkplain #replace replacement}: these, the primary one and no others. */
    public ProfileChange identities(List<String> identities) {
        identitiesNamed = true;
        replaceIdentities = true;
        identitiesRemoved.clear();
        identitiesAdded.clear();
        identitiesAdded.addAll(identities);
        return this;
    }

    /** @param value a {@link Boolean}, {@link Long}, {@link Double}, {@link String} or list of strings */
    public ProfileChange attribute(String name, Object value) {
        attributesNamed = true;
        attributesRemoved.remove(name);
        attributesSet.put(name, value instanceof List<?> list ? List.copyOf(list) : value);
        return this;
    }

    public ProfileChange removeAttribute(String name) {
        attributesNamed = true;
        attributesSet.remove(name);
        attributesRemoved.add(name);
        return this;
    }

    /** Removes all attributes but those set by later calls. */
    public ProfileChange clearAttributes() {
        attributesNamed = true;
        clearAttributes = true;
        attributesSet.clear();
        attributesRemoved.clear();
        return this;
    }

    public ProfileChange addSegment(String segment) {
        return addSegment(segment, Membership.NEVER);
    }

    /** @param expiresMicros microseconds since 1970 UTC before which the membership holds */
    public ProfileChange addSegment(String segment, long expiresMicros) {
        segmentsNamed = true;
        segmentsRemoved.remove(segment);
        segmentsAdded.put(segment, new Membership(segment, expiresMicros));
        return this;
    }

    public ProfileChange removeSegment(String segment) {
        segmentsNamed = true;
        segmentsAdded.remove(segment);
        segmentsRemoved.add(segment);
        return this;
    }

    /** Removes all memberships but those added by later calls. */
    public ProfileChange clearSegments() {
        segmentsNamed = true;
        replaceSegments = true;
        segmentsAdded.clear();
        segmentsRemoved.clear();
        return this;
    }

    /** @param score a {@link Long} or {@link Double}, which comes back as what it is */
    public ProfileChange score(String offer, Number score) {
        scoresNamed = true;
        scoresRemoved.remove(offer);
        scoresSet.put(offer, score);
        return this;
    }

    public ProfileChange removeScore(String offer) {
        scoresNamed = true;
        scoresSet.remove(offer);
        scoresRemoved.add(offer);
        return this;
    }

    /** Removes all scores but those set by later calls. */
    public ProfileChange clearScores() {
        scoresNamed = true;
        clearScores = true;
        scoresSet.clear();
        scoresRemoved.clear();
        return this;
    }

    /** Consent to these purposes and no others, see {@link Consent#mask}. */
    public ProfileChange consentToPurposes(int mask) {
        consentNamed = true;
        consentRemoved = false;
        purposes = mask;
        return this;
    }

    /** Consent as this TCF string says. */
    public ProfileChange consentByTcf(String string) {
        consentNamed = true;
        consentRemoved = false;
        tcf = string;
        return this;
    }

    /** Consent as this GPP string says. */
    public ProfileChange consentByGpp(String string) {
        consentNamed = true;
        consentRemoved = false;
        gpp = string;
        return this;
    }

    /** As if no consent had ever been written: the catalog's default holds again. */
    public ProfileChange removeConsent() {
        consentNamed = true;
        consentRemoved = true;
        purposes = null;
        tcf = null;
        gpp = null;
        return this;
    }
}
