package io.zandloper.server.cli;

import java.util.Locale;

/** Lengths for people. */
final class Sizes {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;

    private Sizes() {}

    /** Such as {@code 512 bytes} or {@code 1.5 GiB}. */
    static String of(long bytes) {
        if (bytes < STEP) {
            return bytes + " bytes";
        }
        double size = (double) bytes / STEP;
        int unit = 0;
        while (size >= STEP && unit < UNITS.length - 1) {
            size /= STEP;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }
}
