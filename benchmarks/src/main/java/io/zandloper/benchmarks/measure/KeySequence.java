package io.zandloper.benchmarks.measure;

import io.zandloper.loadtest.generate.CounterRandom;
import io.zandloper.loadtest.generate.Zipf;

/** In which order profiles are asked about; the same each time. Immutable but for what is drawn from it. */
public final class KeySequence {
    private static final double ZIPF_EXPONENT = 0.99;
    /** Drawn beforehand, because drawing takes longer than a look-up; few enough to stay in the cache. */
    private static final int ZIPF_DRAWS_LOG2 = 18;

    private static final int[] NO_DRAWS = {};

    private final String name;
    private final long profiles;
    private final int[] draws;

    private KeySequence(String name, long profiles, int... draws) {
        this.name = name;
        this.profiles = profiles;
        this.draws = draws;
    }

    /** Each profile as often as any other. */
    public static KeySequence uniform(long profiles) {
        return new KeySequence("uniform keys", profiles, NO_DRAWS);
    }

    /** A few profiles often and most of them rarely; the popular ones lie anywhere. */
    public static KeySequence zipf(int profiles) {
        final Zipf zipf = new Zipf(profiles, ZIPF_EXPONENT);
        final CounterRandom random = new CounterRandom(1, 0x21F);
        final int[] draws = new int[1 << ZIPF_DRAWS_LOG2];
        for (int i = 0; i < draws.length; i++) {
            draws[i] = (int) Math.unsignedMultiplyHigh(mixed(zipf.next(random)), profiles);
        }
        return new KeySequence("Zipf 0.99 keys", profiles, draws);
    }

    @Override
    public String toString() {
        return name;
    }

    /** A number that cannot be known before {@code answers} is. */
    public static long next(long number, long answers) {
        return mixed(number * 0x9E37_79B9_7F4A_7C15L + answers);
    }

    /** The row that a random number means. */
    public long row(long random) {
        return draws.length == 0
                ? Math.unsignedMultiplyHigh(random, profiles)
                : draws[(int) (random >>> (Long.SIZE - ZIPF_DRAWS_LOG2))];
    }

    /** The finalizer of SplitMix64: each bit depends on all. */
    public static long mixed(long number) {
        long z = (number ^ (number >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
