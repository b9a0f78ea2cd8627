package io.zandloper.storage.format;

/**
 * The numbers under which records name segments: given once per data folder, never given again, and kept for segments
 * that have left the catalog.
 */
public interface SegmentNumbers {
    /** The number of a segment, not negative; a new one where the segment has none yet. */
    int number(String id);

    /**
     * The segment of a number.
     *
     * @throws IllegalArgumentException when the number was never given
     */
    String id(int number);
}
