package io.zandloper.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TermTest {
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void isNewerThanTheOneBeforeACrash() {
        final Term first = Term.NONE.afterCrash(random.nextLong());
        final Term second = first.afterCrash(random.nextLong());

        isNewer(first, Term.NONE);
        isNewer(second, first);
        assertThat(second.number()).isEqualTo(2);
    }

    @Test
    void aPromotionIsNewerThanAnyNumberOfCrashes() {
        Term crashed = Term.NONE.promoted(random.nextLong());
        final Term promoted = crashed.promoted(random.nextLong());
        for (int i = 0; i < 1_000; i++) {
            crashed = crashed.afterCrash(random.nextLong());
            isNewer(promoted, crashed);
        }
        isNewer(promoted.afterCrash(random.nextLong()), crashed);
    }

    @Test
    void twoOfTheSameNumberConflict() {
        final Term before = Term.NONE.afterCrash(random.nextLong());

        conflict(before.promoted(random.nextLong()), before.promoted(random.nextLong()));
        conflict(before.afterCrash(1), before.afterCrash(2));
    }

    /** Else whoever crashes first would take the replicas of the other, with all that they have acknowledged for it. */
    @Test
    void aRivalIsNotOutrankedByACrash() {
        final Term one = Term.NONE.promoted(random.nextLong());
        final Term other = Term.NONE.promoted(random.nextLong());
        final Term crashed = one.afterCrash(random.nextLong());

        isNewer(crashed, one);
        conflict(crashed, other);
        conflict(crashed.afterCrash(random.nextLong()), other.afterCrash(random.nextLong()));
        isNewer(crashed.promoted(random.nextLong()), other);
    }

    @Test
    void aTermDoesNotConflictWithItself() {
        final Term term = Term.NONE.promoted(random.nextLong()).afterCrash(random.nextLong());

        assertThat(term.conflictsWith(term)).isFalse();
        assertThat(term.isNewerThan(term)).isFalse();
    }

    private static void isNewer(Term newer, Term older) {
        assertThat(newer.isNewerThan(older)).as("%s than %s", newer, older).isTrue();
        assertThat(older.isNewerThan(newer)).as("%s than %s", older, newer).isFalse();
        assertThat(newer.conflictsWith(older)).as("%s with %s", newer, older).isFalse();
    }

    private static void conflict(Term one, Term other) {
        assertThat(one.conflictsWith(other)).as("%s with %s", one, other).isTrue();
        assertThat(other.conflictsWith(one)).as("%s with %s", other, one).isTrue();
        assertThat(one.isNewerThan(other) || other.isNewerThan(one))
                .as("%s and %s", one, other)
                .isFalse();
    }
}
