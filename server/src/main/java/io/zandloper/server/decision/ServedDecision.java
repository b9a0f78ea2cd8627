package io.zandloper.server.decision;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.storage.View;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision on its way out, with what it was made of. One thread's, which writes it anew with the next decision.
 *
 * <p>What is on the heap, {@link #request}, {@link #profile} and {@link #toDecision}, may be made when it is asked for.
 */
public final class ServedDecision {
    private static final byte[] NO_BYTES = new byte[0];

    private final CompiledDecision outcome;
    private final Catalog catalog;
    private final long catalogVersion;

    private @Nullable DecisionRequest request;
    /** Where the request lies, where it is not on the heap. */
    private @Nullable RequestBytes requestBytes;

    private @Nullable List<ExplainedPlacement> explanations;
    private long atMicros;
    private byte[] primary = NO_BYTES;
    private int primaryOffset;
    private int primaryLength;
    private int ordinal = View.NOBODY;
    private int grantedPurposes;
    private long profileVersion;
    private long profileSequence;

    /**
     * @param outcome written by each decision
     * @param catalog of all of them, under the version it serves by
     */
    ServedDecision(CompiledDecision outcome, Catalog catalog) {
        this.outcome = outcome;
        this.catalog = catalog;
        this.catalogVersion = catalog.version();
    }

    /** Begins the next one, so far for nobody. */
    void begin(DecisionRequest newRequest, long newAtMicros) {
        begin(newAtMicros);
        request = newRequest;
    }

    /** The same for a request that lies in bytes until the decision is answered. */
    void begin(RequestBytes newRequest, long newAtMicros) {
        begin(newAtMicros);
        requestBytes = newRequest;
    }

    private void begin(long newAtMicros) {
        request = null;
        requestBytes = null;
        atMicros = newAtMicros;
        explanations = null;
        ordinal = View.NOBODY;
        grantedPurposes = 0;
        primaryLength = 0;
        profileVersion = 0;
        profileSequence = 0;
    }

    /** It is for a stored profile, whose record holds this. */
    void decidedFor(
            int newOrdinal, int purposes, byte[] record, int offset, int lengthBytes, long version, long sequence) {
        ordinal = newOrdinal;
        grantedPurposes = purposes;
        primary = record;
        primaryOffset = offset;
        primaryLength = lengthBytes;
        profileVersion = version;
        profileSequence = sequence;
    }

    /** It is for a stored profile that was decoded. */
    void decidedFor(int newOrdinal, int purposes, Profile profile) {
        decidedFor(profile);
        ordinal = newOrdinal;
        grantedPurposes = purposes;
        profileVersion = profile.version();
        profileSequence = profile.sequence();
    }

    /** It is for a document in place of a stored profile. */
    void decidedFor(Profile document) {
        final Identity identity = document.primary();
        primary = identity == null ? NO_BYTES : identity.utf8();
        primaryOffset = 0;
        primaryLength = primary.length;
    }

    void explain(List<ExplainedPlacement> newExplanations) {
        explanations = newExplanations;
    }

    /** What was decided, by numbers of the catalog. */
    public CompiledDecision outcome() {
        return outcome;
    }

    /** The catalog it was decided by. */
    public Catalog catalog() {
        return catalog;
    }

    public long catalogVersion() {
        return catalogVersion;
    }

    /** What was asked. */
    public DecisionRequest request() {
        DecisionRequest known = request;
        if (known == null) {
            if (requestBytes == null) {
                throw new IllegalStateException("nothing has been decided yet");
            }
            known = requestBytes.toRequest();
            request = known;
        }
        return known;
    }

    /** Whether it is for another time than now, or for a document in place of a stored profile. Allocates nothing. */
    public boolean isWhatIf() {
        // What is read where it lies is for now and for a stored profile, or for none.
        final DecisionRequest known = request;
        return known != null && (known.document() != null || known.atMicros() != null);
    }

    /** The time that was decided for, in microseconds since 1970 UTC. */
    public long atMicros() {
        return atMicros;
    }

    /** Whether it is for a stored profile; else for an anonymous or unknown visitor, or for a document. */
    public boolean isForStored() {
        return ordinal != View.NOBODY;
    }

    /** That of the stored profile; {@link View#NOBODY} where it is for none. */
    public int ordinal() {
        return ordinal;
    }

    /** What the stored profile's consent grants, or the catalog by default: bit {@code n - 1} is TCF purpose {@code n}. */
    public int grantedPurposes() {
        return grantedPurposes;
    }

    /** The {@code version} of the stored profile; 0 where it is for none. */
    public long profileVersion() {
        return profileVersion;
    }

    /** The sequence of the stored profile's last change, events included; 0 where it is for none. */
    public long profileSequence() {
        return profileSequence;
    }

    /** The primary identity; null where there is none. */
    public @Nullable String profile() {
        return primaryLength == 0 ? null : new String(primary, primaryOffset, primaryLength, StandardCharsets.UTF_8);
    }

    /** Holds the primary identity in UTF-8, from {@link #profileOffset} on. */
    public byte[] profileBytes() {
        return primary;
    }

    public int profileOffset() {
        return primaryOffset;
    }

    /** 0 where there is no primary identity. */
    public int profileLengthBytes() {
        return primaryLength;
    }

    /** Every offer of every placement; null where no explanation was asked for. */
    public @Nullable List<ExplainedPlacement> explanations() {
        return explanations;
    }

    /** The same on the heap. */
    public Decision toDecision() {
        return outcome.toDecision(profile(), explanations, catalogVersion);
    }
}
