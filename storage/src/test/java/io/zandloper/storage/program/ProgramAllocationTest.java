package io.zandloper.storage.program;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.ExpressionCompiler;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An evaluation leaves no garbage: neither over stored bytes nor over maps. */
class ProgramAllocationTest {
    private static final int ROUNDS = 10_000;
    private static final int WARM_UP_ROUNDS = 20_000;
    private static final List<String> CONDITIONS = List.of(
            "profile.age >= 21 && profile.income >= 18000",
            "profile.job in ['nurse', 'teacher'] || profile.city == 'Amersfoort'",
            "has(profile.creditScore) ? profile.creditScore >= 640 : false",
            "'travel' in profile.interests && profile.interests.exists(i, i.startsWith('run'))",
            "profile.balance + 100.0 > 2000.0 && double(profile.age) + 0.5 < 60.0",
            "size(profile.city) > 3 && profile.city.contains('foo') && profile.city < 'B'",
            "context.channel == 'web' && !(context.hour < 12)",
            "[profile.job, profile.city].filter(x, x == 'teacher').size() >= 1",
            "profile.age == 41.0 ? profile.missing : true");

    private final Map<String, Object> context = Map.of("channel", "web", "hour", 14L);
    private final SortedMap<String, Object> attributes = new TreeMap<>(Map.of(
            "age",
            41L,
            "income",
            42_000L,
            "job",
            "teacher",
            "city",
            "Amersfoort",
            "creditScore",
            700L,
            "interests",
            List.of("travel", "running"),
            "balance",
            1950.5));
    private final List<Program> programs = new ArrayList<>();
    private int satisfied;

    @Test
    void evaluatingAllocatesNothing() throws Exception {
        final ProgramCompiler compiler = new ProgramCompiler(Catalog.EMPTY);
        for (String condition : CONDITIONS) {
            final Program program =
                    compiler.compile(ExpressionCompiler.conditions().compile(condition));
            assertThat(program.isInterpreted()).as(condition).isFalse();
            programs.add(program);
        }
        final Evaluation evaluation = compiler.layout().newEvaluation();
        final Records.Stored record = new Records().of(attributes);
        evaluateAll(evaluation, record, WARM_UP_ROUNDS);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        evaluateAll(evaluation, record, ROUNDS);
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // The measurement itself may allocate a little; a single object a round would be 16 bytes for each.
        assertThat(allocated).isLessThan(ROUNDS);
        assertThat(satisfied).isEqualTo((ROUNDS + WARM_UP_ROUNDS) * (CONDITIONS.size() - 1));
    }

    private void evaluateAll(Evaluation evaluation, Records.Stored record, int rounds) {
        for (int round = 0; round < rounds; round++) {
            if (round % 2 == 0) {
                record.readBy(evaluation);
            } else {
                evaluation.ofAttributes(attributes);
            }
            evaluation.ofContext(context);
            for (int i = 0; i < programs.size(); i++) {
                satisfied += programs.get(i).isSatisfied(evaluation) ? 1 : 0;
            }
        }
    }
}
