package io.zandloper.server.realinput;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The strategies of a feature flag as a condition of ours: any of them, each with all its constraints. */
final class FlagCondition {
    private static final String ROLLOUT = "a share of the visitors, drawn by a hash of another kind";
    /** Strategies that draw, with the fact that they draw by; empty for any. */
    private static final Map<String, String> ROLLOUTS = Map.of(
            "gradualRolloutUserId", "userId",
            "gradualRolloutSessionId", "sessionId",
            "gradualRolloutRandom", "",
            "flexibleRollout", "");

    private FlagCondition() {}

    /** Null where the strategy has an equivalent. */
    static String reasonToSkip(JsonNode strategy) {
        final String share = share(strategy);
        if (ROLLOUTS.containsKey(strategy.get("name").textValue()) && !share.equals("0") && !share.equals("100")) {
            return ROLLOUT;
        }
        if (!strategy.path("segments").isEmpty()) {
            return "a flag's segments have constraints on versions";
        }
        for (JsonNode constraint : strategy.path("constraints")) {
            final String operator = constraint.get("operator").textValue();
            if (operator.startsWith("SEMVER")) {
                return "CEL has no order of version numbers";
            }
            if (operator.equals("IN_CIDR")) {
                return "CEL has no address ranges";
            }
            if (operator.equals("NOT_A_VALID_OPERATOR")) {
                return "a catalog with an operator that does not exist is refused as a whole";
            }
        }
        return null;
    }

    /**
     * The condition, empty where there is none.
     *
     * @param variable that has the facts
     */
    static String of(JsonNode strategies, String variable) {
        final List<String> any = new ArrayList<>();
        for (JsonNode strategy : strategies) {
            final List<String> all = new ArrayList<>(List.of(byName(strategy, variable)));
            strategy.path("constraints").forEach(constraint -> all.add(constraint(constraint, variable)));
            any.add("(" + String.join(" && ", all) + ")");
        }
        return String.join(" || ", any);
    }

    private static String byName(JsonNode strategy, String variable) {
        final String name = strategy.get("name").textValue();
        final JsonNode parameters = strategy.path("parameters");
        return switch (name) {
            case "default" -> "true";
            case "userWithId" -> isIn(variable + ".userId", words(parameters.get("userIds")));
            case "remoteAddress" -> isIn(variable + ".remoteAddress", words(parameters.get("IPs")));
            default -> {
                final String drawnBy = ROLLOUTS.get(name);
                if (drawnBy == null) {
                    throw new AssertionError("an unknown strategy, name=" + name);
                }
                final String everyone = drawnBy.isEmpty() ? "true" : "has(" + variable + "." + drawnBy + ")";
                yield share(strategy).equals("0") ? "false" : everyone;
            }
        };
    }

    /** Of a hundred. */
    private static String share(JsonNode strategy) {
        final JsonNode parameters = strategy.path("parameters");
        return parameters.path("percentage").asText(parameters.path("rollout").asText());
    }

    private static List<String> words(JsonNode commaSeparated) {
        return List.of(commaSeparated.textValue().split(", *"));
    }

    private static String constraint(JsonNode constraint, String variable) {
        final String fact = variable + "." + constraint.get("contextName").textValue();
        final List<String> values = new ArrayList<>();
        constraint.path("values").forEach(value -> values.add(value.textValue()));
        final String value = constraint.path("value").asText();
        final boolean ignoresCase = constraint.path("caseInsensitive").booleanValue();
        final String operator = constraint.get("operator").textValue();
        final String met = switch (operator) {
            case "IN", "NOT_IN" -> isIn(fact, values);
            case "STR_STARTS_WITH" -> any(values, ignoresCase, fact, "startsWith", "(?i)^\\Q%s\\E");
            case "STR_ENDS_WITH" -> any(values, ignoresCase, fact, "endsWith", "(?i)\\Q%s\\E$");
            case "STR_CONTAINS" -> any(values, ignoresCase, fact, "contains", "(?i)\\Q%s\\E");
            case "REGEX" -> fact + ".matches(" + literal((ignoresCase ? "(?i)" : "") + value) + ")";
            case "DATE_AFTER" -> "timestamp(" + fact + ") > timestamp(" + literal(value) + ")";
            case "DATE_BEFORE" -> "timestamp(" + fact + ") < timestamp(" + literal(value) + ")";
            case "NUM_EQ" -> number(fact, "==", value);
            case "NUM_GT" -> number(fact, ">", value);
            case "NUM_GTE" -> number(fact, ">=", value);
            case "NUM_LT" -> number(fact, "<", value);
            case "NUM_LTE" -> number(fact, "<=", value);
            default -> throw new AssertionError("an unknown operator, operator=" + operator);
        };
        final boolean isInverted = constraint.path("inverted").booleanValue() != operator.equals("NOT_IN");
        // A fact that is missing meets nothing, which is no error to them.
        return isInverted ? "!(has(" + fact + ") && " + met + ")" : met;
    }

    private static String isIn(String fact, List<String> values) {
        return fact + " in " + values.stream().map(FlagCondition::literal).collect(Collectors.joining(", ", "[", "]"));
    }

    /** CEL compares cases by a pattern. */
    private static String any(List<String> values, boolean ignoresCase, String fact, String method, String pattern) {
        return values.stream()
                .map(value -> ignoresCase
                        ? fact + ".matches(" + literal(String.format(Locale.ROOT, pattern, value)) + ")"
                        : fact + "." + method + "(" + literal(value) + ")")
                .collect(Collectors.joining(" || ", "(", ")"));
    }

    /** Their facts are texts. */
    private static String number(String fact, String operator, String value) {
        return "double(" + fact + ") " + operator + " double(" + literal(value) + ")";
    }

    private static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
    }
}
