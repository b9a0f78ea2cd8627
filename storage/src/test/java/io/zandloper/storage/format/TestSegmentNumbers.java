package io.zandloper.storage.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers in the order in which they are asked for. */
final class TestSegmentNumbers implements SegmentNumbers {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> ids = new ArrayList<>();

    @Override
    public int number(String id) {
        return numbers.computeIfAbsent(id, unknown -> {
            ids.add(unknown);
            return ids.size() - 1;
        });
    }

    @Override
    public String id(int number) {
        if (number < 0 || number >= ids.size()) {
            throw new IllegalArgumentException("no segment: number=" + number);
        }
        return ids.get(number);
    }

    int count() {
        return ids.size();
    }
}
