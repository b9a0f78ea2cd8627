package io.zandloper.loadtest.dialect;

import java.util.List;

/**
 * What is asked about everybody alike.
 *
 * @param segments asked for in one segment test
 * @param placements asked for in one decision
 * @param batch profiles in one frame of a batch
 * @param valueBytes of the attribute that a write replaces
 */
public record Questions(List<String> segments, List<String> placements, int batch, int valueBytes) {
    /** Of a value, this many bytes tell one write from another. */
    public static final int STAMP_BYTES = 16;

    /** How many profiles one request asks about. */
    public int profilesOf(Operation operation) {
        return operation == Operation.SEGMENT_TEST_BATCH ? batch : 1;
    }
}
