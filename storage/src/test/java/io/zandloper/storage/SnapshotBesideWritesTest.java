package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.journal.JournalPins;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import io.zandloper.storage.row.RowBits;
import io.zandloper.storage.snapshot.SnapshotManifest;
import io.zandloper.storage.snapshot.SnapshotSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A snapshot that stands still in the middle of its walk: whoever waited for it would wait for ever. */
class SnapshotBesideWritesTest extends WriterFixture {
    private static final int PEOPLE = 8;
    private static final int MIDDLE = 4;

    private ChangeOutcome acknowledged(Change change) {
        final ChangeFuture outcome = new ChangeFuture();
        assertThat(writer.submit(change, outcome)).isTrue();
        return outcome.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private StorageReader newReader() {
        return new StorageReader(() -> tables);
    }

    @Test
    void changesAreAcknowledgedAndReadWhileItGoesOn() throws Exception {
        start();
        acknowledged(catalog("{1}", BANK));
        for (int i = 0; i < PEOPLE; i++) {
            acknowledged(patch(crm(i), List.of(), Map.of("age", 70L), Map.of("vip", Times.NEVER)));
        }
        final List<ChangeOutcome> meanwhile = new ArrayList<>();
        final SnapshotThread.Source walk =
                new SnapshotThread.Source(writer, SnapshotThread.between(writer), newReader());
        try (StorageReader reader = newReader()) {
            final SnapshotSource stopping = new SnapshotSource() {
                @Override
                public Moment moment() throws InterruptedException {
                    return walk.moment();
                }

                @Override
                public boolean readProfile(int ordinal, RowBits row, RecordBuffer record) {
                    if (ordinal == MIDDLE) {
                        for (final int person : new int[] {1, MIDDLE, PEOPLE - 1, PEOPLE}) {
                            meanwhile.add(acknowledged(patch(crm(person), List.of(), Map.of("age", 20L), Map.of())));
                            assertThat(reader.enter().profile(crm(person)).attributes())
                                    .containsEntry("age", 20L);
                            reader.leave();
                        }
                    }
                    return walk.readProfile(ordinal, row, record);
                }
            };
            final Snapshots snapshots = new Snapshots(
                    data,
                    now::get,
                    2,
                    writer,
                    SnapshotThread.between(writer),
                    stopping,
                    new JournalPins(disk, data.journalFolder()));
            final Path taken = snapshots.take();
            assertThat(meanwhile)
                    .hasSize(4)
                    .allMatch(outcome -> outcome.status().isAccepted());
            assertThat(SnapshotManifest.read(disk, taken).end().sequence())
                    .as("one moment, after all of these")
                    .isEqualTo(meanwhile.get(3).sequence());
        }
    }
}
