package io.zandloper.storage.catalog;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelKind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A CEL expression over {@code segments} alone: a set of profiles. Immutable; it belongs to no catalog, and means a set
 * under each.
 */
public final class Audience {
    private final Expression expression;
    private final @Nullable AudienceTree tree;

    private Audience(Expression expression, @Nullable AudienceTree tree) {
        this.expression = expression;
        this.tree = tree;
    }

    /**
     * @throws InvalidExpressionException where it does not compile, is no condition, or reads anything but
     *     {@code segments}
     */
    public static Audience compile(String text) throws InvalidExpressionException {
        // With all variables, so that an error names the one that has no business here and not an unknown name.
        final Expression expression = ExpressionCompiler.conditions().compile(text);
        final CelAbstractSyntaxTree checked = expression.tree();
        final Set<String> others = new TreeSet<>(expression.variables());
        others.remove(Variables.SEGMENTS);
        if (!others.isEmpty()) {
            throw new InvalidExpressionException("reads " + String.join(" and ", others)
                    + "; an audience is asked of segments only, which a rule may compute from a profile");
        }
        final CelKind result = checked.getResultType().kind();
        if (result != CelKind.BOOL && result != CelKind.DYN) {
            throw new InvalidExpressionException(
                    "is no condition: its result is " + checked.getResultType().name() + ", not bool");
        }
        return new Audience(expression, AudienceTree.of(checked.getExpr()));
    }

    /** As it was written. */
    public String text() {
        return expression.text();
    }

    /** The interpreted form, the reference of any other. */
    public Expression expression() {
        return expression;
    }

    /** The same as set algebra; null where it is more than that. */
    public @Nullable AudienceTree tree() {
        return tree;
    }

    /** The ids it tests literally that a catalog does not have. */
    public List<String> unknownSegments(Catalog catalog) {
        return expression.literalSegments().stream()
                .filter(id -> catalog.segmentBit(id) < 0)
                .sorted()
                .toList();
    }
}
