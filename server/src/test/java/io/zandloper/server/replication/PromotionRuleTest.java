package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.journal.Term;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PromotionRuleTest {
    private static final Term OLD = new Term(1, 11);
    private static final Term PRESENT = new Term(2, 22);
    private static final Term NEXT = new Term(3, 33);

    private static Standing at(long node, Term known, Term last, long sequence) {
        return new Standing(
                node, "d", false, known, new JournalEnd(sequence, new Lineage(last, 1, Term.NONE), (int) sequence));
    }

    private static Standing at(long node, long sequence) {
        return at(node, PRESENT, PRESENT, sequence);
    }

    @Test
    void withoutAcknowledgementsByReplicasNothingThatWasPromisedIsLost() {
        assertThat(PromotionRule.judge(at(1, 5), 3, 0, List.of())).isNull();
        assertThat(PromotionRule.judge(at(1, 5), 3, 0, List.of(at(2, 9)))).isNull();
    }

    @Test
    void theOnlyReplicaHasEverythingThatWasAcknowledged() {
        assertThat(PromotionRule.judge(at(1, 5), 1, 1, List.of())).isNull();
    }

    @Test
    void whoWasNeverToldOfTheOthersCannotTell() {
        assertThat(PromotionRule.judge(at(1, 5), 0, 1, List.of())).contains("nor heard who else");
        assertThat(PromotionRule.judge(at(1, 5), 0, 0, List.of())).isNull();
    }

    @Test
    void oneOfTwoHasToAskTheOther() {
        assertThat(PromotionRule.judge(at(1, 5), 2, 1, List.of())).contains("only 1 of the 2");
        assertThat(PromotionRule.judge(at(1, 5), 2, 1, List.of(at(2, 5)))).isNull();
        assertThat(PromotionRule.judge(at(1, 5), 2, 1, List.of(at(2, 4)))).isNull();
    }

    @Test
    void whereAllHadItNobodyHasToBeAsked() {
        assertThat(PromotionRule.judge(at(1, 5), 2, 2, List.of())).isNull();
        assertThat(PromotionRule.judge(at(1, 5), 5, 3, List.of(at(2, 5)))).contains("only 2 of the 3");
        assertThat(PromotionRule.judge(at(1, 5), 5, 3, List.of(at(2, 5), at(3, 1))))
                .isNull();
    }

    @Test
    void whoHasMoreIsToBePromoted() {
        assertThat(PromotionRule.judge(at(1, 5), 2, 1, List.of(at(2, 6)))).contains("promote that one");
    }

    @Test
    void whoEndsInAnOlderTermHasNoMoreHoweverLongItIs() {
        assertThat(PromotionRule.judge(at(1, 5), 2, 1, List.of(at(2, PRESENT, OLD, 90))))
                .isNull();
    }

    @Test
    void whoDidNotLeaveTheOldPrimaryDoesNotCount() {
        assertThat(PromotionRule.judgeGrants(3, 1, 2)).isNull();
        assertThat(PromotionRule.judgeGrants(3, 1, 1)).contains("only 2 of the 3");
        assertThat(PromotionRule.judgeGrants(3, 3, 0)).isNull();
        assertThat(PromotionRule.judgeGrants(3, 0, 0)).isNull();
    }

    @Test
    void aNewerTermMeansThatSomebodyElseWasPromoted() {
        final List<Standing> others = List.of(at(2, NEXT, PRESENT, 1));
        assertThat(PromotionRule.judge(at(1, 5), 2, 0, others)).contains("newer term");
        assertThat(PromotionRule.newest(PRESENT, others)).isEqualTo(NEXT);
        assertThat(PromotionRule.newest(NEXT, List.of(at(2, 1)))).isEqualTo(NEXT);
    }
}
