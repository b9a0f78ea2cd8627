package io.zandloper.loadtest.load;

import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.loadtest.generate.Zipf;
import java.util.Locale;

/**
 * Who is asked about how often.
 *
 * @param exponent of Zipf's law; 0 for uniform
 */
public record KeyDistribution(double exponent) {
    public static final double ZIPF_EXPONENT_DEFAULT = 0.99;

    /** @param text {@code uniform}, {@code zipf} or {@code zipf:EXPONENT} */
    static KeyDistribution parse(String text) {
        if (text.equals("uniform")) {
            return new KeyDistribution(0);
        } else if (text.equals("zipf")) {
            return new KeyDistribution(ZIPF_EXPONENT_DEFAULT);
        } else if (text.startsWith("zipf:")) {
            try {
                final double exponent = Double.parseDouble(text.substring("zipf:".length()));
                if (exponent > 0 && exponent <= 10) {
                    return new KeyDistribution(exponent);
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(complaint(text), e);
            }
        }
        throw new IllegalArgumentException(complaint(text));
    }

    private static String complaint(String text) {
        return "must be uniform, zipf or zipf:EXPONENT with an exponent above 0 and at most 10: keys=" + text;
    }

    /**
     * Rows to ask about, from 0, drawn beforehand so that drawing costs nothing while measuring.
     *
     * @param rows how many there are
     */
    int[] draw(int rows, int count, long seed) {
        final CounterRandom random = new CounterRandom(seed, 0x4E5);
        final int[] drawn = new int[count];
        if (exponent == 0) {
            for (int i = 0; i < count; i++) {
                drawn[i] = random.nextInt(rows);
            }
            return drawn;
        }
        final Zipf zipf = new Zipf(rows, exponent);
        for (int i = 0; i < count; i++) {
            drawn[i] = scattered(zipf.next(random), rows);
        }
        return drawn;
    }

    /** Popular rows are no neighbours in life; a step that shares no factor with the number of rows keeps all apart. */
    private static int scattered(long rank, int rows) {
        long step = (long) (rows * 0.618_033_988_7) | 1;
        while (greatestCommonDivisor(step, rows) != 1) {
            step += 2;
        }
        return (int) (rank * step % rows);
    }

    private static long greatestCommonDivisor(long a, long b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    @Override
    public String toString() {
        return exponent == 0 ? "uniform" : String.format(Locale.ROOT, "zipf:%s", exponent);
    }
}
