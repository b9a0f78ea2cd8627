package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.format.CorruptFileException;
import io.zandloper.storage.journal.JournalFeed.Match;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a feed begins, and how it goes through the files of a journal that is appended to, rolled and deleted. */
class JournalFeedTest extends JournalFixture {
    @Test
    void everyPlaceOfAJournalIsFoundAndNoOther() {
        append(40);
        final JournalEnd middle = journal.end();
        journal.beginTerm(new Term(2, 1));
        append(40);
        assertThat(open(middle, 1).match()).isEqualTo(Match.SHARED);
        assertThat(open(journal.end(), 1).match()).isEqualTo(Match.SHARED);
        assertThat(open(new JournalEnd(middle.sequence(), middle.lineage(), middle.chain() + 1), 1)
                        .match())
                .as("another entry")
                .isEqualTo(Match.DIVERGED);
        assertThat(open(new JournalEnd(41, middle.lineage(), middle.chain()), 1).match())
                .as("of another term")
                .isEqualTo(Match.DIVERGED);
        assertThat(open(new JournalEnd(81, journal.end().lineage(), 0), 1).match())
                .as("beyond the end")
                .isEqualTo(Match.DIVERGED);
    }

    @Test
    void whatTheJournalDoesNotReachBackToIsGone() {
        append(50);
        pins.deleteCovered(30);
        final long first = JournalFiles.firstSequence(disk, FOLDER);
        assertThat(first).isBetween(2L, 31L);
        assertThat(open(JournalEnd.EMPTY, 1).match()).isEqualTo(Match.GONE);
        assertThat(open(JournalEnd.EMPTY, 1).feed()).isNull();
        assertThat(open(new JournalEnd(first - 2, journal.end().lineage(), 0), 1)
                        .match())
                .isEqualTo(Match.GONE);
    }

    @Test
    void aFeedOfAJournalWithoutFilesBeginsWithTheFirst() {
        try (JournalFeed feed = feed(JournalEnd.EMPTY, 1_000)) {
            assertThat(feed.read(READ_BYTES)).isNull();
            append(2);
            assertThat(readAll(feed)).isEqualTo(2);
        }
    }

    @Test
    void itReadsToWhatIsDurableAndNoFurther() {
        append(3);
        appendUnsynced(3, PAYLOAD_BYTES);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, Long.MAX_VALUE)) {
            assertThat(readAll(feed)).isEqualTo(3);
            assertThat(feed.read(READ_BYTES)).isNull();
            journal.sync();
            final JournalBatch next = feed.read(READ_BYTES);
            assertThat(next.firstSequence()).isEqualTo(4);
            assertThat(next.lastSequence()).isEqualTo(5);
            assertThat(readAll(feed)).isEqualTo(6);
        }
    }

    @Test
    void anEntryThatIsLongerThanWhatIsAskedForComesAlone() {
        append(1);
        appendUnsynced(1, 5_000);
        append(1);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, Long.MAX_VALUE)) {
            final List<Integer> lengths = new ArrayList<>();
            for (JournalBatch batch = feed.read(READ_BYTES); batch != null; batch = feed.read(READ_BYTES)) {
                assertThat(batch.firstSequence()).isEqualTo(batch.lastSequence());
                lengths.add(batch.entries().remaining());
            }
            assertThat(lengths)
                    .containsExactly(
                            EntryBytes.lengthBytes(PAYLOAD_BYTES),
                            EntryBytes.lengthBytes(5_000),
                            EntryBytes.lengthBytes(PAYLOAD_BYTES));
        }
    }

    @Test
    void itGoesThroughAllFilesAndEveryTerm() {
        append(30);
        journal.beginTerm(new Term(5, 2));
        append(30);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, Long.MAX_VALUE)) {
            assertThat(readAll(feed)).isEqualTo(60);
            journal.beginTerm(new Term(6, 3));
            journal.roll();
            assertThat(feed.read(READ_BYTES)).isNull();
            append(1);
            final JournalBatch last = feed.read(READ_BYTES);
            assertThat(last.lineage()).isEqualTo(new Lineage(new Term(6, 3), 61, new Term(5, 2)));
        }
        assertThat(JournalFiles.history(disk, FOLDER, journal.end()))
                .containsExactly(
                        new Lineage(FIRST_TERM, 1, Term.NONE),
                        new Lineage(new Term(5, 2), 31, FIRST_TERM),
                        new Lineage(new Term(6, 3), 61, new Term(5, 2)));
    }

    @Test
    void aFileThatHasNoEntryYetMayBeBegunAnewInAnotherTerm() {
        append(3);
        journal.roll();
        try (JournalFeed feed = feed(journal.end(), Long.MAX_VALUE)) {
            journal.beginTerm(new Term(2, 2));
            append(1);
            assertThat(feed.read(READ_BYTES).lineage().term()).isEqualTo(new Term(2, 2));
        }
    }

    @Test
    void atTheEndOfAFileThatIsDeletedItGoesOnInTheNext() throws Exception {
        append(3);
        final Path first = onlyFile();
        try (JournalFeed feed = feed(JournalEnd.EMPTY, Long.MAX_VALUE)) {
            assertThat(readAll(feed)).isEqualTo(3);
            journal.roll();
            pins.deleteCovered(3);
            assertThat(disk.exists(first)).as("all of it was read").isFalse();
            assertThat(feed.read(READ_BYTES)).isNull();
            append(3);
            assertThat(readAll(feed)).isEqualTo(6);
        }
    }

    @Test
    void aDamagedEntryIsRefusedByFileAndOffset() {
        append(3);
        final int entryBytes = EntryBytes.lengthBytes(PAYLOAD_BYTES);
        final int second = JournalDescriptor.FILE_HEADER_BYTES + entryBytes;
        disk.flipBit(onlyFile(), second + JournalDescriptor.HEADER_BYTES);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, Long.MAX_VALUE)) {
            assertThat(feed.read(entryBytes).lastSequence()).isEqualTo(1);
            assertThatThrownBy(() -> feed.read(entryBytes))
                    .isInstanceOf(CorruptFileException.class)
                    .hasMessageContaining(onlyFile().getFileName().toString())
                    .hasMessageContaining("offset " + second);
        }
    }

    private Path onlyFile() {
        assertThat(disk.paths()).hasSize(1);
        return disk.paths().get(0);
    }
}
