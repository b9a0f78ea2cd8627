package io.zandloper.storage.profile;

import java.util.List;

/**
 * What a profile's and an event's values may be, whichever way they came in. Each check adds to {@code errors}, under
 * {@code path}, what is wrong.
 */
public final class ProfileRules {
    private ProfileRules() {}

    /** {@code value} is a {@link Boolean}, {@link Long}, {@link Double}, {@link String} or {@code List<String>}. */
    public static void checkAttribute(String name, Object value, String path, List<FieldError> errors) {
        checkName(name, path, errors);
        if (value instanceof String text) {
            checkText(text, ProfileLimits.STRING_BYTES_MAX, path, errors);
        } else if (value instanceof Double number) {
            checkFinite(number, path, errors);
        } else if (value instanceof List<?> list) {
            checkList(list, path, errors);
        } else if (!(value instanceof Boolean || value instanceof Long)) {
            errors.add(new FieldError(path, "an attribute is a boolean, number, string or list of strings"));
        }
    }

    public static void checkName(String name, String path, List<FieldError> errors) {
        checkText(name, ProfileLimits.ATTRIBUTE_NAME_BYTES_MAX, path, errors);
    }

    /** A score: the id of an offer, which the catalog need not have, and a finite number. */
    public static void checkScore(String offer, Number score, String path, List<FieldError> errors) {
        checkId(offer, path, errors);
        if (score instanceof Double number) {
            checkFinite(number, path, errors);
        }
    }

    public static void checkId(String id, String path, List<FieldError> errors) {
        if (!Ids.isValid(id)) {
            errors.add(new FieldError(path, "an id is 1-64 of [A-Za-z0-9_.:-]"));
        }
    }

    /** Valid Unicode of at most {@code bytesMax} bytes in UTF-8. */
    public static void checkText(String text, int bytesMax, String path, List<FieldError> errors) {
        if (!Text.isEncodable(text)) {
            errors.add(new FieldError(path, "not valid Unicode: an unpaired surrogate"));
        } else if (Text.utf8Length(text) > bytesMax) {
            errors.add(new FieldError(path, "longer than " + bytesMax + " bytes"));
        }
    }

    private static void checkList(List<?> list, String path, List<FieldError> errors) {
        if (list.size() > ProfileLimits.LIST_LENGTH_MAX) {
            errors.add(new FieldError(path, "more than " + ProfileLimits.LIST_LENGTH_MAX + " strings"));
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            final String at = path + "[" + i + "]";
            if (list.get(i) instanceof String text) {
                checkText(text, ProfileLimits.STRING_BYTES_MAX, at, errors);
            } else {
                errors.add(new FieldError(at, "a list holds strings only"));
            }
        }
    }

    private static void checkFinite(double number, String path, List<FieldError> errors) {
        if (!Double.isFinite(number)) {
            errors.add(new FieldError(path, "not a finite number"));
        }
    }
}
