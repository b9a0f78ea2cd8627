package io.zandloper.benchmarks.measure;

import java.util.Arrays;

/**
 * Measures two things in turns, so that a machine that slows down or speeds up does so to both, and sees to it that
 * both give the answers they should.
 */
public final class Rounds {
    /**
     * What one run gave.
     *
     * @param value the measured number
     * @param checksum over all answers
     */
    public record Run(double value, long checksum) {}

    /** Runs once, always the same work. */
    public interface Subject {
        Run run();
    }

    private final int runs;

    /** @param runs that count, after one that does not */
    public Rounds(int runs) {
        this.runs = runs;
    }

    /** For two that answer the same questions: their checksums must be equal. */
    public Comparison compareEqual(
            String goal, String what, Subject ours, String against, Subject theirs, String unit) {
        return compare(goal, what, ours, against, theirs, unit, true);
    }

    /** For two whose answers differ in kind: each must only agree with itself. */
    public Comparison compare(String goal, String what, Subject ours, String against, Subject theirs, String unit) {
        return compare(goal, what, ours, against, theirs, unit, false);
    }

    private Comparison compare(
            String goal, String what, Subject ours, String against, Subject theirs, String unit, boolean equal) {
        final long oursExpected = ours.run().checksum();
        final long theirsExpected = theirs.run().checksum();
        if (equal && oursExpected != theirsExpected) {
            throw new IllegalStateException(what + " and " + against + " give different answers");
        }
        final double[] oursValues = new double[runs];
        final double[] theirsValues = new double[runs];
        for (int i = 0; i < runs; i++) {
            oursValues[i] = checked(what, ours.run(), oursExpected);
            theirsValues[i] = checked(against, theirs.run(), theirsExpected);
        }
        return of(goal, what, oursValues, against, theirsValues, unit);
    }

    /** The row for values that were measured in pairs, one of each at the same index. */
    public static Comparison of(
            String goal, String what, double[] oursValues, String against, double[] theirsValues, String unit) {
        final int runs = oursValues.length;
        final double[] ratios = new double[runs];
        for (int i = 0; i < runs; i++) {
            ratios[i] = oursValues[i] / theirsValues[i];
        }
        Arrays.sort(ratios);
        return new Comparison(
                goal,
                what,
                median(oursValues),
                against,
                median(theirsValues),
                median(ratios),
                ratios[0],
                ratios[runs - 1],
                unit,
                runs);
    }

    private static double checked(String name, Run run, long expected) {
        if (run.checksum() != expected) {
            throw new IllegalStateException(name + " does not give the same answers twice");
        }
        return run.value();
    }

    private static double median(double... values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
