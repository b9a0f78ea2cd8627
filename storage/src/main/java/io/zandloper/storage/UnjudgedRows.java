package io.zandloper.storage;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Which rows are still to be judged while the tables are made again, and as of when: all of them after a catalog, and
 * those that a list of members changed. A row that the journal brings is none of them, nor is one that goes. For one thread.
 */
final class UnjudgedRows {
    /** Rows of one time. */
    private record Batch(long atMicros, RoaringBitmap ordinals) {}

    /** What is done at last. */
    @FunctionalInterface
    interface Judge {
        void judge(int ordinal, long atMicros);
    }

    private final BitSet unjudged = new BitSet();
    /** Of every row that is in none of the batches. */
    private long catalogAtMicros;
    /** A row counts in the newest one it is in. */
    private final List<Batch> batches = new ArrayList<>();

    /** Every row below {@code ordinals} is to be judged under a new catalog. */
    void onCatalog(int ordinals, long atMicros) {
        batches.clear();
        unjudged.set(0, ordinals);
        catalogAtMicros = atMicros;
    }

    void add(int ordinal, long atMicros) {
        if (batches.isEmpty() || newest().atMicros() != atMicros) {
            batches.add(new Batch(atMicros, new RoaringBitmap()));
        }
        newest().ordinals().add(ordinal);
        unjudged.set(ordinal);
    }

    private Batch newest() {
        return batches.get(batches.size() - 1);
    }

    /** The row is as it should be, or gone. */
    void remove(int ordinal) {
        unjudged.clear(ordinal);
    }

    /** Has every row judged that is to be; afterwards none is. */
    void judgeAll(Judge judge) {
        for (int i = batches.size() - 1; i >= 0; i--) {
            final Batch batch = batches.get(i);
            batch.ordinals().forEach((int ordinal) -> {
                if (unjudged.get(ordinal)) {
                    unjudged.clear(ordinal);
                    judge.judge(ordinal, batch.atMicros());
                }
            });
        }
        batches.clear();
        unjudged.stream().forEach(ordinal -> judge.judge(ordinal, catalogAtMicros));
        unjudged.clear();
    }
}
