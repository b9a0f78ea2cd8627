package io.zandloper.loadtest.report;

import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far a long task is: on a terminal a bar that is drawn over itself, elsewhere a line each time a tenth more is
 * done. For one thread.
 */
public final class ProgressLine {
    private static final int BAR_WIDTH = 30;
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final int LINES = 10;
    /** What an earlier, longer line left behind it. */
    private static final String ERASE_REST = "\u001b[K";

    private final PrintWriter out;
    private final String title;
    private final long total;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private final long startNanos;
    private long lastNanos;
    private long done;
    private long tenthsShown;
    private boolean finished;

    ProgressLine(PrintWriter out, String title, long total, boolean terminal, LongSupplier nanoClock) {
        this.out = out;
        this.title = title;
        this.total = total;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.lastNanos = startNanos - REDRAW_NANOS;
    }

    /** For a task of {@code total} steps whose time begins now. */
    public static ProgressLine onConsole(PrintWriter out, String title, long total) {
        return new ProgressLine(out, title, total, isTerminal(), System::nanoTime);
    }

    /** Whether what we print is read by a person as it comes. */
    @SuppressWarnings("SystemConsoleNull") // JDK 25 gives null again where the output is no terminal (JDK-8351435)
    public static boolean isTerminal() {
        final Console console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** @param stepsDone since the beginning */
    public void update(long stepsDone) {
        done = stepsDone;
        if (finished) {
            return;
        }
        final long now = nanoClock.getAsLong();
        if (terminal) {
            if (now - lastNanos >= REDRAW_NANOS) {
                lastNanos = now;
                out.print('\r' + line(now) + ERASE_REST);
                out.flush();
            }
        } else if (total > 0 && done * LINES / total > tenthsShown) {
            tenthsShown = done * LINES / total;
            out.println(line(now));
            out.flush();
        }
    }

    /** Shows the end and goes to the next line; later calls change nothing. */
    public void finish() {
        if (finished) {
            return;
        }
        finished = true;
        if (terminal) {
            out.println('\r' + line(nanoClock.getAsLong()) + ERASE_REST);
        } else if (tenthsShown < LINES) {
            out.println(line(nanoClock.getAsLong()));
        }
        out.flush();
    }

    private String line(long now) {
        final double share = total == 0 ? 1 : Math.min(1, (double) done / total);
        final double seconds = Math.max(1e-3, (now - startNanos) / 1e9);
        final int filled = (int) (share * BAR_WIDTH);
        final String bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
        return String.format(
                Locale.ROOT,
                "%s [%s] %3d %%  %,d of %,d  %,.0f/s",
                title,
                bar,
                (int) (share * 100),
                done,
                total,
                done / seconds);
    }
}
