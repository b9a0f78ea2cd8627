package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.disk.SimulatedDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A journal of small files, and feeds of it. */
abstract class JournalFixture {
    static final Path FOLDER = Path.of("journal");
    static final Term FIRST_TERM = new Term(1, 7);
    /** That much is asked of a feed at a time: two entries and a part of one. */
    static final int READ_BYTES = 400;

    static final int PAYLOAD_BYTES = 100;
    private static final long FILE_BYTES = 1_000;

    final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(1));
    final JournalPins pins = new JournalPins(disk, FOLDER);
    Journal journal;

    @BeforeEach
    void open() {
        journal = Journal.open(disk, FOLDER, Durability.FSYNC, FILE_BYTES, FIRST_TERM, JournalEnd.EMPTY);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    final void append(int entries) {
        appendUnsynced(entries, PAYLOAD_BYTES);
        journal.sync();
    }

    final void appendUnsynced(int entries, int payloadBytes) {
        for (int i = 0; i < entries; i++) {
            journal.append(journal.lastSequence() + 1, 1, ByteBuffer.allocate(payloadBytes));
        }
    }

    final JournalFeed.Opened open(JournalEnd place, long budgetBytes) {
        return JournalFeed.open(disk, FOLDER, journal::durableEnd, pins, place, budgetBytes);
    }

    /** From a place that is shared. */
    final JournalFeed feed(JournalEnd place, long budgetBytes) {
        return Objects.requireNonNull(open(place, budgetBytes).feed());
    }

    /** The last sequence that is there. */
    static long readAll(JournalFeed feed) {
        for (JournalBatch batch = feed.read(READ_BYTES); batch != null; batch = feed.read(READ_BYTES)) {
            assertThat(batch.entries().remaining()).isLessThanOrEqualTo(READ_BYTES);
            assertThat(batch.lastSequence()).isEqualTo(feed.sequence());
        }
        return feed.sequence();
    }
}
