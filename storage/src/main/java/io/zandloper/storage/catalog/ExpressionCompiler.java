package io.zandloper.storage.catalog;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import io.zandloper.storage.profile.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compiles CEL expressions with the CEL library: its standard macros and definitions, numbers comparing across int and
 * double, and a limit of comprehension steps. Any number of threads may use it.
 */
public final class ExpressionCompiler {
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .comprehensionMaxIterations(CatalogLimits.ITERATIONS_MAX)
            .maxExpressionCodePointSize(CatalogLimits.EXPRESSION_BYTES_MAX)
            .build();
    private static final CelType VALUES_BY_NAME = MapType.create(SimpleType.STRING, SimpleType.DYN);

    private static final ExpressionCompiler RULES =
            new ExpressionCompiler(environment().build());
    private static final ExpressionCompiler CONDITIONS = new ExpressionCompiler(
            environment().addVar(Variables.CONTEXT, VALUES_BY_NAME).build());

    private final Cel cel;

    private ExpressionCompiler(Cel cel) {
        this.cel = cel;
    }

    /** For rules of segments: {@code profile} and {@code segments}. */
    public static ExpressionCompiler rules() {
        return RULES;
    }

    /** For conditions of offers: {@code profile}, {@code segments} and {@code context}. */
    public static ExpressionCompiler conditions() {
        return CONDITIONS;
    }

    /**
     * Compiles an expression. One whose result can never be a boolean compiles: it is never satisfied.
     *
     * @throws InvalidExpressionException when it does not compile, with each position in it
     */
    public Expression compile(String text) throws InvalidExpressionException {
        if (Text.utf8Length(text) > CatalogLimits.EXPRESSION_BYTES_MAX) {
            throw new InvalidExpressionException(
                    "longer than 4 KiB of UTF-8, the limit of an expression, bytes=" + Text.utf8Length(text));
        }
        try {
            final CelValidationResult checked = cel.compile(text);
            if (!checked.getErrors().isEmpty()) {
                throw new InvalidExpressionException(
                        "does not compile: " + ExpressionErrors.describe(checked.getErrors()));
            }
            final CelAbstractSyntaxTree tree = checked.getAst();
            return new Expression(
                    text,
                    tree,
                    cel.createProgram(tree),
                    ExpressionReferences.of(tree.getExpr()),
                    () -> parts(text, tree));
        } catch (CelValidationException | CelEvaluationException | RuntimeException | StackOverflowError failure) {
            // The library answers nearly everything as an issue; what it throws is the expression's fault all the same.
            throw new InvalidExpressionException("does not compile: " + ExpressionErrors.describe(failure));
        }
    }

    /** The parts of a chain of {@code &&}; empty where it is none, or where the library does not take one by itself. */
    private List<Expression> parts(String text, CelAbstractSyntaxTree tree) {
        final List<Expression> parts = new ArrayList<>();
        try {
            for (Map.Entry<String, CelExpr> part :
                    ExpressionParts.of(text, tree).entrySet()) {
                final CelAbstractSyntaxTree ofPart = CelAbstractSyntaxTree.newCheckedAst(
                        part.getValue(), tree.getSource(), tree.getReferenceMap(), tree.getTypeMap());
                parts.add(new Expression(
                        part.getKey(),
                        ofPart,
                        cel.createProgram(ofPart),
                        ExpressionReferences.of(part.getValue()),
                        List::of));
            }
            return List.copyOf(parts);
        } catch (CelEvaluationException | RuntimeException notByItself) {
            return List.of();
        }
    }

    private static CelBuilder environment() {
        return CelFactory.legacyCelBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addVar(Variables.PROFILE, VALUES_BY_NAME)
                .addVar(Variables.SEGMENTS, ListType.create(SimpleType.STRING));
    }
}
