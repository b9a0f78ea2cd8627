package io.zandloper.server.http;

import io.zandloper.storage.change.Change;
import org.jspecify.annotations.Nullable;

/** What the lines of a body mean. Belongs to the connection's event loop. */
interface LineHandler {
    /**
     * The change that a line asks for; null where there is nothing to do for it. May throw what readers of documents
     * throw: then the line is rejected.
     */
    @Nullable
    Change change(byte[] bytes, int length);

    /** A change that comes of all lines together, asked for when those of the lines are made; null for none. */
    default @Nullable Change last() {
        return null;
    }

    /** Lines beyond it end the body. */
    default long linesMax() {
        return Long.MAX_VALUE;
    }

    /** The body is answered or given up; called once. */
    default void close() {}
}
