package io.zandloper.server.decisionlog;

import java.util.Locale;

/** Whom a decision was for; the ordinals are part of the format. */
public enum Visitor {
    /** No identity was given. */
    ANONYMOUS,
    /** One was given that nobody has. */
    UNKNOWN,
    /** A stored profile, which the entry points at. */
    KNOWN,
    /** A stored profile whose consent does not allow to point at it. */
    WITHHELD,
    /** A profile document in place of a stored one; it is not kept. */
    DOCUMENT;

    /** As it is shown. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
