package io.zandloper.server.decide.compiled;

import java.util.List;
import java.util.random.RandomGenerator;

/** Random conditions and rules as text, over few names and values, so that they are often met. */
final class RandomExpressions {
    static final List<String> ATTRIBUTES = List.of("a", "b", "c", "d", "list", "first name");
    static final List<String> FIELDS = List.of("channel", "device", "hour");
    static final List<String> TEXTS = List.of("web", "app", "x", "running", "", "Ümläut €");

    private final RandomGenerator random;
    private final List<String> segments;
    private final boolean hasContext;
    private final boolean hasRare;

    /**
     * @param segments ids that may be named
     * @param hasRare whether there is, now and then, what no table of values can tell
     */
    RandomExpressions(RandomGenerator random, List<String> segments, boolean hasContext, boolean hasRare) {
        this.random = random;
        this.segments = segments;
        this.hasContext = hasContext;
        this.hasRare = hasRare;
    }

    /** One to four parts, mostly joined by {@code &&} as people do. */
    String condition() {
        final StringBuilder text = new StringBuilder(part());
        for (int more = random.nextInt(4); more > 0; more--) {
            text.append(random.nextInt(6) == 0 ? " || " : " && ").append(part());
        }
        return text.toString();
    }

    private String part() {
        return switch (random.nextInt(14)) {
            case 0 -> "!(" + comparison() + ")";
            case 1 -> "(" + comparison() + " || " + comparison() + ")";
            case 2 -> "(" + comparison() + " ? " + comparison() + " : " + comparison() + ")";
            case 3, 4, 5 -> segment();
            case 6 -> "(" + segment() + " || " + comparison() + ")";
            case 7 -> hasRare ? rare() : comparison();
            default -> comparison();
        };
    }

    private String segment() {
        if (segments.isEmpty()) {
            return comparison();
        }
        final String in = "'" + segments.get(random.nextInt(segments.size())) + "' in segments";
        return random.nextBoolean() ? in : "!(" + in + ")";
    }

    private String comparison() {
        final String name = name();
        return switch (random.nextInt(10)) {
            case 0 -> "has(" + field() + ")";
            case 1 -> name + " in [" + literal() + ", " + literal() + "]";
            case 2 -> text() + " in " + name;
            case 3, 4 -> name + (random.nextBoolean() ? " == " : " != ") + literal();
            case 5 -> literal() + order() + name;
            case 6 -> name;
            default -> name + order() + number();
        };
    }

    /** What no table of values can tell, or what nobody should write. */
    private String rare() {
        return switch (random.nextInt(11)) {
            case 0 -> name() + " + 1 > 40";
            case 1 -> name() + ".startsWith('r')";
            case 2 -> name() + ".exists(e, e == 'running')";
            case 3 -> "size(" + name() + ") > 1";
            case 4 -> "size(segments) > 1";
            case 5 -> "segments.exists(s, s.startsWith('s1'))";
            case 6 -> "true";
            case 7 -> "false";
            case 8 -> "dyn(1 + 1)";
            case 9 -> name() + " == " + name();
            default -> "string(" + name() + ") == '41'";
        };
    }

    private String order() {
        return List.of(" < ", " <= ", " > ", " >= ").get(random.nextInt(4));
    }

    private String name() {
        if (hasContext && random.nextInt(3) == 0) {
            return "context." + FIELDS.get(random.nextInt(FIELDS.size()));
        }
        final String attribute = ATTRIBUTES.get(random.nextInt(ATTRIBUTES.size()));
        return attribute.contains(" ") ? "profile['" + attribute + "']" : "profile." + attribute;
    }

    private String field() {
        if (hasContext && random.nextInt(3) == 0) {
            return "context." + FIELDS.get(random.nextInt(FIELDS.size()));
        }
        return "profile." + ATTRIBUTES.get(random.nextInt(ATTRIBUTES.size() - 1));
    }

    private String literal() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextBoolean() ? "true" : "false";
            case 1, 2 -> text();
            default -> number();
        };
    }

    private String text() {
        return "'" + TEXTS.get(random.nextInt(TEXTS.size())) + "'";
    }

    private String number() {
        return switch (random.nextInt(8)) {
            case 0 -> "0.0";
            case 1 -> "-0.0";
            case 2 -> "9007199254740993";
            case 3 -> "9007199254740992.0";
            case 4 -> random.nextInt(45) + ".5";
            default -> Integer.toString(random.nextInt(45));
        };
    }
}
