package io.zandloper.storage.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogLimits;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.ExpressionCompiler;
import io.zandloper.storage.catalog.Variables;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The limit of comprehension steps, which the interpreter counts over a whole expression. */
class StepLimitTest {
    private static final String MACRO = "profile.l.all(x, true)";
    private static final int MACROS_WITHIN_LIMIT = CatalogLimits.ITERATIONS_MAX / ProfileLimits.LIST_LENGTH_MAX;
    private static final Map<String, Object> LONGEST = Map.of(
            "l",
            IntStream.range(0, ProfileLimits.LIST_LENGTH_MAX).mapToObj(i -> "i").toList());

    @Test
    void isCountedOverAllMacrosOfAnExpressionAndOverNoOther() throws Exception {
        final ProgramCompiler compiler = new ProgramCompiler(Catalog.EMPTY);
        final Program within = compiler.compile(chain(MACROS_WITHIN_LIMIT));
        final Program beyond = compiler.compile(chain(MACROS_WITHIN_LIMIT + 1));
        assertThat(within.isInterpreted()).isFalse();
        assertThat(beyond.interpretedBecause()).contains("too many steps");
        final Evaluation evaluation = compiler.layout().newEvaluation();
        evaluation.ofAttributes(LONGEST);
        for (int i = 0; i < 3; i++) {
            // Each evaluation begins anew, and so does each expression.
            assertThat(within.evaluate(evaluation)).isEqualTo(Program.Result.TRUE);
            assertThat(beyond.evaluate(evaluation)).isEqualTo(Program.Result.ERROR);
        }
        for (Program program : List.of(within, beyond)) {
            final boolean satisfied = program == within;
            assertThat(program.expression().isSatisfied(Variables.ofCondition(LONGEST, List.of(), Map.of())))
                    .isEqualTo(satisfied);
            assertThat(program.isSatisfied(evaluation)).isEqualTo(satisfied);
            // A decider asks part by part; no part begins to count anew.
            assertThat(program.conjuncts().stream().allMatch(conjunct -> conjunct.isSatisfied(evaluation)))
                    .isEqualTo(satisfied);
        }
    }

    /** An explanation evaluates the parts by themselves: none of them comes to the limit, and the whole has the word. */
    @Test
    void isTheReasonThatAnExplanationGives() throws Exception {
        final Expression beyond = chain(MACROS_WITHIN_LIMIT + 1);
        final Variables variables = Variables.ofCondition(LONGEST, List.of(), Map.of());
        assertThat(beyond.explain(variables, beyond.evaluate(variables)))
                .startsWith(beyond.text() + ": too many comprehension steps");
    }

    @Test
    void macrosOverWhatMacrosGiveAreLeftToTheInterpreter() throws Exception {
        final ProgramCompiler compiler = new ProgramCompiler(Catalog.EMPTY);
        // Compiled, each would evaluate the one within it twice.
        String nested = "true";
        for (int i = 0; i < 25; i++) {
            nested = "[" + nested + "].exists(x, x)";
        }
        final Program program = compiler.compile(ExpressionCompiler.conditions().compile(nested));
        assertThat(program.interpretedBecause()).isEqualTo("a macro within a macro");
        assertThat(program.isSatisfied(compiler.layout().newEvaluation())).isTrue();
    }

    private static Expression chain(int macros) throws Exception {
        return ExpressionCompiler.conditions()
                .compile(String.join(" && ", java.util.Collections.nCopies(macros, MACRO)));
    }
}
