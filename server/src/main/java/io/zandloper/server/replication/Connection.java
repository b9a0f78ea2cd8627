package io.zandloper.server.replication;

/** A connection to another server, as a session sees it. Used on the thread of replication alone. */
interface Connection extends SourceSession.Outbound, FollowerSession.Outbound {
    /** Who gets what comes. Called on the thread of replication. */
    interface Receiver {
        void onMessage(Message message);

        void onMalformed(String reason);

        /** More is taken again. */
        default void onWritable() {}

        /** It is gone. May be called more than once. */
        void onClosed();
    }
}
