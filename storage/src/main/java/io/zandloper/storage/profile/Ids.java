package io.zandloper.storage.profile;

/** Ids of segments, offers, placements, groups and products: {@code [A-Za-z0-9_.:-]{1,64}}. */
public final class Ids {
    private Ids() {}

    public static boolean isValid(String id) {
        if (id.isEmpty() || id.length() > ProfileLimits.ID_LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            final char c = id.charAt(i);
            final boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '.'
                    || c == ':'
                    || c == '-';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }
}
