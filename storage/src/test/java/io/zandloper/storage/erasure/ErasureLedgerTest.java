package io.zandloper.storage.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.format.CorruptFileException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is remembered of erasures, on a disk that loses, flips and refuses. */
class ErasureLedgerTest {
    private static final Path FILE = Path.of("journal", "erasures.ledger");
    private static final long DAY = 86_400_000_000L;

    private SimulatedDisk disk;

    @BeforeEach
    void newDisk() throws Exception {
        disk = new SimulatedDisk(new SplittableRandom(1));
        disk.createFolder(FILE.getParent());
    }

    private ErasureLedger open(long durableBytes, long heldFrom, long nowMicros) {
        return ErasureLedger.open(disk, FILE, durableBytes, heldFrom, nowMicros);
    }

    /** Three erasures, of one identity, two and one. */
    private static void addAll(ErasureLedger ledger) {
        ledger.add(5, DAY, new long[] {1, 11});
        ledger.add(7, 2 * DAY, new long[] {2, 12, 3, 13});
        ledger.add(9, 3 * DAY, new long[] {4, 14});
    }

    private List<Long> lows() {
        final List<Long> lows = new ArrayList<>();
        LedgerReader.read(disk, FILE, 0, (sequence, atMicros, high, low) -> lows.add(low));
        return lows;
    }

    @Test
    void nobodyWasErasedWhereThereIsNoFile() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            assertThat(ledger.holdsLate(11, 0)).isFalse();
            assertThat(ledger.lengthBytes()).isZero();
            assertThat(ledger.pending()).isZero();
        }
        assertThat(disk.paths()).isEmpty();
    }

    @Test
    void lateErasuresAreKnownForSevenDaysAndTheFileHoldsThemForGood() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            addAll(ledger);
            assertThat(ledger.holdsLate(11, 8 * DAY - 1)).isTrue();
            assertThat(ledger.holdsLate(11, 8 * DAY)).isFalse();
            assertThat(ledger.holdsLate(15, DAY)).isFalse();
        }
        try (ErasureLedger ledger = open(0, 0, 9 * DAY + 1)) {
            assertThat(ledger.holdsLate(13, 9 * DAY)).isFalse();
            assertThat(ledger.holdsLate(14, 9 * DAY + 2)).isTrue();
            assertThat(lows()).containsExactly(11L, 12L, 13L, 14L);
        }
    }

    @Test
    void addedAgainInOrderAsAReplayDoesTheFileStaysAsItIs() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            addAll(ledger);
        }
        final byte[] before = disk.bytes(FILE);
        try (ErasureLedger ledger = open(0, 0, 0)) {
            addAll(ledger);
            assertThat(ledger.pending()).isEqualTo(3);
        }
        assertThat(disk.bytes(FILE)).isEqualTo(before);
    }

    @Test
    void aTailTornAnywhereIsCutAndMadeAgain() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            addAll(ledger);
        }
        final byte[] whole = disk.bytes(FILE);
        for (int length = 0; length < whole.length; length++) {
            disk.put(FILE, Arrays.copyOf(whole, length));
            try (ErasureLedger ledger = open(0, 0, 0)) {
                addAll(ledger);
            }
            assertThat(disk.bytes(FILE)).as("cut to %d", length).isEqualTo(whole);
        }
    }

    @Test
    void damageInWhatIsKnownToBeDurableIsRefusedByFileAndOffset() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            addAll(ledger);
        }
        final int length = disk.size(FILE);
        final int third = LedgerDescriptor.FILE_HEADER_BYTES + 2 * LedgerDescriptor.ENTRY_BYTES;
        disk.flipBit(FILE, third + 20);
        assertThatThrownBy(() -> open(length, 0, 0))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(FILE.toString())
                .hasMessageContaining("offset " + third);
        assertThatThrownBy(() -> open(length + LedgerDescriptor.ENTRY_BYTES, 0, 0))
                .isInstanceOf(CorruptFileException.class)
                .hasMessageContaining(FILE.toString());
        try (ErasureLedger ledger = open(third, 0, 0)) {
            assertThat(ledger.lengthBytes()).isEqualTo(third);
        }
    }

    @Test
    void whatCameAfterTheJournalsLastChangeIsForgotten() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            addAll(ledger);
            ledger.dropAfter(7);
            assertThat(ledger.holdsLate(14, 3 * DAY)).isFalse();
            assertThat(ledger.pending()).isEqualTo(2);
            ledger.add(8, 4 * DAY, new long[] {5, 15});
            assertThat(lows()).containsExactly(11L, 12L, 13L, 15L);
        }
    }

    @Test
    void anErasureIsPendingUntilNoFileHoldsAnythingFromBefore() {
        try (ErasureLedger ledger = open(0, Long.MAX_VALUE, 0)) {
            addAll(ledger);
            assertThat(ledger.pending()).isEqualTo(3);
            assertThat(ledger.oldestPendingMicros()).isEqualTo(DAY);
            ledger.onHeldFrom(7, 3 * DAY);
            assertThat(ledger.pending()).isEqualTo(2);
            assertThat(ledger.oldestPendingMicros()).isEqualTo(2 * DAY);
        }
        try (ErasureLedger ledger = open(0, 8, 3 * DAY)) {
            assertThat(ledger.pending()).isEqualTo(1);
            ledger.onHeldFrom(10, 3 * DAY);
            assertThat(ledger.oldestPendingMicros()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void aFullDiskRefusesOneAndTakesItLater() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            ledger.add(5, DAY, new long[] {1, 11});
            disk.fullAfter(0);
            assertThatThrownBy(() -> ledger.add(7, 2 * DAY, new long[] {2, 12, 3, 13}))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(FILE.toString());
            disk.empty();
            ledger.add(7, 2 * DAY, new long[] {2, 12, 3, 13});
            assertThat(lows()).containsExactly(11L, 12L, 13L);
        }
    }

    @Test
    void aSyncThatFailedIsNotTriedAgain() {
        try (ErasureLedger ledger = open(0, 0, 0)) {
            ledger.add(5, DAY, new long[] {1, 11});
            disk.failSyncAfter(0);
            assertThatThrownBy(ledger::force).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> ledger.add(6, DAY, new long[] {2, 12})).hasMessageContaining("restart");
        }
    }
}
