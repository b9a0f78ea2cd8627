package io.zandloper.storage;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** The erasures of the last days, in memory. Belongs to the writer's thread. */
final class RecentErasures implements ErasureLog {
    private record Hash(long high, long low) {}

    private record Erased(Hash identity, long atMicros) {}

    /** The latest erasure of each. */
    private final Map<Hash, Long> latest = new HashMap<>();
    /** In the order of their times, as the writer's clock goes forward. */
    private final ArrayDeque<Erased> inOrder = new ArrayDeque<>();

    @Override
    public void add(long sequence, long atMicros, long high, long low) {
        forget(atMicros);
        final Hash identity = new Hash(high, low);
        final Long known = latest.get(identity);
        if (known == null || known < atMicros) {
            latest.put(identity, atMicros);
            inOrder.add(new Erased(identity, atMicros));
        }
    }

    @Override
    public boolean erasedLately(long high, long low, long nowMicros) {
        if (latest.isEmpty()) {
            return false;
        }
        final Long atMicros = latest.get(new Hash(high, low));
        return atMicros != null && nowMicros - atMicros < LATELY_MICROS;
    }

    private void forget(long nowMicros) {
        for (Erased oldest = inOrder.peek();
                oldest != null && nowMicros - oldest.atMicros() >= LATELY_MICROS;
                oldest = inOrder.peek()) {
            inOrder.remove();
            latest.remove(oldest.identity(), oldest.atMicros());
        }
    }
}
