package io.zandloper.storage.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogCompiler;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.catalog.ExpressionCompiler;
import io.zandloper.storage.catalog.InvalidExpressionException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How conditions are parted, and what their parts say of a variable. */
class ConjunctTest {
    private final Catalog catalog = CatalogCompiler.compile(
                    new CatalogDocument(
                            List.of(
                                    new CatalogDocument.Segment("vip", null, 0, null, null, null),
                                    new CatalogDocument.Segment("debt", null, 0, null, null, null)),
                            List.of(),
                            List.of(),
                            CatalogDocument.Policies.DEFAULT),
                    1,
                    Catalog.EMPTY)
            .catalog();
    private final ProgramCompiler compiler = new ProgramCompiler(catalog);

    @Test
    void aConditionIsPartedAtEveryAnd() throws Exception {
        assertThat(shapes("'vip' in segments && profile.age >= 21 && context.channel == 'web'"))
                .containsExactly("SEGMENT 0", "PROFILE age", "CONTEXT channel");
    }

    @Test
    void whatIsNotEitherIsNeither() throws Exception {
        assertThat(shapes("!('vip' in segments || 'debt' in segments || profile.age < 18)"))
                .containsExactly("SEGMENT 0", "SEGMENT 1", "PROFILE age");
    }

    @Test
    void aConditionOfOneVariableStaysWhole() throws Exception {
        assertThat(shapes("has(profile.age) ? profile.age >= 60 || profile.age < 18 : false"))
                .containsExactly("PROFILE age");
        assertThat(shapes("'travel' in profile.interests")).containsExactly("PROFILE interests travel");
    }

    @Test
    void aConditionOfSeveralIsMixed() throws Exception {
        assertThat(shapes("profile.age >= 60 || 'vip' in segments")).containsExactly("MIXED");
        assertThat(shapes("profile.age + 1 > 60")).containsExactly("MIXED");
        assertThat(shapes("profile.city.startsWith('A')")).containsExactly("MIXED");
        assertThat(shapes("'a' in profile.l || 'b' in profile.l")).containsExactly("MIXED");
        assertThat(shapes("type(profile.age) == int")).containsExactly("MIXED");
        assertThat(shapes("size(segments) > 1")).containsExactly("MIXED");
    }

    @Test
    void whatAlwaysHoldsIsNoPartAndWhatNeverDoesIsTheOnlyOne() throws Exception {
        assertThat(shapes("true && profile.age > 1")).containsExactly("PROFILE age");
        assertThat(shapes("1 < 2")).isEmpty();
        assertThat(shapes("profile.age > 1 && false")).containsExactly("NEVER");
        assertThat(shapes("1 + 1")).containsExactly("NEVER");
    }

    @Test
    void integersArePartedByBothKindsOfNumbers() throws Exception {
        final Domain domain =
                program("profile.age >= 21 && true").conjuncts().get(0).domain();
        assertThat(domain.integerStarts()).containsExactly(Long.MIN_VALUE, 21, 22);
        assertThat(domain.integerSatisfied()).containsExactly(false, true, true);
        final Domain real = program("profile.age > 20.5").conjuncts().get(0).domain();
        assertThat(real.integerStarts()).containsExactly(Long.MIN_VALUE, 21);
        assertThat(real.integerSatisfied()).containsExactly(false, true);
        assertThat(real.missing() || real.booleanTrue() || real.otherString() || real.listWith())
                .isFalse();
    }

    @Test
    void stringsAreThoseItNamesAndAllOthers() throws Exception {
        final Domain domain = program("!(profile.job in ['nurse', 'teacher'])")
                .conjuncts()
                .get(0)
                .domain();
        assertThat(domain.strings()).containsExactlyInAnyOrder("nurse", "teacher");
        assertThat(domain.stringSatisfied()).containsOnly(false);
        assertThat(domain.otherString()).isTrue();
        assertThat(domain.booleanFalse()).isTrue();
        assertThat(domain.listWithout()).isTrue();
        assertThat(domain.missing()).isFalse();
    }

    @Test
    void equalConditionsAreCompiledOnce() throws Exception {
        final Conjunct first =
                program("profile.age >= 60 && profile.a == 1").conjuncts().get(0);
        final Conjunct second =
                program("profile.b == 2 && profile.age >= 60").conjuncts().get(1);
        assertThat(first.number()).isEqualTo(second.number());
    }

    private Program program(String text) throws InvalidExpressionException {
        return compiler.compile(ExpressionCompiler.conditions().compile(text));
    }

    private List<String> shapes(String text) throws InvalidExpressionException {
        return program(text).conjuncts().stream()
                .map(conjunct -> conjunct.shape() == Conjunct.Shape.SINGLE
                        ? name(conjunct.variable())
                        : conjunct.shape().toString())
                .toList();
    }

    private String name(Variable variable) {
        final String member = variable.member() == null ? "" : " " + variable.member();
        return switch (variable.source()) {
            case PROFILE -> "PROFILE " + compiler.layout().profile().name(variable.number()) + member;
            case CONTEXT -> "CONTEXT " + compiler.layout().context().name(variable.number()) + member;
            case SEGMENT -> "SEGMENT " + variable.number();
        };
    }
}
