package io.zandloper.storage.catalog;

import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Ids;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects the errors of a catalog document, with the checks that its parts have in common. */
final class CatalogErrors {
    private final List<FieldError> errors = new ArrayList<>();

    List<FieldError> all() {
        return errors;
    }

    void add(String path, String reason) {
        errors.add(new FieldError(path, reason));
    }

    void checkCount(String path, int count, int max) {
        if (count > max) {
            add(path, "more than " + max + " of them, count=" + count);
        }
    }

    void checkId(String path, @Nullable String id) {
        if (id != null && !Ids.isValid(id)) {
            add(path, "not an id, which is 1-64 of [A-Za-z0-9_.:-]");
        }
    }

    /** Each id that stood before is an error; the answer maps an id to its first place. */
    <T> Map<String, Integer> checkUnique(String path, List<T> items, Function<T, String> id) {
        final Map<String, Integer> firstPlaces = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            final Integer first = firstPlaces.putIfAbsent(id.apply(items.get(i)), i);
            if (first != null) {
                add(
                        path + "[" + i + "].id",
                        "duplicate id '" + id.apply(items.get(i)) + "', first at " + path + "[" + first + "].id");
            }
        }
        return firstPlaces;
    }

    void checkRange(String path, long value, long min, long max) {
        if (value < min || value > max) {
            add(path, "outside " + min + "-" + max + ", value=" + value);
        }
    }

    void checkFinite(String path, double value) {
        if (!Double.isFinite(value)) {
            add(path, "not a finite number");
        }
    }

    void checkNotNegative(String path, double value) {
        if (value < 0) {
            add(path, "a negative value, value=" + value);
        } else {
            checkFinite(path, value);
        }
    }

    void checkNotNegative(String path, long value) {
        if (value < 0) {
            add(path, "a negative value, value=" + value);
        }
    }

    void checkEventType(String path, String type) {
        if (type.isEmpty() || Text.utf8Length(type) > ProfileLimits.EVENT_TYPE_BYTES_MAX) {
            add(path, "not an event type, which is 1-64 bytes");
        } else if (type.codePoints().anyMatch(Character::isISOControl)) {
            add(path, "an event type with a control character");
        }
    }

    void checkPurposes(String path, int purposes) {
        if ((purposes & ~Consent.ALL_PURPOSES) != 0) {
            add(path, "a purpose outside 1-24");
        }
    }
}
