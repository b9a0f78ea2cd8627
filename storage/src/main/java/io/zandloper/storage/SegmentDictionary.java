package io.zandloper.storage;

import io.zandloper.storage.format.SegmentNumbers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The numbers of segments, in the order in which they were first named. The writer adds; any thread reads, and finds
 * every number that a record it can see holds.
 */
final class SegmentDictionary implements SegmentNumbers {
    private final List<String> ids = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

    SegmentDictionary(List<String> known) {
        ids.addAll(known);
        for (int number = 0; number < known.size(); number++) {
            numbers.put(known.get(number), number);
        }
    }

    @Override
    public int number(String id) {
        final Integer known = numbers.get(id);
        if (known != null) {
            return known;
        }
        final int number = ids.size();
        ids.add(id);
        numbers.put(id, number);
        return number;
    }

    /** The same without giving a new one: -1 where the segment has none. */
    int find(String id) {
        final Integer known = numbers.get(id);
        return known == null ? -1 : known;
    }

    @Override
    public String id(int number) {
        if (number < 0 || number >= ids.size()) {
            throw new IllegalArgumentException("no segment has it: number=" + number);
        }
        return ids.get(number);
    }

    /** Whether a segment of this id was ever named. */
    boolean isKnown(String id) {
        return numbers.containsKey(id);
    }

    List<String> ids() {
        return List.copyOf(ids);
    }
}
