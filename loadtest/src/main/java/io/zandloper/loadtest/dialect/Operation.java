package io.zandloper.loadtest.dialect;

import java.util.Locale;

/** What is asked. Peers answer what comes nearest to it: {@link Dialect#title} says what that is. */
public enum Operation {
    /** Which of some segments one profile is in. */
    SEGMENT_TEST,
    /** The same for several profiles in one frame. */
    SEGMENT_TEST_BATCH,
    /** All of a profile. */
    PROFILE,
    DECIDE,
    /** Replaces one attribute of a profile. */
    UPSERT;

    /** In tables and files: {@code segment-test}. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
