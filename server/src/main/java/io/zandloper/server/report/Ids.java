package io.zandloper.server.report;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for the ids of offers, or of placements: the same for as long as the process lives, whichever catalogs come and
 * go. Any thread; to find a number again takes no lock.
 */
final class Ids {
    /** The number of all ids that were too many. */
    static final int OTHER = 0;
    /** The number of no id. */
    static final int NONE = 1;

    private final int countMax;
    private final int unknownMax;
    private final ConcurrentHashMap<String, Integer> numbers = new ConcurrentHashMap<>();
    /** By their numbers; guarded by itself. */
    private final List<String> ids = new ArrayList<>(List.of("", ""));

    private int unknown;

    /**
     * @param countMax ids that have numbers at most
     * @param unknownMax those of them that no catalog has vouched for
     */
    Ids(int countMax, int unknownMax) {
        this.countMax = countMax;
        this.unknownMax = unknownMax;
    }

    /** The number of an id that is or was in a catalog. */
    int number(String id) {
        final Integer known = numbers.get(id);
        return known == null ? add(id, true) : known;
    }

    /** The number of an id that anybody may have made up. */
    int numberOfUnknown(String id) {
        final Integer known = numbers.get(id);
        return known == null ? add(id, false) : known;
    }

    /** The id of a number; null for {@link #OTHER} and {@link #NONE}. */
    @Nullable
    String id(int number) {
        if (number == OTHER || number == NONE) {
            return null;
        }
        synchronized (ids) {
            return ids.get(number);
        }
    }

    private int add(String id, boolean vouched) {
        synchronized (ids) {
            final Integer known = numbers.get(id);
            if (known != null) {
                return known;
            }
            if (ids.size() - 2 >= countMax || (!vouched && unknown >= unknownMax)) {
                return OTHER;
            }
            if (!vouched) {
                unknown++;
            }
            ids.add(id);
            numbers.put(id, ids.size() - 1);
            return ids.size() - 1;
        }
    }
}
