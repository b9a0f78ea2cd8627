package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which histories are known to hold which. */
class JournalEndTest {
    private static final Term OLD = new Term(1, 11);
    private static final Term NEW = new Term(Term.PROMOTION_STEP, 12);

    private static JournalEnd old(long sequence) {
        return new JournalEnd(sequence, new Lineage(OLD, 1, Term.NONE), 0);
    }

    @ParameterizedTest
    @CsvSource({"5, 5, true", "6, 5, true", "4, 5, false", "0, 0, true"})
    void withinATermTheLongerHasTheOther(long ours, long theirs, boolean expected) {
        assertThat(old(ours).hasAllOf(old(theirs))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"6, 5, true", "5, 5, false", "6, 4, true", "1, 1, false"})
    void aTermThatCameNextHasWhatWasBeforeIt(long first, long theirs, boolean expected) {
        final JournalEnd ours = new JournalEnd(20, new Lineage(NEW, first, OLD), 0);
        assertThat(ours.hasAllOf(old(theirs))).isEqualTo(expected);
        assertThat(old(theirs).hasAllOf(ours)).as("the other way round").isFalse();
    }

    @ParameterizedTest
    @CsvSource({"5, 0, 0, false", "5, 6, 13, false", "0, 6, 13, true"})
    void whatIsNotKnownIsNotHeld(long theirs, long first, long before, boolean expected) {
        final JournalEnd ours = new JournalEnd(20, new Lineage(NEW, first, new Term(before == 0 ? 0 : 1, before)), 0);
        final JournalEnd other = theirs == 0 ? JournalEnd.EMPTY : old(theirs);
        assertThat(ours.hasAllOf(other)).isEqualTo(expected);
    }
}
