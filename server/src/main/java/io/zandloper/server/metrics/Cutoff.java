package io.zandloper.server.metrics;

import java.util.Locale;

/** Why a server ended a connection that its client had not ended: a bounded set, so that it can be a label. */
public enum Cutoff {
    TOO_MANY_CONNECTIONS,
    /** Nothing came in for too long, and nothing waited. */
    IDLE,
    /** A request was begun and not ended in time. */
    REQUEST_UNFINISHED,
    /** Answers were not taken in time. */
    ANSWERS_NOT_TAKEN,
    /** Slow clients together made the server hold too much. */
    MEMORY,
    /** No request could be made out any more. */
    STREAM_BROKEN;

    /** As shown in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
