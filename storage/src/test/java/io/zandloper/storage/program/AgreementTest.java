package io.zandloper.storage.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.Expression;
import io.zandloper.storage.catalog.ExpressionCompiler;
import io.zandloper.storage.catalog.InvalidExpressionException;
import io.zandloper.storage.catalog.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Programs against the library's interpreter: random expressions over random values, from stored records and from maps.
 * {@code -Dzandloper.expressions=N} for more of them, {@code -Dzandloper.seed=S} to see a failure again.
 */
class AgreementTest {
    private static final int EXPRESSIONS = Integer.getInteger("zandloper.expressions", 5_200);
    private static final int EXPRESSIONS_PER_CATALOG = 200;
    private static final int INPUTS = 20;
    private static final int DEPTH_MAX = 4;

    private final long seed = Long.getLong("zandloper.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomExpressions expressions = new RandomExpressions(random);
    private final RandomInputs inputs = new RandomInputs(random);
    private final Records records = new Records();
    private int cases;
    private int compiled;
    private int programs;

    /** One profile, context and set of segments, in every form. */
    private record Input(
            SortedMap<String, Object> attributes,
            Records.Stored record,
            Map<String, Object> context,
            List<String> segments,
            long[] bits,
            Variables variables) {}

    @Test
    void aProgramsResultIsTheInterpreters() {
        final Catalog catalog = catalog();
        while (programs < EXPRESSIONS) {
            compare(catalog);
        }

        assertThat(cases).as("cases with seed=%d", seed).isGreaterThanOrEqualTo(EXPRESSIONS * INPUTS);
        assertThat(compiled).as("compiled of %d with seed=%d", programs, seed).isGreaterThan(programs / 2);
    }

    private void compare(Catalog catalog) {
        final ProgramCompiler compiler = new ProgramCompiler(catalog);
        final List<Program> batch = new ArrayList<>();
        while (batch.size() < EXPRESSIONS_PER_CATALOG) {
            final Expression expression = expressionOrNull();
            if (expression != null) {
                batch.add(compiler.compile(expression));
            }
        }
        final List<Input> drawn =
                Stream.generate(() -> input(catalog)).limit(INPUTS).toList();
        final Evaluation evaluation = compiler.layout().newEvaluation();
        for (Program program : batch) {
            programs++;
            compiled += program.isInterpreted() ? 0 : 1;
            for (Input input : drawn) {
                final Expression.Outcome outcome = program.expression().evaluate(input.variables());
                final Program.Result expected = outcome.isSatisfied()
                        ? Program.Result.TRUE
                        : outcome.error() == null ? Program.Result.FALSE : Program.Result.ERROR;
                final boolean stored = random.nextBoolean();
                if (stored) {
                    input.record().readBy(evaluation);
                } else {
                    evaluation.ofAttributes(input.attributes());
                }
                evaluation.ofContext(input.context());
                evaluation.ofSegments(input.bits());
                assertThat(program.evaluate(evaluation))
                        .as("seed=%d %s of %s stored=%b", seed, program, input, stored)
                        .isEqualTo(expected);
                checkConjuncts(program, evaluation, expected, input);
                cases++;
            }
        }
    }

    private void checkConjuncts(Program program, Evaluation evaluation, Program.Result expected, Input input) {
        boolean all = true;
        for (Conjunct conjunct : program.conjuncts()) {
            final boolean satisfied = conjunct.isSatisfied(evaluation);
            all &= satisfied;
            if (conjunct.shape() == Conjunct.Shape.SINGLE) {
                assertThat(Domains.isSatisfied(conjunct.variable(), conjunct.domain(), evaluation))
                        .as("seed=%d domain of %s in %s of %s", seed, conjunct.variable(), program, input)
                        .isEqualTo(satisfied);
            }
        }
        assertThat(all)
                .as("seed=%d conjuncts of %s of %s", seed, program, input)
                .isEqualTo(expected == Program.Result.TRUE);
    }

    private Expression expressionOrNull() {
        try {
            return ExpressionCompiler.conditions().compile(expressions.condition(random.nextInt(DEPTH_MAX + 1)));
        } catch (InvalidExpressionException makesNoSense) {
            return null;
        }
    }

    private Input input(Catalog catalog) {
        final SortedMap<String, Object> attributes = inputs.attributes();
        final Map<String, Object> context = inputs.context();
        final List<String> segments = inputs.segments();
        final long[] bits = new long[1];
        segments.forEach(segment -> bits[0] |= 1L << catalog.segmentBit(segment));
        return new Input(
                attributes,
                records.of(attributes),
                context,
                segments,
                bits,
                Variables.ofCondition(attributes, segments, context));
    }

    private static Catalog catalog() {
        final List<CatalogDocument.Segment> segments = new ArrayList<>();
        for (String id : RandomExpressions.SEGMENTS) {
            segments.add(new CatalogDocument.Segment(id, null, 0, null, null, null));
        }
        final CatalogDocument document =
                new CatalogDocument(segments, List.of(), List.of(), CatalogDocument.Policies.DEFAULT);
        return CatalogCompiler.compile(document, 1, Catalog.EMPTY).catalog();
    }
}
