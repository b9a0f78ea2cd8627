package io.zandloper.loadtest.dialect;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes requests and reads answers. Buffers are little-endian. For one thread; allocates nothing but in {@link #hello}.
 */
public interface Dialect {
    /** What is said first on a connection; empty for nothing. */
    byte[] hello();

    /**
     * Bytes of the answer to {@link #hello}, from the beginning of the buffer to its position; 0 where it has not all
     * come.
     *
     * @throws IOException where it is no answer to it, in a sentence
     */
    int checkHello(ByteBuffer in) throws IOException;

    /** Whether there is anything like it; no other method is called with one that there is not. */
    boolean knows(Operation operation);

    /** What is really asked, for tables and files. */
    String title(Operation operation);

    /** What no request is longer than. */
    int requestLengthBytesMax(Operation operation);

    /**
     * Appends a request, for which there is room.
     *
     * @param first index of the first identity that is asked about; the others follow it
     */
    void put(ByteBuffer out, Operation operation, long correlationId, Identities identities, int first);

    /** Whether answers come in the order of the requests and name none. */
    boolean answersInOrder();

    /**
     * Bytes of the answer at {@code offset}; 0 where it has not all come.
     *
     * @param end of what has come
     * @param oldest what was asked first of all that is not answered; means something only where answers come in order
     * @throws IOException where it is none, in a sentence: the connection cannot be used any more
     */
    int answerLengthBytes(ByteBuffer in, int offset, int end, Operation oldest) throws IOException;

    /** Which request a whole answer belongs to; only where they do not come in order. */
    long correlationId(ByteBuffer in, int offset);

    /** Reads a whole answer to what was asked. */
    void read(
            ByteBuffer in,
            int offset,
            int lengthBytes,
            Operation operation,
            Identities identities,
            int first,
            Answer answer);
}
