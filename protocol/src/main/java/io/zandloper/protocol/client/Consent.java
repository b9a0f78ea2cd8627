package io.zandloper.protocol.client;

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
    /** The mask of these purposes, each 1 to 24. */
    public static int mask(int... purposes) {
        int mask = 0;
        for (final int purpose : purposes) {
            if (purpose < 1 || purpose > 24) {
                throw new IllegalArgumentException("not a purpose from 1 to 24, purpose=" + purpose);
            }
            mask |= 1 << (purpose - 1);
        }
        return mask;
    }
}
