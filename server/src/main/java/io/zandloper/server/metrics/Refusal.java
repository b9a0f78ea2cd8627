package io.zandloper.server.metrics;

import java.util.Locale;

/** Why a request was not done: a bounded set, so that it can be a label. */
public enum Refusal {
    /** Not JSON, a broken frame, an unknown message type. */
    MALFORMED,
    /** Understood, but not valid. */
    INVALID,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    /** The identity belongs to another profile. */
    CONFLICT,
    PRECONDITION_FAILED,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    /** A bounded queue was full. */
    BUSY,
    /** More came than could be answered in time. */
    OVERLOADED,
    NOT_READY,
    DEADLINE_EXCEEDED,
    /** A fault of the server itself. */
    INTERNAL;

    /** As shown in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
