package io.zandloper.storage.catalog;

import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.runtime.CelEvaluationException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The library's errors in words for the author of an expression. */
final class ExpressionErrors {
    private static final int ISSUES_SHOWN_MAX = 5;
    private static final Pattern LIBRARY_PREFIX = Pattern.compile("^evaluation error( at [^ ]+)?: ");

    private ExpressionErrors() {}

    /** What kind of error an evaluation ended in, then the library's own words. */
    static String describe(Throwable failure) {
        if (failure instanceof StackOverflowError) {
            return "nested too deeply";
        }
        // The library may have wrapped it.
        final Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof MadeValues.TooLargeException) {
            return "too large: " + cause.getMessage();
        }
        final String kind =
                failure instanceof CelEvaluationException evaluation ? kind(evaluation.getErrorCode()) : null;
        final String message = failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : LIBRARY_PREFIX.matcher(failure.getMessage()).replaceFirst("");
        return (kind == null ? "evaluation failed" : kind) + ": " + withoutFullStop(message);
    }

    /** Each issue with its position, {@code line:column} counted from 1. */
    static String describe(List<CelIssue> issues) {
        final String shown = issues.stream()
                .limit(ISSUES_SHOWN_MAX)
                .map(issue -> "at " + issue.getSourceLocation().getLine() + ":"
                        + (issue.getSourceLocation().getColumn() + 1) + " " + issue.getMessage())
                .collect(Collectors.joining("; "));
        final int more = issues.size() - ISSUES_SHOWN_MAX;
        return more > 0 ? shown + "; and " + more + " more" : shown;
    }

    private static @Nullable String kind(CelErrorCode code) {
        return switch (code) {
            case ATTRIBUTE_NOT_FOUND -> "missing attribute";
            case OVERLOAD_NOT_FOUND, AMBIGUOUS_OVERLOAD, TYPE_NOT_FOUND -> "type mismatch";
            case INVALID_ARGUMENT, BAD_FORMAT -> "invalid argument";
            case INDEX_OUT_OF_BOUNDS -> "no such element";
            case DIVIDE_BY_ZERO -> "division by zero";
            case NUMERIC_OVERFLOW -> "number out of range";
            case ITERATION_BUDGET_EXCEEDED -> "too many comprehension steps";
            case DUPLICATE_ATTRIBUTE -> "duplicate key";
            default -> null;
        };
    }

    private static String withoutFullStop(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
