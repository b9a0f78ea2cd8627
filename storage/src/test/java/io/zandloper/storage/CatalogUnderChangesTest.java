package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.VisibleSegments;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.row.RowBits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Catalogs replaced over many profiles while threads read and write. */
class CatalogUnderChangesTest extends StorageFixture {
    private static final int PEOPLE = 20_000;
    private static final int REPLACEMENTS = 6;
    private static final int UNDER_WAY_MAX = 200;

    private static final CatalogDocument OTHER = new CatalogDocument(
            List.of(
                    segment("senior", 0, "profile.age >= 60"),
                    segment("odd", 0, "profile.age % 2 == 1"),
                    segment("vip", 0, null),
                    segment("odd-senior", 0, "'odd' in segments && 'senior' in segments")),
            List.of(),
            List.of(),
            CatalogDocument.Policies.DEFAULT);

    private final AtomicBoolean done = new AtomicBoolean();

    @Test
    void readersSeeOneCatalogAndItsBitsAndWritesGoOn() throws Exception {
        try (Storage storage = openQuick()) {
            apply(storage, catalog("{0}", BANK));
            write(storage, 0, PEOPLE);
            try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
                final List<Future<Integer>> working = new ArrayList<>();
                working.add(threads.submit(() -> read(storage, 0)));
                working.add(threads.submit(() -> read(storage, 1)));
                working.add(threads.submit((Callable<Integer>) () -> writeUntilDone(storage)));
                try {
                    for (int i = 1; i <= REPLACEMENTS; i++) {
                        final ChangeOutcome outcome = apply(storage, catalog("{" + i + "}", i % 2 == 0 ? BANK : OTHER));
                        assertThat(outcome.version()).isEqualTo(i + 1);
                        assertThat(storage.catalog().version()).isEqualTo(i + 1);
                        assertThat(storage.status().backFill().rowsDone()).isGreaterThanOrEqualTo(PEOPLE);
                    }
                } finally {
                    done.set(true);
                }
                for (final Future<Integer> each : working) {
                    assertThat(each.get()).isPositive();
                }
            }
            assertThat(storage.status().backFill().state()).isEqualTo(BackFillStatus.State.DONE);
            assertRowsAreThoseOfAScan(storage);
        }
    }

    private void write(Storage storage, int first, int count) throws InterruptedException {
        final Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
        final AtomicInteger refused = new AtomicInteger();
        for (int i = first; i < first + count; i++) {
            underWay.acquire();
            final boolean taken = storage.submit(
                    patch(
                            crm(i % PEOPLE),
                            List.of(),
                            Map.of("age", (long) (i * 7 % 100)),
                            Map.of("vip", i % 3 == 0 ? now.get() + i : Times.NEVER)),
                    new ChangeListener() {
                        @Override
                        public void onOutcome(ChangeOutcome outcome) {
                            refused.addAndGet(outcome.status().isAccepted() ? 0 : 1);
                            underWay.release();
                        }

                        @Override
                        public void onFailure(StorageException cause) {
                            refused.incrementAndGet();
                            underWay.release();
                        }
                    });
            assertThat(taken).isTrue();
        }
        underWay.acquire(UNDER_WAY_MAX);
        assertThat(refused).hasValue(0);
    }

    private int writeUntilDone(Storage storage) throws InterruptedException {
        int written = 0;
        while (!done.get()) {
            write(storage, written, 100);
            written += 100;
            now.incrementAndGet();
        }
        return written;
    }

    /** Rows as their catalog has it, whenever row and record are of one change. */
    private int read(Storage storage, int first) {
        int compared = 0;
        final RowBits row = new RowBits();
        try (StorageReader reader = storage.newReader()) {
            for (int i = first; !done.get(); i += 101) {
                final View view = reader.enter();
                final int ordinal = view.find(crm(i % PEOPLE));
                final Profile profile = view.readProfile(ordinal);
                if (view.readRow(ordinal, row)
                        && profile != null
                        && row.sequence() == profile.sequence()
                        && now.get() < row.nextExpiryMicros()) {
                    assertThat(row.image().bits()).isEqualTo(visible(profile, view.catalog()));
                    compared++;
                }
                reader.leave();
            }
        }
        return compared;
    }

    private long[] visible(Profile profile, Catalog catalog) {
        return VisibleSegments.of(profile, catalog, now.get()).bits();
    }

    private void assertRowsAreThoseOfAScan(Storage storage) {
        final RowBits row = new RowBits();
        try (StorageReader reader = storage.newReader()) {
            final View view = reader.enter();
            for (int i = 0; i < PEOPLE; i++) {
                final int ordinal = view.find(crm(i));
                final Profile profile = view.readProfile(ordinal);
                assertThat(profile).isNotNull();
                if (view.readRow(ordinal, row) && now.get() < row.nextExpiryMicros()) {
                    assertThat(row.image().bits()).isEqualTo(visible(profile, view.catalog()));
                }
            }
        }
    }
}
