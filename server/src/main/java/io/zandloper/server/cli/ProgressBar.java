package io.zandloper.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Shows on the error stream how far something is: a bar on a terminal, elsewhere a line now and then. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final long TERMINAL_INTERVAL_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintWriter err;
    private final String name;
    private final String things;
    private final boolean isTerminal = isErrorStreamATerminal();
    private final long startedNanos = System.nanoTime();
    private long shownNanos = startedNanos;

    /** @param things what is counted, such as {@code profiles} */
    ProgressBar(PrintWriter err, String name, String things) {
        this.err = err;
        this.name = name;
        this.things = things;
    }

    /**
     * Shows how far it is, unless it was shown just now.
     *
     * @param part 0 to 1
     * @param done things since the start
     */
    void show(double part, long done) {
        final long nowNanos = System.nanoTime();
        if (nowNanos - shownNanos < (isTerminal ? TERMINAL_INTERVAL_NANOS : LINE_INTERVAL_NANOS)) {
            return;
        }
        shownNanos = nowNanos;
        final double seconds = (nowNanos - startedNanos) / NANOS_PER_SECOND;
        final String text = String.format(
                Locale.ROOT,
                "%3.0f %%  %,d %s  %,.0f/s  %s left",
                part * 100,
                done,
                things,
                done / seconds,
                minutes(part == 0 ? 0 : seconds * (1 - part) / part));
        if (isTerminal) {
            final int filled = (int) (part * WIDTH);
            err.print("\r" + name + " [" + "#".repeat(filled) + " ".repeat(WIDTH - filled) + "] " + text + "\033[K");
        } else {
            err.println(name + ": " + text);
        }
        err.flush();
    }

    /** Takes the bar away. */
    void end() {
        if (isTerminal) {
            err.print("\r\033[K");
            err.flush();
        }
    }

    private static String minutes(double seconds) {
        return String.format(Locale.ROOT, "%d:%02d", (long) seconds / 60, (long) seconds % 60);
    }

    /** Java tells of the standard input and output only; where there is no {@code /proc}, lines are always right. */
    private static boolean isErrorStreamATerminal() {
        try {
            final String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException noProc) {
            return false;
        }
    }
}
