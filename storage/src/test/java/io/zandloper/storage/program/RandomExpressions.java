package io.zandloper.storage.program;

import java.util.Random;

/**
 * Expressions drawn from every construct that is compiled and some that are not. Most of them make sense to the checker;
 * those that do not are the caller's to drop.
 */
final class RandomExpressions {
    static final String[] ATTRIBUTES = {"a", "b", "c", "d", "e", "l", "s", "long-name-é"};
    static final String[] FIELDS = {"a", "hour", "channel"};
    static final String[] SEGMENTS = {"vip", "senior", "likes-sport", "likes-food", "never"};

    private static final String[] INTEGERS = {
        "0", "1", "-1", "2", "41", "42", "9007199254740993", "9223372036854775807", "-9223372036854775808"
    };
    private static final String[] DOUBLES = {
        "0.0", "-0.0", "1.0", "0.5", "41.0", "42.5", "-1e308", "1e308", "9007199254740992.0", "9.223372036854775807e18"
    };
    private static final String[] STRINGS = {
        "''", "'a'", "'b'", "'ab'", "'likes-sport'", "'é'", "'\\uffff'", "'\\U0001F600'", "'vip'", "'42'", "'a\\nb'"
    };
    private static final String[] PATTERNS = {"'^a'", "'b$'", "'^.$'", "'[a-c]+'", "'é|x'", "''", "'('", "'\\\\d+'"};
    private static final String[] COMPARISONS = {"<", "<=", ">", ">=", "==", "!=", "==", "!="};
    private static final String[] SEARCHES = {"startsWith", "endsWith", "contains"};

    private final Random random;

    RandomExpressions(Random random) {
        this.random = random;
    }

    String condition(int depth) {
        if (depth > 0) {
            return switch (random.nextInt(10)) {
                case 0, 1, 2 -> "(" + condition(depth - 1) + " && " + condition(depth - 1) + ")";
                case 3, 4, 5 -> "(" + condition(depth - 1) + " || " + condition(depth - 1) + ")";
                case 6 -> "!(" + condition(depth - 1) + ")";
                case 7 ->
                    "(" + condition(depth - 1) + " ? " + condition(depth - 1) + " : " + condition(depth - 1) + ")";
                default -> atom(depth);
            };
        }
        return atom(depth);
    }

    private String atom(int depth) {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> field() + " " + pick(COMPARISONS) + " " + literal();
            case 4 -> literal() + " " + pick(COMPARISONS) + " " + field();
            case 5 -> operand(depth) + " " + pick(COMPARISONS) + " " + operand(depth);
            case 6 -> field() + " in [" + literal() + ", " + literal() + ", " + literal() + "]";
            case 7 -> operand(depth) + " in [" + operand(depth) + ", " + operand(depth) + "]";
            case 8 -> pick(STRINGS) + " in " + field();
            case 9 -> operand(depth) + " in " + (random.nextBoolean() ? field() : "[" + pick(STRINGS) + "]");
            case 10, 11 -> "'" + pick(SEGMENTS) + "' in segments";
            case 12 -> "has(" + simpleField() + ")";
            case 13 -> field();
            case 14 -> operand(depth) + "." + pick(SEARCHES) + "(" + (chance(3) ? operand(depth) : pick(STRINGS)) + ")";
            case 15 -> field() + ".matches(" + pick(PATTERNS) + ")";
            case 16, 17 -> macro(depth);
            case 18 ->
                "size(" + (chance(3) ? "segments" : field()) + ") " + pick(COMPARISONS) + " " + random.nextInt(4);
            default -> rare(depth);
        };
    }

    private String macro(int depth) {
        final String range;
        switch (random.nextInt(4)) {
            case 0 -> range = "segments";
            case 1 -> range = "[" + operand(0) + ", " + operand(0) + "]";
            default -> range = field();
        }
        final String body;
        switch (random.nextInt(6)) {
            case 0 -> body = "x == " + literal();
            case 1 -> body = "x.startsWith(" + pick(STRINGS) + ")";
            case 2 -> body = "size(x) > " + random.nextInt(3);
            case 3 -> body = "x in [" + literal() + ", " + literal() + "]";
            case 4 -> body = "x " + pick(COMPARISONS) + " " + (chance(2) ? literal() : field());
            default -> body = depth > 0 ? condition(depth - 1) : "x";
        }
        return switch (random.nextInt(5)) {
            case 0 -> range + ".exists(x, " + body + ")";
            case 1 -> range + ".all(x, " + body + ")";
            case 2 -> range + ".exists_one(x, " + body + ")";
            case 3 -> range + ".filter(x, " + body + ").size() " + pick(COMPARISONS) + " " + random.nextInt(3);
            default -> "size(" + range + ".filter(x, " + body + ")) >= 1";
        };
    }

    /** What is not compiled, or odd. */
    private String rare(int depth) {
        return switch (random.nextInt(12)) {
            case 0 -> "type(" + field() + ") == int";
            case 1 -> field() + ".map(x, x).size() > 1";
            case 2 -> "string(" + field() + ") == '41'";
            case 3 -> "(" + field() + " + " + field() + ") == " + literal();
            case 4 -> "segments[0] == 'vip'";
            case 5 -> field() + ".z == 1";
            case 6 -> "has(" + simpleField() + ".z)";
            case 7 -> pick(STRINGS) + " in profile";
            case 8 -> field() + " == null";
            case 9 -> field() + " == " + list();
            case 10 -> field() + ".exists(x, segments.exists(y, x == y))";
            default -> "timestamp('2026-01-01T00:00:00Z') > timestamp(" + operand(depth) + ")";
        };
    }

    private String operand(int depth) {
        if (depth > 0 && chance(2)) {
            return switch (random.nextInt(9)) {
                case 0, 1 ->
                    "(" + operand(depth - 1) + " " + pick("+", "-", "*", "/", "%") + " " + operand(depth - 1) + ")";
                case 2 -> "-(" + operand(depth - 1) + ")";
                case 3 -> "double(" + operand(depth - 1) + ")";
                case 4 -> "int(" + operand(depth - 1) + ")";
                case 5 -> "size(" + field() + ")";
                case 6 -> field() + "[" + random.nextInt(3) + "]";
                case 7 -> "dyn(" + condition(depth - 1) + ")";
                default ->
                    "(" + condition(depth - 1) + " ? dyn(" + operand(depth - 1) + ") : " + operand(depth - 1) + ")";
            };
        }
        return chance(3) ? "dyn(" + literal() + ")" : field();
    }

    private String field() {
        if (chance(8)) {
            return "profile['" + pick(ATTRIBUTES) + "']";
        }
        return simpleField();
    }

    private String simpleField() {
        return chance(5) ? "context." + pick(FIELDS) : "profile." + ATTRIBUTES[random.nextInt(ATTRIBUTES.length - 1)];
    }

    private String literal() {
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> pick(INTEGERS);
            case 4, 5, 6 -> pick(DOUBLES);
            case 7, 8, 9 -> pick(STRINGS);
            case 10 -> random.nextBoolean() ? "true" : "false";
            default -> chance(4) ? "null" : list();
        };
    }

    private String list() {
        return switch (random.nextInt(3)) {
            case 0 -> "[]";
            case 1 -> "[" + pick(STRINGS) + "]";
            default -> "[" + pick(STRINGS) + ", " + pick(STRINGS) + "]";
        };
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
