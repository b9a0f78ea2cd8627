package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.erasure.ErasureLedger;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EraseTest extends StorageFixture {
    private static final Identity COOKIE = new Identity("cookie", "a");

    private static RecordEvent event(Identity identity, String id) {
        return new RecordEvent(identity, id, "click", null, null, 5, null, null, Map.of());
    }

    private static int ordinal(Storage storage, Identity identity) {
        try (StorageReader reader = storage.newReader()) {
            return reader.enter().find(identity);
        }
    }

    private static ChangeOutcome create(Storage storage, int number) {
        return apply(storage, patch(crm(number), List.of(), Map.of(), Map.of()));
    }

    @Test
    void whoIsErasedIsFoundByNoneOfTheIdentities() {
        try (Storage storage = open()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(COOKIE), Map.of("age", 70L), Map.of("vip", Times.NEVER)));
            create(storage, 2);
            now.set(2_000_000);
            final ChangeOutcome erased = apply(storage, new EraseProfile(COOKIE));
            assertThat(erased)
                    .isEqualTo(new ChangeOutcome(
                            Status.UPDATED, crm(1), 2, 4, List.of(), List.of(crm(1), COOKIE), 2_000_000));
            assertThat(read(storage, crm(1))).isNull();
            assertThat(read(storage, COOKIE)).isNull();
            assertThat(ordinal(storage, crm(1))).isEqualTo(View.NOBODY);
            assertThat(storage.status().profiles()).isEqualTo(1);
            assertThat(storage.status().identities()).isEqualTo(1);
            assertThat(apply(storage, new EraseProfile(crm(1))).status()).isEqualTo(Status.UNKNOWN);
            assertThat(storage.sequence()).isEqualTo(4);
        }
    }

    @Test
    void anErasureOfAnotherVersionIsRefused() {
        try (Storage storage = open()) {
            create(storage, 1);
            assertThat(apply(storage, new EraseProfile(crm(1), List.of(7L))).status())
                    .isEqualTo(Status.PRECONDITION_FAILED);
            assertThat(apply(storage, new EraseProfile(crm(1), List.of(7L, 1L))).status())
                    .isEqualTo(Status.UPDATED);
        }
    }

    @Test
    void forSevenDaysOnlyAWriteThatNamesTheProfileCreatesItAgain() {
        try (Storage storage = open()) {
            apply(storage, patch(crm(1), List.of(COOKIE), Map.of(), Map.of()));
            create(storage, 2);
            apply(storage, new EraseProfile(crm(1)));
            final long sequence = storage.sequence();
            final ChangeOutcome refused = apply(storage, event(COOKIE, "e1"));
            assertThat(refused.status()).isEqualTo(Status.ERASED);
            assertThat(refused.errors().get(0).reason()).contains("cookie:a").contains("erased");
            assertThat(apply(storage, patch(null, List.of(crm(1)), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.ERASED);
            assertThat(apply(storage, patch(null, List.of(crm(2), COOKIE), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.ERASED);
            assertThat(storage.sequence()).isEqualTo(sequence);
            assertThat(apply(storage, patch(crm(1), List.of(), Map.of(), Map.of()))
                            .status())
                    .isEqualTo(Status.CREATED);
            assertThat(apply(storage, event(crm(1), "e1")).status()).isEqualTo(Status.UPDATED);
            assertThat(apply(storage, patch(null, List.of(crm(1)), Map.of("age", 4L), Map.of()))
                            .status())
                    .isEqualTo(Status.UPDATED);
            now.addAndGet(ErasureLedger.LATE_MICROS);
            assertThat(apply(storage, event(COOKIE, "e1")).status()).isEqualTo(Status.CREATED);
        }
    }

    @Test
    void anOrdinalIsAnothersOnlyWhenNoReaderCanStillHoldIt() {
        try (Storage storage = open();
                StorageReader reader = storage.newReader()) {
            apply(storage, catalog("{1}", BANK));
            apply(storage, patch(crm(1), List.of(), Map.of("age", 70L), Map.of()));
            final View view = reader.enter();
            final int held = view.find(crm(1));
            apply(storage, new EraseProfile(crm(1)));
            for (int i = 2; i < 10; i++) {
                apply(storage, patch(crm(i), List.of(), Map.of("age", 71L), Map.of()));
            }
            assertThat(view.readRow(held, new RowBits())).isFalse();
            assertThat(view.testSegment(held, view.catalog().segmentBit("senior"), now.get()))
                    .isEqualTo(-1);
            assertThat(view.readRecord(held, new RecordBuffer())).isFalse();
            assertThat(view.readProfile(held)).isNull();
            reader.leave();
            // By the second of these it is known that the reader has left; by the first, if the housekeeping has
            // looked.
            create(storage, 10);
            create(storage, 11);
            assertThat(List.of(ordinal(storage, crm(10)), ordinal(storage, crm(11))))
                    .contains(held);
            assertThat(visible(storage, crm(10))).isEmpty();
            assertThat(visible(storage, crm(11))).isEmpty();
        }
    }

    @Test
    void freeOrdinalsOutliveACleanStopAndAKill() throws Exception {
        final Path running = folder.resolve("running");
        final Path killed = folder.resolve("killed");
        try (Storage storage = open(running)) {
            for (int i = 0; i < 10; i++) {
                create(storage, i);
            }
            for (final int gone : new int[] {2, 5, 6, 9}) {
                apply(storage, new EraseProfile(crm(gone)));
            }
            copy(running, killed);
        }
        for (final Path folder : List.of(running, killed)) {
            try (Storage storage = open(folder)) {
                assertThat(storage.status().profiles()).isEqualTo(6);
                assertThat(read(storage, crm(5))).isNull();
                assertThat(apply(storage, event(crm(5), "e")).status()).isIn(Status.ERASED, Status.CREATED);
                for (int i = 20; i < 25; i++) {
                    create(storage, i);
                }
                assertThat(List.of(0, 1, 3, 4, 7, 8, 20, 21, 22, 23, 24))
                        .extracting(number -> ordinal(storage, crm(number)))
                        .doesNotHaveDuplicates()
                        .allMatch(ordinal -> ordinal >= 0 && ordinal <= 12);
            }
        }
    }
}
