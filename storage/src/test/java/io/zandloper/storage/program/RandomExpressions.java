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
            switch (random.nextInt(10)) {
                case 0, 1, 2:
                    return "(" + condition(depth - 1) + " && " + condition(depth - 1) + ")";
                case 3, 4, 5:
                    return "(" + condition(depth - 1) + " || " + condition(depth - 1) + ")";
                case 6:
                    return "!(" + condition(depth - 1) + ")";
                case 7:
                    return "(" + condition(depth - 1) + " ? " + condition(depth - 1) + " : " + condition(depth - 1)
                            + ")";
                default:
                    break;
            }
        }
        return atom(depth);
    }

    private String atom(int depth) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3:
                return field() + " " + pick(COMPARISONS) + " " + literal();
            case 4:
                return literal() + " " + pick(COMPARISONS) + " " + field();
            case 5:
                return operand(depth) + " " + pick(COMPARISONS) + " " + operand(depth);
            case 6:
                return field() + " in [" + literal() + ", " + literal() + ", " + literal() + "]";
            case 7:
                return operand(depth) + " in [" + operand(depth) + ", " + operand(depth) + "]";
            case 8:
                return pick(STRINGS) + " in " + field();
            case 9:
                return operand(depth) + " in " + (random.nextBoolean() ? field() : "[" + pick(STRINGS) + "]");
            case 10, 11:
                return "'" + pick(SEGMENTS) + "' in segments";
            case 12:
                return "has(" + simpleField() + ")";
            case 13:
                return field();
            case 14:
                return operand(depth) + "." + pick(SEARCHES) + "(" + (chance(3) ? operand(depth) : pick(STRINGS)) + ")";
            case 15:
                return field() + ".matches(" + pick(PATTERNS) + ")";
            case 16, 17:
                return macro(depth);
            case 18:
                return "size(" + (chance(3) ? "segments" : field()) + ") " + pick(COMPARISONS) + " "
                        + random.nextInt(4);
            default:
                return rare(depth);
        }
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
        switch (random.nextInt(5)) {
            case 0:
                return range + ".exists(x, " + body + ")";
            case 1:
                return range + ".all(x, " + body + ")";
            case 2:
                return range + ".exists_one(x, " + body + ")";
            case 3:
                return range + ".filter(x, " + body + ").size() " + pick(COMPARISONS) + " " + random.nextInt(3);
            default:
                return "size(" + range + ".filter(x, " + body + ")) >= 1";
        }
    }

    /** What is not compiled, or odd. */
    private String rare(int depth) {
        switch (random.nextInt(12)) {
            case 0:
                return "type(" + field() + ") == int";
            case 1:
                return field() + ".map(x, x).size() > 1";
            case 2:
                return "string(" + field() + ") == '41'";
            case 3:
                return "(" + field() + " + " + field() + ") == " + literal();
            case 4:
                return "segments[0] == 'vip'";
            case 5:
                return field() + ".z == 1";
            case 6:
                return "has(" + simpleField() + ".z)";
            case 7:
                return pick(STRINGS) + " in profile";
            case 8:
                return field() + " == null";
            case 9:
                return field() + " == " + list();
            case 10:
                return field() + ".exists(x, segments.exists(y, x == y))";
            default:
                return "timestamp('2026-01-01T00:00:00Z') > timestamp(" + operand(depth) + ")";
        }
    }

    private String operand(int depth) {
        if (depth > 0 && chance(2)) {
            switch (random.nextInt(9)) {
                case 0, 1:
                    return "(" + operand(depth - 1) + " " + pick("+", "-", "*", "/", "%") + " " + operand(depth - 1)
                            + ")";
                case 2:
                    return "-(" + operand(depth - 1) + ")";
                case 3:
                    return "double(" + operand(depth - 1) + ")";
                case 4:
                    return "int(" + operand(depth - 1) + ")";
                case 5:
                    return "size(" + field() + ")";
                case 6:
                    return field() + "[" + random.nextInt(3) + "]";
                case 7:
                    return "dyn(" + condition(depth - 1) + ")";
                default:
                    return "(" + condition(depth - 1) + " ? dyn(" + operand(depth - 1) + ") : " + operand(depth - 1)
                            + ")";
            }
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
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3:
                return pick(INTEGERS);
            case 4, 5, 6:
                return pick(DOUBLES);
            case 7, 8, 9:
                return pick(STRINGS);
            case 10:
                return random.nextBoolean() ? "true" : "false";
            default:
                return chance(4) ? "null" : list();
        }
    }

    private String list() {
        switch (random.nextInt(3)) {
            case 0:
                return "[]";
            case 1:
                return "[" + pick(STRINGS) + "]";
            default:
                return "[" + pick(STRINGS) + ", " + pick(STRINGS) + "]";
        }
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
