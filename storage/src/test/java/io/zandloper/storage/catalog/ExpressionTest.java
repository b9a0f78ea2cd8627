package io.zandloper.storage.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpressionTest {
    private static final Map<String, Object> ATTRIBUTES = Map.of(
            "age",
            41L,
            "whole",
            41.0,
            "balance",
            1506.5,
            "vip",
            true,
            "job",
            "technician",
            "interests",
            List.of("running", "travel"),
            "none",
            List.of(),
            "biggest",
            Long.MAX_VALUE,
            "odd name",
            1L);
    private static final List<String> SEGMENTS = List.of("high-value", "senior");
    private static final Map<String, Object> CONTEXT = Map.of("channel", "web", "hour", 9L, "mobile", false);
    private static final Variables VARIABLES = Variables.ofCondition(ATTRIBUTES, SEGMENTS, CONTEXT);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "profile.age >= 41",
                "profile['age'] == 41",
                "profile['odd name'] == 1",
                "profile.vip",
                "profile.job == 'technician'",
                "profile.job.startsWith('tech') && profile.job.matches('^t.*n$')",
                "profile.job in ['admin', 'technician']",
                "has(profile.age) && !has(profile.income)",
                "'high-value' in segments",
                "!('debt-care' in segments)",
                "size(segments) == 2",
                "segments[0] == 'high-value'",
                "context.channel == 'web' && context.hour < 12 && !context.mobile",
                // int and double compare, both ways round
                "profile.age == 41.0",
                "profile.whole == 41",
                "profile.age < 41.5 && profile.balance > 1506",
                "profile.age in [1.0, 41.0]",
                "profile.biggest > 9.2e18",
                "1 < 1.5",
                // between other types that differ: plainly unequal
                "profile.age != 'x'",
                "profile.vip != 1",
                "profile.job != 1.0",
                "!(profile.age == '41')",
                "!(1 in profile.interests)",
                "!('41' in [profile.age])",
                "profile.interests != 'running'",
                // macros
                "profile.interests.exists(i, i == 'travel')",
                "profile.interests.all(i, i != 'golf')",
                "profile.interests.exists_one(i, i == 'travel')",
                "profile.interests.map(i, i + '!') == ['running!', 'travel!']",
                "profile.interests.map(i, i != 'travel', size(i)) == [7]",
                "profile.interests.filter(i, i.contains('run')).size() == 1",
                "profile.none.all(i, false) && !profile.none.exists(i, true)",
                "profile.exists(name, name == 'age')",
                // the other side decides
                "profile.income > 1 || true",
                "true || profile.income > 1",
                "!(profile.income > 1 && false)",
                "profile.vip || 1 / 0 > 2",
                "profile.interests.exists(i, i == 'running' || i > 3)",
                // only the branch that is taken
                "profile.vip ? true : profile.income > 1",
                "duration('36h') > duration('1h')",
                "timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z')",
                "string(profile.age) == '41' && int('41') == profile.age && double('41') == profile.age",
                "type(profile.age) == int && type(profile.whole) == double",
                "profile.age % 2 == 1 && profile.age / 2 == 20 && -profile.age < 0",
            })
    void isSatisfied(String text) throws InvalidExpressionException {
        final Expression.Outcome outcome = compile(text).evaluate(VARIABLES);
        assertThat(outcome.error()).isNull();
        assertThat(outcome.isSatisfied()).isTrue();
        assertThat(compile(text).isSatisfied(VARIABLES)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "false",
                "profile.age >= 60",
                "'golf' in profile.interests",
                "profile.income > 1 && false",
                "false && profile.income > 1",
                "has(profile.income)",
                "profile.age == '41'",
                "profile.balance == double('NaN')",
            })
    void isNotSatisfiedWithoutAnError(String text) throws InvalidExpressionException {
        final Expression.Outcome outcome = compile(text).evaluate(VARIABLES);
        assertThat(outcome.error()).isNull();
        assertThat(outcome.isSatisfied()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "profile.income > 1                       # missing attribute: key 'income' is not present in map",
                "profile['in come'] > 1                   # missing attribute: in come",
                "!(profile.income > 1)                    # missing attribute: key 'income' is not present in map",
                "profile.income > 1 || false              # missing attribute: key 'income' is not present in map",
                "profile.income > 1 && true               # missing attribute: key 'income' is not present in map",
                "profile.income == null                   # missing attribute: key 'income' is not present in map",
                "context.city == 'Delft'                  # missing attribute: key 'city' is not present in map",
                "profile.age < 'x'                        # type mismatch: No matching overload for function '_<_'",
                "profile.age + 1.0 > 2.0                  # type mismatch: No matching overload for function '_+_'",
                "profile.age ? true : false               # invalid argument",
                "profile.age.all(i, true)                 # invalid argument",
                "profile.job.matches('(')                 # invalid argument",
                "int(profile.job) > 1                     # invalid argument",
                "segments[5] == 'x'                       # no such element: Index out of bounds: 5",
                "profile.age / 0 > 1                      # division by zero",
                "profile.biggest + 1 > 0                  # number out of range",
                "1 + 1                                    # no boolean: the result is 2",
                "profile.age                              # no boolean: the result is 41",
                "profile.job                              # no boolean: the result is 'technician'",
            })
    void endsInAnError(String text, String error) throws InvalidExpressionException {
        final Expression.Outcome outcome = compile(text).evaluate(VARIABLES);
        assertThat(outcome.isSatisfied()).isFalse();
        assertThat(outcome.error()).startsWith(error);
        assertThat(compile(text).isSatisfied(VARIABLES)).isFalse();
    }

    @Test
    void tenThousandComprehensionStepsAreAllowedAndOneMoreIsAnError() throws InvalidExpressionException {
        final List<String> hundred =
                IntStream.range(0, 100).mapToObj(i -> "i" + i).toList();
        final List<String> ninetyNine = hundred.subList(1, 100);
        // An outer step, then the inner ones: 100 x (1 + 99) are the limit.
        final Expression nested = compile("profile.outer.all(o, profile.inner.all(i, true))");
        assertThat(nested.evaluate(profile(Map.of("outer", hundred, "inner", ninetyNine)))
                        .error())
                .isNull();
        final Expression.Outcome beyond = nested.evaluate(profile(Map.of("outer", hundred, "inner", hundred)));
        assertThat(beyond.isSatisfied()).isFalse();
        assertThat(beyond.error()).startsWith("too many comprehension steps");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "['a'].map(x, x + x) # .map(x, x + x) # .size() > 0",
                "[b'a'].map(x, x + x) # .map(x, x + x) # .size() > 0",
                "[[1]].map(x, x + x) # .map(x, x + x) # .size() > 0",
                "[1].map(x, [x, x]) # .map(x, [x, x]) # .exists(x, dyn(x) == 1)",
                "[1].map(x, {1: x, 2: x}) # .map(x, {1: x, 2: x}) # .exists(x, dyn(x) == 1)",
                "[profile.job].map(x, [x, x]) # .map(x, [x, x]) # ",
                "[profile.job].map(x, x + x) # .map(x, x + x) # .exists(x, x == 'a')",
            })
    void valuesThatDoubleEndInAnErrorBeforeTheyFillTheMemory(String start, String doubling, String end)
            throws InvalidExpressionException {
        final Expression small = compile(start + doubling.repeat(3) + (end == null ? "" : end));
        assertThat(String.valueOf(small.evaluate(VARIABLES).error())).doesNotContain("characters and elements");
        final Expression hostile = compile(start + doubling.repeat(45) + (end == null ? "" : end));
        final Expression.Outcome outcome = hostile.evaluate(VARIABLES);
        assertThat(outcome.isSatisfied()).isFalse();
        assertThat(outcome.error()).startsWith("too large: values of more than 33554432 characters and elements");
        assertThat(hostile.explain(VARIABLES, outcome)).contains("too large");
    }

    @Test
    void copiesOfOneLargeValueCountEachTime() throws InvalidExpressionException {
        final Expression copies = compile("[profile.job].map(x, x + x)" + ".map(x, x + x)".repeat(15)
                + ".exists(x, profile.many.map(i, bytes(x)).size() > 0)");
        final List<String> many = IntStream.range(0, 256).mapToObj(i -> "i").toList();
        final Expression.Outcome outcome = copies.evaluate(profile(Map.of("job", "technician", "many", many)));
        assertThat(outcome.error()).startsWith("too large");
    }

    @Test
    void whatAProfileHoldsIsNeverTooLarge() throws InvalidExpressionException {
        // All of 64 KiB, each text with each other.
        final List<String> hundred =
                IntStream.range(0, 100).mapToObj(i -> "x".repeat(320)).toList();
        final Variables full = profile(Map.of("outer", hundred, "inner", hundred.subList(0, 99)));
        for (String text : List.of(
                "profile.outer.map(o, profile.inner.map(i, o + i)).size() == 100",
                "profile.outer.map(o, profile.inner.map(i, [o, i])).size() == 100",
                "profile.outer.map(o, {o: profile.inner}).size() == 100",
                "profile.outer.filter(o, profile.inner.exists(i, o + i == '')).size() == 0")) {
            assertThat(compile(text).evaluate(full).error()).as(text).isNull();
            assertThat(compile(text).isSatisfied(full)).as(text).isTrue();
        }
    }

    @Test
    void nobodyCanNameWhatAMacroCollects() {
        for (String name : List.of("@result", "__result__")) {
            assertThatThrownBy(() -> compile("[1, 2].map(x, " + name + ").size() == 2"))
                    .isInstanceOf(InvalidExpressionException.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "profile.                # does not compile: at 1:9",
                "profile.age >=          # does not compile: at 1:15",
                "foo == 1                # does not compile: at 1:1 undeclared reference to 'foo'",
                "1 == 'a'                # does not compile: at 1:3 found no matching overload",
                "1 in segments           # does not compile: at 1:3 found no matching overload",
                "profile.age.nope()      # does not compile: at 1:17",
                "cel.bind(x, 1, x == 1)  # does not compile: at 1:1",
                "''                      # does not compile: at 1:1",
            })
    void doesNotCompile(String text, String message) {
        assertThatThrownBy(() -> compile(text))
                .isInstanceOf(InvalidExpressionException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void rulesHaveNoContext() {
        assertThatThrownBy(() -> ExpressionCompiler.rules().compile("context.channel == 'web'"))
                .isInstanceOf(InvalidExpressionException.class)
                .hasMessageContaining("undeclared reference to 'context'");
    }

    @Test
    void fourKiBAreCompiledAndOneByteMoreIsNot() throws InvalidExpressionException {
        final String filler = "x".repeat(CatalogLimits.EXPRESSION_BYTES_MAX - "profile.job != ''".length());
        assertThat(compile("profile.job != '" + filler + "'").isSatisfied(VARIABLES))
                .isTrue();
        assertThatThrownBy(() -> compile("profile.job != '" + filler + "x'"))
                .isInstanceOf(InvalidExpressionException.class)
                .hasMessageContaining("bytes=4097");
        assertThatThrownBy(() -> compile("profile.job != '" + "é".repeat(2_100) + "'"))
                .isInstanceOf(InvalidExpressionException.class)
                .hasMessageContaining("4 KiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{1:", "-(", "!(", "f(", "true?", "profile.none.all(x,", "1+", "'a'+", "size("})
    void deepNestingIsAnswered(String opening) {
        final String deep = opening.repeat(CatalogLimits.EXPRESSION_BYTES_MAX / opening.length());
        assertThatThrownBy(() -> compile(deep)).isInstanceOf(InvalidExpressionException.class);
        final String closed = opening.startsWith("(") ? "(".repeat(2_000) + "true" + ")".repeat(2_000) : deep;
        assertThatThrownBy(() -> compile(closed)).isInstanceOf(InvalidExpressionException.class);
    }

    @Test
    void longFlatExpressionsCompile() throws InvalidExpressionException {
        assertThat(compile("true" + " && true".repeat(500)).isSatisfied(VARIABLES))
                .isTrue();
        assertThat(compile("false" + " || false".repeat(450)).isSatisfied(VARIABLES))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "'a' in segments                                   # a   # false",
                "!('a' in segments) && ('b' in segments)           # a,b # false",
                "profile.interests.all(i, 'a' in segments)         # a   # false",
                "'a' in segments ? true : 'b' in segments          # a,b # false",
                "profile.x in segments                             #     # true",
                "size(segments) > 1                                #     # true",
                "segments.exists(s, s == 'a')                      #     # true",
                "segments.exists(s, s == 'a') && 'b' in segments   # b   # true",
                "['a'].exists(s, s in segments)                    #     # true",
                "['a'].exists(segments, segments == 'a')           #     # false",
                "[['a']].exists(segments, 'a' in segments)         #     # false",
                "[['a']].exists(segments, 'a' in segments) || 'b' in segments # b # false",
                "'a' in ['a']                                      #     # false",
                "'a' in profile.interests                          #     # false",
                "profile.segments == 'a'                           #     # false",
            })
    void saysWhichSegmentsItReads(String text, String literals, boolean dynamically) throws InvalidExpressionException {
        final Expression expression = compile(text);
        assertThat(expression.literalSegments())
                .containsExactlyInAnyOrderElementsOf(literals == null ? List.of() : List.of(literals.split(",")));
        assertThat(expression.usesSegmentsDynamically()).isEqualTo(dynamically);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "profile.age >= 60                                   # age is 41",
                "profile['age'] >= 60                                # age is 41",
                "(profile.age >= 60 && profile.job == 'x')           # age is 41, job is 'technician'",
                "profile.age >= 60 || 'vip' in segments              # age is 41, not in vip",
                "!(profile.age < 60)                                 # age is 41",
                "context.channel == 'mail'                           # context.channel is 'web'",
                "has(profile.income)                                 # income is absent",
                "profile.interests == ['golf']                       # interests is [running, travel]",
                "profile.income > 1                                  # missing attribute: key 'income' is not present in map",
            })
    void explainsWithTheValuesMet(String text, String values) throws InvalidExpressionException {
        final Expression expression = compile(text);
        assertThat(expression.explain(VARIABLES, expression.evaluate(VARIABLES)))
                .isEqualTo(text + ": " + values);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "profile.age >= 60 && profile.job == 'x'  # profile.age >= 60: age is 41; profile.job == 'x': job is 'technician'",
                "profile.age >= 21 && 'vip' in segments   # 'vip' in segments: not in vip",
                "profile.age < 60 && profile.income > 1   # profile.income > 1: missing attribute: key 'income' is not present in map",
                "profile.age < 60 && (profile.age > 40 && profile.age > 41) # (profile.age > 40 && profile.age > 41): age is 41",
                "profile.job == 'a && b' && true          # profile.job == 'a && b': job is 'technician'",
                "profile.job == r'\\d && \\d' && true     # profile.job == r'\\d && \\d': job is 'technician'",
                "profile.age > 60 && profile.age > 60     # profile.age > 60: age is 41",
                "'😀' != 'x' && profile.age > 60 && true   # profile.age > 60: age is 41",
            })
    void ofAChainItSaysWhichPartsFail(String text, String parts) throws InvalidExpressionException {
        final Expression expression = compile(text);
        assertThat(expression.explain(VARIABLES, expression.evaluate(VARIABLES)))
                .isEqualTo(text + "; not satisfied: " + parts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "profile.age > 60 && true ? false : profile.age > 70",
                "profile.age > 60 && true || profile.age > 70",
                "profile.age > 60",
                "(profile.age > 60 && true)",
                "[1, 2].exists(i, i > 3 && profile.age > 60)"
            })
    void whatIsNoChainHasNoParts(String text) throws InvalidExpressionException {
        assertThat(compile(text).parts()).isEmpty();
    }

    @Test
    void explainsWithTheTextAloneWhereItNamesNoneOrMany() throws InvalidExpressionException {
        for (String text : List.of(
                "[1].exists(profile, profile == 2)",
                "(profile.a == 1 && profile.b == 2 && profile.c == 3 && profile.d == 4 && false)")) {
            final Expression expression = compile(text);
            final Variables variables = profile(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L));
            assertThat(expression.explain(variables, expression.evaluate(variables)))
                    .isEqualTo(text);
        }
    }

    @Test
    void longValuesAreCutInAnExplanation() throws InvalidExpressionException {
        final Expression expression = compile("profile.text == ''");
        final Variables variables = profile(Map.of("text", "😀".repeat(100)));
        final String explanation = expression.explain(variables, expression.evaluate(variables));
        assertThat(explanation).hasSizeLessThan(110).endsWith("😀…");
    }

    @Test
    void anyNumberOfThreadsEvaluateTheSameExpression() throws Exception {
        final Expression expression = compile("profile.interests.exists(i, i == 'n' + string(profile.n))");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            final List<Callable<Boolean>> tasks = IntStream.range(0, 400)
                    .<Callable<Boolean>>mapToObj(i -> () -> expression.isSatisfied(
                                    profile(Map.of("n", (long) i, "interests", List.of("x", "n" + i))))
                            && !expression.isSatisfied(profile(Map.of("n", (long) i, "interests", List.of("x")))))
                    .toList();
            for (Future<Boolean> done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
        }
    }

    private static Expression compile(String text) throws InvalidExpressionException {
        return ExpressionCompiler.conditions().compile(text);
    }

    private static Variables profile(Map<String, Object> attributes) {
        return Variables.ofCondition(attributes, List.of(), Map.of());
    }
}
