package io.zandloper.storage.profile;

import org.jspecify.annotations.Nullable;

/**
 * What a person consented to.
 *
 * @param purposes bit {@code n - 1} is IAB TCF purpose {@code n}, 1 to 24
 * @param tcf the TCF string it came from, if one was written
 * @param gpp the GPP string it came from, if one was written
 */
public record Consent(
        int purposes, @Nullable String tcf, @Nullable String gpp) {
    /** All 24 purposes. */
    public static final int ALL_PURPOSES = (1 << ProfileLimits.PURPOSE_MAX) - 1;

    public static int purposeBit(int purpose) {
        return 1 << (purpose - 1);
    }
}
