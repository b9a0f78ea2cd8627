package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Profiles of whom nothing was heard for longer than the policies keep one. */
class RetentionTest extends StorageFixture {
    private static final long DAY = 86_400_000_000L;
    private static final CatalogDocument TEN_DAYS = new CatalogDocument(
            List.of(segment("vip", 0, null)),
            List.of(),
            List.of(),
            new Policies(false, null, List.of(), List.of(), DAY, 10 * DAY));

    private static void await(String what, BooleanSupplier condition) {
        final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadlineNanos);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private Storage openTenDays(Path dataFolder) {
        final Catalog catalog = compiled(TEN_DAYS);
        return Storage.open(StorageConfig.of(dataFolder), source -> catalog, now::get);
    }

    private static RecordEvent event(int number, long atMicros) {
        return new RecordEvent(crm(number), null, "visit", null, null, atMicros, null, null, Map.of());
    }

    private static int find(Storage storage, Identity identity) {
        try (StorageReader reader = storage.newReader()) {
            return reader.enter().find(identity);
        }
    }

    @Test
    void theIdleGoCompletelyAndOnlyThey() throws Exception {
        final Path running = folder.resolve("running");
        final Path killed = folder.resolve("killed");
        final Identity cookie = new Identity("cookie", "a");
        final long sequence;
        try (Storage storage = openTenDays(running)) {
            apply(storage, catalog("{}", TEN_DAYS));
            for (int i = 0; i < 4; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("n", (long) i), Map.of("vip", Times.NEVER)));
            }
            apply(storage, patch(crm(0), List.of(cookie), Map.of(), Map.of()));
            now.addAndGet(9 * DAY);
            apply(storage, event(1, now.get()));
            apply(storage, patch(crm(2), List.of(), Map.of("n", 9L), Map.of()));
            apply(storage, event(3, now.get() + 100 * DAY)); // of the future: tells nothing of when it was sent
            final long before = storage.sequence();
            now.addAndGet(2 * DAY);
            await("the idle are gone", () -> storage.sequence() == before + 2);
            assertThat(read(storage, crm(0))).isNull();
            assertThat(find(storage, crm(0))).isEqualTo(View.NOBODY);
            assertThat(find(storage, cookie)).isEqualTo(View.NOBODY);
            assertThat(find(storage, crm(3))).isEqualTo(View.NOBODY);
            assertThat(read(storage, crm(1))).isNotNull();
            assertThat(read(storage, crm(2))).isNotNull();
            assertThat(storage.status().profiles()).isEqualTo(2);
            assertThat(storage.status().identities()).isEqualTo(2);
            assertThat(apply(storage, event(0, now.get())).status())
                    .as("who was only idle can come back by an event")
                    .isEqualTo(Status.CREATED);
            sequence = storage.sequence();
            copy(running, killed);
        }
        for (final Path stopped : List.of(running, killed)) {
            try (Storage storage = openTenDays(stopped)) {
                assertThat(storage.sequence()).isEqualTo(sequence);
                assertThat(find(storage, cookie)).isEqualTo(View.NOBODY);
                assertThat(find(storage, crm(3))).isEqualTo(View.NOBODY);
                assertThat(read(storage, crm(0)).attributes()).isEmpty();
                assertThat(read(storage, crm(1)).attributes()).containsEntry("n", 1L);
            }
        }
    }

    @Test
    void withoutARetentionNobodyGoes() {
        try (Storage storage = open()) {
            apply(storage, catalog("{}", BANK));
            apply(storage, patch(crm(0), List.of(), Map.of(), Map.of()));
            final long sequence = storage.sequence();
            now.addAndGet(10_000 * DAY);
            assertThat(apply(storage, new TidyProfile(0)).status()).isEqualTo(Status.UNCHANGED);
            assertThat(storage.sequence()).isEqualTo(sequence);
        }
    }

    @Test
    void withoutChangesOfItsOwnNothingGoesAndNothingIsTidied() throws Exception {
        final Catalog catalog = compiled(TEN_DAYS);
        final StorageConfig config = StorageConfig.of(folder).withoutOwnChanges();
        try (Storage storage = Storage.open(config, source -> catalog, now::get)) {
            apply(storage, catalog("{}", TEN_DAYS));
            final long endMicros = now.get() + DAY;
            final long sequence = apply(storage, patch(crm(0), List.of(), Map.of(), Map.of("vip", endMicros)))
                    .sequence();
            now.addAndGet(40 * DAY);
            // Long enough for what must not happen: elsewhere it happens within a fraction of it.
            final long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            await("two seconds", () -> System.nanoTime() - endNanos > 0);
            assertThat(storage.sequence()).isEqualTo(sequence);
            assertThat(read(storage, crm(0)).listed()).containsEntry("vip", endMicros);
        }
    }

    @Test
    void aProposalThatIsNotDueAnyMoreChangesNothing() {
        try (Storage storage = openTenDays(folder)) {
            apply(storage, catalog("{}", TEN_DAYS));
            apply(storage, patch(crm(0), List.of(), Map.of(), Map.of()));
            final long sequence = storage.sequence();
            assertThat(apply(storage, new TidyProfile(0)).status()).isEqualTo(Status.UNCHANGED);
            assertThat(apply(storage, new TidyProfile(77)).status()).isEqualTo(Status.UNKNOWN);
            assertThat(storage.sequence()).isEqualTo(sequence);
        }
    }

    /** Hours. */
    @ParameterizedTest
    @CsvSource({"-1, 86400", "24, 3600", "240000, 3600", "12, 1800", "0, 1"})
    void walksAreMadeSoOftenThatNobodyStaysMuchLonger(long retentionHours, long intervalSeconds) {
        assertThat(TidyWalk.intervalMicros(retentionHours * 3_600_000_000L)).isEqualTo(intervalSeconds * 1_000_000L);
    }
}
