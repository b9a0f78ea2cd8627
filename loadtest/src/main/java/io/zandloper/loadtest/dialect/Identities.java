package io.zandloper.loadtest.dialect;

import java.nio.ByteBuffer;

/** Who is asked about, in which order: drawn beforehand. Immutable, for any number of threads. */
public interface Identities {
    /** How many there are; after the last one comes the first again. */
    int size();

    int lengthBytes(int index);

    /** Of the longest. */
    int lengthBytesMax();

    /** Writes an identity at {@code at}; the position stays. */
    void put(int index, ByteBuffer out, int at);

    /** What a checksum over answers knows it by: the row's number from 0, or the line's. */
    long number(int index);
}
