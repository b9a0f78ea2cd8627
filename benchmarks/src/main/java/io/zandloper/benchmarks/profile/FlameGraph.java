package io.zandloper.benchmarks.profile;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stacks as a picture: a box is a method, as wide as its share, with what it called on top. An SVG without scripts; a box
 * says its name and share where the pointer rests.
 */
final class FlameGraph {
    private static final int WIDTH = 1_400;
    private static final int ROW = 18;
    private static final int TOP = 40;
    private static final int MARGIN = 10;
    /** Narrower ones cannot be seen. */
    private static final double WIDTH_MIN = 0.4;

    private static final double LETTER = 6.6;
    private static final int LETTERS_MIN = 4;

    private final StringBuilder svg = new StringBuilder();
    private final long total;

    private FlameGraph(long total) {
        this.total = total;
    }

    /** A method and what it called. */
    private static final class Box {
        private final Map<String, Box> callees = new TreeMap<>();
        private long amount;

        Box callee(String frame) {
            return callees.computeIfAbsent(frame, name -> new Box());
        }

        int depth() {
            return 1 + callees.values().stream().mapToInt(Box::depth).max().orElse(0);
        }
    }

    static String svg(String title, StackCounts stacks) {
        final Box root = new Box();
        for (final Map.Entry<List<String>, Long> stack : stacks.amounts().entrySet()) {
            Box box = root;
            box.amount += stack.getValue();
            for (final String frame : stack.getKey()) {
                box = box.callee(frame);
                box.amount += stack.getValue();
            }
        }
        final FlameGraph graph = new FlameGraph(Math.max(1, root.amount));
        graph.draw(title, root);
        return graph.svg.toString();
    }

    private void draw(String title, Box root) {
        final int height = TOP + root.depth() * ROW + MARGIN;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"monospace\" font-size=\"11\">",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>", WIDTH, height);
        add("<text x=\"%d\" y=\"24\" font-size=\"16\">%s</text>", MARGIN, escaped(title));
        draw("all", root, MARGIN, height - MARGIN - ROW);
        add("</svg>");
    }

    private void draw(String name, Box box, double x, int y) {
        final double width = (double) box.amount * (WIDTH - 2 * MARGIN) / total;
        if (width < WIDTH_MIN) {
            return;
        }
        final int letters = (int) (width / LETTER);
        final String shown = shortened(name);
        add(
                "<g><title>%s, %.2f %%</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%s</g>",
                escaped(name),
                100.0 * box.amount / total,
                x,
                y,
                width,
                ROW - 1,
                colour(name),
                letters < LETTERS_MIN
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "<text x=\"%.1f\" y=\"%d\">%s</text>",
                                x + 2,
                                y + ROW - 5,
                                escaped(shown.length() <= letters ? shown : shown.substring(0, letters))));
        double from = x;
        for (final Map.Entry<String, Box> callee : box.callees.entrySet()) {
            draw(callee.getKey(), callee.getValue(), from, y - ROW);
            from += (double) callee.getValue().amount * (WIDTH - 2 * MARGIN) / total;
        }
    }

    /** Class and method alone. */
    private static String shortened(String frame) {
        final int method = frame.lastIndexOf('.');
        return frame.substring(frame.lastIndexOf('.', Math.max(0, method - 1)) + 1);
    }

    /** Ours, the network's, all else. */
    private static String colour(String frame) {
        if (frame.startsWith("io.zandloper.")) {
            return "#E69F00";
        }
        return frame.startsWith("io.netty.") ? "#56B4E9" : "#ccc";
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
