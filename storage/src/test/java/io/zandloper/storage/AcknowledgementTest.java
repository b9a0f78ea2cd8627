package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.journal.Journal;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalReader;
import io.zandloper.storage.journal.Term;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the disk holds at the very moment at which a caller hears of a change. */
class AcknowledgementTest extends StorageFixture {
    private static final int CHANGES = 40;

    /** Small, so that files are rolled as well. */
    private static final long FILE_BYTES = 2_000;

    private SimulatedDisk disk;
    private Path journalFolder;

    /** For each outcome, what the journal held at that moment must go as far. */
    private void assertHeldWhenHeard(Durability durability, boolean afterAPowerCut) {
        disk = new SimulatedDisk(new SplittableRandom(1));
        journalFolder = folder.resolve("journal");
        final Platform platform = new Platform(
                disk, new SparseMemory(new SplittableRandom(1)), new HeapRecordStores(), key -> key[0] = 1);
        final DataFolder data =
                new DataFolder(folder, journalFolder, platform, JournalFolder.identityKey(platform, journalFolder));
        final Recovery.Recovered recovered = new Recovery(data, now.get(), source -> compiled(BANK)).run();
        final Tables tables = recovered.tables();
        final Journal journal = Journal.open(
                disk,
                journalFolder,
                durability,
                FILE_BYTES,
                new Term(recovered.end().term().number() + 1, 5),
                recovered.end());
        final Writer writer = new Writer(
                tables,
                journal,
                new EffectCodec(tables.newIdentityHash(), source -> compiled(BANK)),
                false,
                now::get,
                64);
        final List<Long> held = new ArrayList<>();
        final List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            final ChangeListener listener = new ChangeListener() {
                @Override
                public void onOutcome(ChangeOutcome outcome) {
                    final SimulatedDisk left = afterAPowerCut ? disk.durableCopy() : disk;
                    held.add(new JournalReader(left, journalFolder)
                            .verify(JournalEnd.EMPTY)
                            .sequence());
                    sequences.add(outcome.sequence());
                }

                @Override
                public void onFailure(StorageException cause) {
                    throw cause;
                }
            };
            writer.submit(
                    i % 7 == 6
                            ? new EraseProfile(crm(i - 1))
                            : patch(crm(i), List.of(), Map.of("text", "x".repeat(100)), Map.of()),
                    listener);
            if (i % 3 == 0) {
                writer.workBatch();
            }
        }
        writer.workBatch();
        tables.abandon();
        assertThat(sequences).hasSize(CHANGES);
        for (int i = 0; i < CHANGES; i++) {
            assertThat(held.get(i))
                    .as("when %d was heard of", sequences.get(i))
                    .isGreaterThanOrEqualTo(sequences.get(i));
        }
    }

    @Test
    void withFsyncNobodyHearsOfAChangeThatIsNotOnTheDisk() {
        assertHeldWhenHeard(Durability.FSYNC, true);
    }

    @Test
    void withOsNobodyHearsOfAChangeThatTheSystemDoesNotHave() {
        assertHeldWhenHeard(Durability.OS, false);
    }
}
