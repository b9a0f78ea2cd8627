package io.zandloper.server.http;

import io.netty.buffer.ByteBuf;

/** Takes a body piece by piece, on the connection's event loop. */
interface BodyStream {
    /** Whether the next piece may come. Once it does, {@link Exchange#inputWanted()} says so. */
    boolean wantsMore();

    /** The next piece, which the stream now owns. */
    void onContent(ByteBuf content);

    /** There are no more pieces. */
    void onEnd();

    /** The server stops: answer with what is done so far. */
    void onStop();

    /** It is answered, or nobody waits for the answer any more: give up what is held. Called once. */
    void close();
}
