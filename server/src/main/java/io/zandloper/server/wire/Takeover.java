package io.zandloper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** Has connections of the binary port that are not a client's, as their first frame tells. */
@FunctionalInterface
public interface Takeover {
    /** There are none. */
    Takeover NONE = (channel, bytes) -> {
        bytes.release();
        channel.close();
    };

    /**
     * Takes a connection. Called on its event loop.
     *
     * @param channel has nothing of the binary port in its pipeline any more
     * @param bytes that have come so far, from its first on; the receiver's to release
     */
    void take(Channel channel, ByteBuf bytes);
}
