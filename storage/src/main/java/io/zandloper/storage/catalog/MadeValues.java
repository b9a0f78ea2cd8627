package io.zandloper.storage.catalog;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelEvaluationListener;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * How large the values are that one evaluation makes: characters of texts put together and elements of lists and maps
 * written out, those of nested ones as often as they occur. A macro within a macro can double a value at each step, so
 * that few steps would need more memory or, where a value is compared, more time than there is; beyond the limit the
 * evaluation ends in an error instead.
 *
 * <p>For one evaluation, on its thread; the library calls it after each operation.
 */
@SuppressWarnings("Immutable") // the library asks for a listener that threads can share; this one is never shared
final class MadeValues implements CelEvaluationListener {
    /** The library's name of what a macro collects; none that an author can write begins with this. */
    private static final String HIDDEN = "@";

    /** A nested value smaller than this is counted again where it occurs again; it would cost more to remember it. */
    private static final int REMEMBERED_SIZE_MIN = 1_024;

    private final IdentityHashMap<Object, Long> sizes = new IdentityHashMap<>();
    private long made;

    /** Whether an expression can make values that grow: one with a macro, or with {@code +}. */
    static boolean canGrow(CelExpr expression) {
        return switch (expression.getKind()) {
            case COMPREHENSION -> true;
            case SELECT -> canGrow(expression.select().operand());
            case CALL -> {
                final CelCall call = expression.call();
                yield call.function().equals("_+_")
                        || call.target().map(MadeValues::canGrow).orElse(false)
                        || call.args().stream().anyMatch(MadeValues::canGrow);
            }
            case LIST -> expression.list().elements().stream().anyMatch(MadeValues::canGrow);
            case MAP ->
                expression.map().entries().stream().anyMatch(entry -> canGrow(entry.key()) || canGrow(entry.value()));
            case STRUCT -> expression.struct().entries().stream().anyMatch(entry -> canGrow(entry.value()));
            case CONSTANT, IDENT, NOT_SET -> false;
        };
    }

    @Override
    public void callback(CelExpr expression, Object value) {
        switch (expression.getKind()) {
            case LIST, MAP -> add(value);
            case CALL -> {
                if (makesValues(expression.call())) {
                    add(value);
                }
            }
            default -> {}
        }
    }

    private static boolean makesValues(CelCall call) {
        return switch (call.function()) {
            // Adding to what a macro collects makes nothing but the element, which is counted where it is made.
            case "_+_" -> !isHidden(call.args().get(0));
            case "bytes", "string" -> true;
            default -> false;
        };
    }

    private static boolean isHidden(CelExpr expression) {
        return expression.getKind() == ExprKind.Kind.IDENT
                && expression.ident().name().startsWith(HIDDEN);
    }

    private void add(Object value) {
        made += size(value);
        if (made > CatalogLimits.VALUES_SIZE_MAX) {
            throw new TooLargeException();
        }
    }

    private long size(Object value) {
        if (value instanceof String text) {
            return text.length();
        }
        if (value instanceof CelByteString bytes) {
            return bytes.size();
        }
        if (value instanceof List<?> list) {
            return nested(list, list);
        }
        return value instanceof Map<?, ?> map ? nested(map, map.entrySet()) : 0;
    }

    private long nested(Object value, Iterable<?> elements) {
        final Long known = sizes.get(value);
        if (known != null) {
            return known;
        }
        long size = 0;
        for (Object element : elements) {
            size += 1;
            size += element instanceof Map.Entry<?, ?> entry
                    ? size(entry.getKey()) + size(entry.getValue())
                    : size(element);
        }
        if (size >= REMEMBERED_SIZE_MIN) {
            sizes.put(value, size);
        }
        return size;
    }

    /** The limit is passed; an error of the evaluation, whose stack is of no account. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLargeException() {
            super(
                    "values of more than " + CatalogLimits.VALUES_SIZE_MAX + " characters and elements made",
                    null,
                    false,
                    false);
        }
    }
}
