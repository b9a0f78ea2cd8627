package io.zandloper.server.report;

import io.zandloper.storage.catalog.CatalogDocument.Holdout;

/**
 * Who was decided for since a holdout was set up, in it and out of it, and who of them converted afterwards: three bits a
 * person, by ordinal. Only stored profiles take part, for nobody else can be in the holdout. Event loops add decisions,
 * the writer conversions and who goes; any thread reads.
 *
 * <p>A person stays in the group of the first decision, also where a link makes another identity the primary one.
 */
final class HoldoutStudy {
    private final Holdout policy;
    private final long sinceMicros;
    private final BitChunks decided = new BitChunks();
    private final BitChunks heldOut = new BitChunks();
    private final BitChunks converted = new BitChunks();

    HoldoutStudy(Holdout policy, long sinceMicros) {
        this.policy = policy;
        this.sinceMicros = sinceMicros;
    }

    /** How many people of each group there are, and how many of them converted. */
    record Counts(long treated, long treatedConverted, long heldOut, long heldOutConverted) {}

    Holdout policy() {
        return policy;
    }

    long sinceMicros() {
        return sinceMicros;
    }

    /** The bits as they are stored: decided, held out, converted. */
    BitChunks[] bits() {
        return new BitChunks[] {decided, heldOut, converted};
    }

    void onDecision(int ordinal, boolean isHeldOut) {
        if (decided.get(ordinal)) {
            return;
        }
        if (isHeldOut) {
            heldOut.set(ordinal);
        }
        decided.set(ordinal);
    }

    /** Counts where it came after the person was first decided for, and did not happen before the study began. */
    void onConversion(int ordinal, long atMicros) {
        if (atMicros >= sinceMicros && decided.get(ordinal)) {
            converted.set(ordinal);
        }
    }

    /** One person from now on. */
    void unite(int ordinal, int gone) {
        if (decided.get(gone)) {
            onDecision(ordinal, heldOut.get(gone));
            if (converted.get(gone)) {
                converted.set(ordinal);
            }
        }
        forget(gone);
    }

    void forget(int ordinal) {
        decided.clear(ordinal);
        heldOut.clear(ordinal);
        converted.clear(ordinal);
    }

    Counts counts() {
        long treated = 0;
        long treatedConverted = 0;
        long held = 0;
        long heldConverted = 0;
        for (int chunk = 0; chunk < BitChunks.CHUNKS_MAX; chunk++) {
            for (int index = 0; index < BitChunks.CHUNK_WORDS && decided.hasChunk(chunk); index++) {
                final long people = decided.word(chunk, index);
                final long inHoldout = people & heldOut.word(chunk, index);
                final long buyers = people & converted.word(chunk, index);
                treated += Long.bitCount(people & ~inHoldout);
                treatedConverted += Long.bitCount(buyers & ~inHoldout);
                held += Long.bitCount(inHoldout);
                heldConverted += Long.bitCount(buyers & inHoldout);
            }
        }
        return new Counts(treated, treatedConverted, held, heldConverted);
    }
}
