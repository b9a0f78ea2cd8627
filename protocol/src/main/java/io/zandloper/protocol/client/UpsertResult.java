package io.zandloper.protocol.client;

/**
 * What a write did.
 *
 * @param profile the primary identity of the profile written
 * @param version of its document now
 * @param sequence that of the change; where nothing changed, of the newest change there is. A read with this as its
 *     minimum sequence sees the write, on any server
 */
public record UpsertResult(String profile, long version, long sequence, Outcome outcome) {
    /** Expected outcomes. */
    public enum Outcome {
        CREATED,
        UPDATED,
        /** Nothing differed. */
        UNCHANGED,
        /** One that only a newer server knows. */
        UNRECOGNIZED
    }
}
