package io.zandloper.storage.catalog;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Parts an expression that is written as a chain of {@code &&}, so that an explanation can name the part that failed. */
final class ExpressionParts {
    private static final String AND = "_&&_";

    private final String text;
    /** Where in the text the chain's own operators stand; not those in parentheses. */
    private final Set<Integer> operators = new TreeSet<>();

    private boolean isChain = true;

    private ExpressionParts(String text) {
        this.text = text;
        findOperators();
    }

    /** The parts by their texts, in their order; empty where it is no chain. */
    static Map<String, CelExpr> of(String text, CelAbstractSyntaxTree tree) {
        final ExpressionParts parts = new ExpressionParts(text);
        if (!parts.isChain || parts.operators.isEmpty()) {
            return Map.of();
        }
        final List<CelExpr> operands = new ArrayList<>();
        parts.flatten(tree.getExpr(), tree, operands);
        final List<String> texts = parts.texts();
        if (texts.size() != operands.size()) {
            return Map.of();
        }
        final Map<String, CelExpr> byText = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            // One that is written twice fails twice, and needs to be told once.
            byText.putIfAbsent(texts.get(i), operands.get(i));
        }
        return byText;
    }

    private void flatten(CelExpr expression, CelAbstractSyntaxTree tree, List<CelExpr> operands) {
        if (expression.getKind() == ExprKind.Kind.CALL
                && expression.call().function().equals(AND)
                && operators.contains(position(expression, tree))) {
            expression.call().args().forEach(operand -> flatten(operand, tree, operands));
        } else {
            operands.add(expression);
        }
    }

    /** Where a call's operator stands in the text; the library counts code points. */
    private int position(CelExpr expression, CelAbstractSyntaxTree tree) {
        final Integer codePoints = tree.getSource().getPositionsMap().get(expression.id());
        return codePoints == null || codePoints > text.codePointCount(0, text.length())
                ? -1
                : text.offsetByCodePoints(0, codePoints);
    }

    private List<String> texts() {
        final List<String> texts = new ArrayList<>();
        int start = 0;
        for (int operator : operators) {
            texts.add(text.substring(start, operator).strip());
            start = operator + 2;
        }
        texts.add(text.substring(start).strip());
        return texts;
    }

    /** Reads the text as far as needed to tell what stands in parentheses, quotes and comments. */
    private void findOperators() {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '\'' || c == '"') {
                i = endOfQuoted(i);
            } else if (text.startsWith("//", i)) {
                final int end = text.indexOf('\n', i);
                i = end < 0 ? text.length() : end;
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if (c == ')' || c == ']' || c == '}') {
                depth--;
            } else if (depth == 0) {
                if (text.startsWith("&&", i)) {
                    operators.add(i);
                    i++;
                } else if (c == '?' || text.startsWith("||", i)) {
                    // These bind less, so the operators found are within an operand.
                    isChain = false;
                }
            }
        }
    }

    /** Where the string that begins at {@code start} has its last quote. */
    private int endOfQuoted(int start) {
        final String one = text.substring(start, start + 1);
        final String quote = text.startsWith(one.repeat(3), start) ? one.repeat(3) : one;
        final boolean isRaw = isRaw(start);
        int at = start + quote.length();
        while (at < text.length() && !text.startsWith(quote, at)) {
            at += !isRaw && text.charAt(at) == '\\' ? 2 : 1;
        }
        return at + quote.length() - 1;
    }

    /** Whether {@code r} stands before the quote, alone or beside a {@code b}. */
    private boolean isRaw(int quote) {
        for (int i = quote - 1; i >= 0 && i >= quote - 2; i--) {
            final char c = Character.toLowerCase(text.charAt(i));
            if (c == 'r') {
                return true;
            }
            if (c != 'b') {
                return false;
            }
        }
        return false;
    }
}
