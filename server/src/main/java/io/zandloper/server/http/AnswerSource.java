package io.zandloper.server.http;

import org.jspecify.annotations.Nullable;

/** Makes a body piece by piece. Called by one thread at a time, not always the same. */
interface AnswerSource {
    /** The next piece, of some tens of kilobytes; null where there is no more. What it throws breaks the answer off. */
    byte @Nullable [] next();

    /** It is not asked any more; called once. */
    void close();
}
