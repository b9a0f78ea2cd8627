package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.disk.SimulatedDisk;
import io.zandloper.storage.journal.JournalFeed.Match;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stays of a journal for those who read it, and how a feed goes through its files. */
class JournalPinsTest {
    private static final Path FOLDER = Path.of("journal");
    private static final long FILE_BYTES = 1_000;

    private final SimulatedDisk disk = new SimulatedDisk(new SplittableRandom(1));
    private final JournalPins pins = new JournalPins(disk, FOLDER);
    private Journal journal;

    @BeforeEach
    void open() {
        journal = Journal.open(disk, FOLDER, Durability.FSYNC, FILE_BYTES, new Term(1, 7), JournalEnd.EMPTY);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private void append(int entries) {
        for (int i = 0; i < entries; i++) {
            journal.append(journal.lastSequence() + 1, 1, ByteBuffer.allocate(100));
        }
        journal.sync();
    }

    private JournalFeed.Opened feed(JournalEnd place, long budgetBytes) {
        return JournalFeed.open(disk, FOLDER, journal::durableEnd, pins, place, budgetBytes);
    }

    private static long readAll(JournalFeed feed) {
        for (JournalBatch batch = feed.read(300); batch != null; batch = feed.read(300)) {
            assertThat(batch.entries().remaining()).isLessThanOrEqualTo(300);
        }
        return feed.sequence();
    }

    @Test
    void aFeedGoesThroughAllFilesAndEveryTerm() {
        append(30);
        journal.beginTerm(new Term(5, 2));
        append(30);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, Long.MAX_VALUE).feed()) {
            assertThat(readAll(feed)).isEqualTo(60);
            journal.beginTerm(new Term(6, 3));
            journal.roll();
            assertThat(feed.read(300)).isNull();
            append(1);
            final JournalBatch last = feed.read(300);
            assertThat(last.lineage()).isEqualTo(new Lineage(new Term(6, 3), 61, new Term(5, 2)));
        }
        assertThat(JournalFiles.history(disk, FOLDER, journal.end()))
                .containsExactly(
                        new Lineage(new Term(1, 7), 1, Term.NONE),
                        new Lineage(new Term(5, 2), 31, new Term(1, 7)),
                        new Lineage(new Term(6, 3), 61, new Term(5, 2)));
    }

    @Test
    void aFileThatHasNoEntryYetMayBeBegunAnewInAnotherTerm() {
        append(3);
        journal.roll();
        try (JournalFeed feed = feed(journal.end(), Long.MAX_VALUE).feed()) {
            journal.beginTerm(new Term(2, 2));
            append(1);
            assertThat(feed.read(300).lineage().term()).isEqualTo(new Term(2, 2));
        }
    }

    @Test
    void everyPlaceOfAJournalIsFoundAndNoOther() {
        append(40);
        final JournalEnd middle = journal.end();
        journal.beginTerm(new Term(2, 1));
        append(40);
        assertThat(feed(middle, 1).match()).isEqualTo(Match.SHARED);
        assertThat(feed(journal.end(), 1).match()).isEqualTo(Match.SHARED);
        assertThat(feed(new JournalEnd(middle.sequence(), middle.lineage(), middle.chain() + 1), 1)
                        .match())
                .isEqualTo(Match.DIVERGED);
        assertThat(feed(new JournalEnd(41, middle.lineage(), middle.chain()), 1).match())
                .isEqualTo(Match.DIVERGED);
    }

    @Test
    void whatAFeedHasNotReadStaysWithinItsBudget() {
        append(50);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, 100_000).feed()) {
            feed.read(300);
            pins.deleteCovered(50);
            assertThat(readAll(feed)).isEqualTo(50);
            append(50);
            pins.deleteCovered(100);
            assertThat(readAll(feed)).isEqualTo(100);
        }
        assertThat(feed(JournalEnd.EMPTY, 100_000).match())
                .as("what was read goes")
                .isEqualTo(Match.GONE);
    }

    @Test
    void whoIsSlowerThanHisBudgetIsTold() {
        append(50);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, 4_000).feed()) {
            feed.read(300);
            pins.deleteCovered(50);
            assertThatThrownBy(() -> feed.read(300)).isInstanceOf(FellBehindException.class);
        }
    }

    @Test
    void aFeedOfAJournalWithoutFilesBeginsWithTheFirst() {
        try (JournalFeed feed = feed(JournalEnd.EMPTY, 1_000).feed()) {
            assertThat(feed.read(300)).isNull();
            append(2);
            assertThat(readAll(feed)).isEqualTo(2);
        }
    }
}
