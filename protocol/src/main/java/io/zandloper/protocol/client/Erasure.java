package io.zandloper.protocol.client;

import java.util.List;

/**
 * What an erasure did.
 *
 * @param erased the identities that lead nowhere now, the primary one first
 * @param sequence that of the change
 * @param atMicros when it was made, microseconds since 1970 UTC; the bound until no file holds a byte of the person
 *     counts from here
 */
public record Erasure(List<String> erased, long sequence, long atMicros) {
    public Erasure {
        erased = List.copyOf(erased);
    }
}
