package io.zandloper.storage;

/**
 * What tells whether two nodes hold the same, record for record.
 *
 * @param sequence of the last change that is in it
 * @param profiles how many there are
 * @param checksum of all records, whatever their order
 * @param exact whether nothing changed while they were read
 */
public record StateChecksum(long sequence, long profiles, long checksum, boolean exact) {
    /** Takes what one record comes to. */
    @FunctionalInterface
    public interface ProfileConsumer {
        /** @param sequence of its last change */
        void accept(int ordinal, long sequence, long checksum);
    }
}
