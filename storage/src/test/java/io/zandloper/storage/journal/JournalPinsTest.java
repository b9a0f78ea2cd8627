package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.journal.JournalFeed.Match;
import org.junit.jupiter.api.Test;

/** What stays of a journal for those who read it. */
class JournalPinsTest extends JournalFixture {
    @Test
    void whatAFeedHasNotReadStaysWithinItsBudget() {
        append(50);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, 100_000)) {
            feed.read(READ_BYTES);
            pins.deleteCovered(50);
            assertThat(readAll(feed)).isEqualTo(50);
            append(50);
            pins.deleteCovered(100);
            assertThat(readAll(feed)).isEqualTo(100);
        }
        assertThat(open(JournalEnd.EMPTY, 100_000).match())
                .as("what was read goes")
                .isEqualTo(Match.GONE);
    }

    @Test
    void whoIsSlowerThanHisBudgetIsTold() {
        append(50);
        try (JournalFeed feed = feed(JournalEnd.EMPTY, 4_000)) {
            feed.read(READ_BYTES);
            pins.deleteCovered(50);
            assertThatThrownBy(() -> feed.read(READ_BYTES)).isInstanceOf(FellBehindException.class);
        }
    }

    @Test
    void whatMustGoGoesWhoeverReadsIt() {
        append(50);
        try (JournalFeed slow = feed(JournalEnd.EMPTY, Long.MAX_VALUE);
                JournalFeed fast = feed(journal.end(), Long.MAX_VALUE)) {
            slow.read(READ_BYTES);
            pins.deleteCoveredByAll(50);
            assertThatThrownBy(() -> slow.read(READ_BYTES))
                    .isInstanceOf(FellBehindException.class)
                    .hasMessageContaining("after " + slow.sequence());
            append(1);
            assertThat(readAll(fast)).isEqualTo(51);
        }
    }

    @Test
    void aFeedThatIsClosedOrWasNeverOpenedKeepsNothing() {
        append(50);
        final JournalEnd other = new JournalEnd(1, journal.end().lineage(), 0);
        assertThat(open(other, Long.MAX_VALUE).match()).isEqualTo(Match.DIVERGED);
        feed(JournalEnd.EMPTY, Long.MAX_VALUE).close();
        journal.roll();
        pins.deleteCovered(50);
        assertThat(JournalFiles.firstSequence(disk, FOLDER)).isEqualTo(51);
    }
}
