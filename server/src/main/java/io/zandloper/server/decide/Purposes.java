package io.zandloper.server.decide;

import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.ArrayList;
import java.util.List;

/** The purposes of the IAB's Transparency and Consent Framework, by number and name. */
public final class Purposes {
    /** TCF 2.2; numbers above these are not named by it. */
    private static final List<String> NAMES = List.of(
            "Store and/or access information on a device",
            "Use limited data to select advertising",
            "Create profiles for personalised advertising",
            "Use profiles to select personalised advertising",
            "Create profiles to personalise content",
            "Use profiles to select personalised content",
            "Measure advertising performance",
            "Measure content performance",
            "Understand audiences through statistics or combinations of data from different sources",
            "Develop and improve services",
            "Use limited data to select content");

    private Purposes() {}

    /** Each purpose in the mask, such as {@code 7 (Measure advertising performance)}. */
    public static String describe(int mask) {
        final List<String> described = new ArrayList<>();
        for (int purpose = 1; purpose <= ProfileLimits.PURPOSE_MAX; purpose++) {
            if ((mask & Consent.purposeBit(purpose)) != 0) {
                described.add(purpose <= NAMES.size() ? purpose + " (" + NAMES.get(purpose - 1) + ")" : "" + purpose);
            }
        }
        return String.join(", ", described);
    }
}
