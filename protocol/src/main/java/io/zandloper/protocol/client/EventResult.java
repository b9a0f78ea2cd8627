package io.zandloper.protocol.client;

/**
 * What recording an event did.
 *
 * @param profile the primary identity of the profile that has it
 * @param sequence that of the change; of a duplicate, of the newest change there is
 */
public record EventResult(String profile, long sequence, Outcome outcome) {
    /** Expected outcomes. */
    public enum Outcome {
        /** Recorded, with a profile that did not exist before. */
        CREATED,
        RECORDED,
        /** The profile has seen an event of this id. */
        DUPLICATE,
        /** One that only a newer server knows. */
        UNRECOGNIZED
    }
}
