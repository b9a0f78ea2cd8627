package io.zandloper.loadtest.generate;

/**
 * Random numbers by counting: the n-th number of a stream is a mix (SplitMix64, Steele, Lea and Flood, "Fast Splittable
 * Pseudorandom Number Generators", 2014) of the stream's key and n. A stream is named by (seed, domain, index), so row
 * one million costs as little as row one, and a number more in one row moves no other row.
 *
 * <p>All arithmetic is integer or {@link StrictMath}: the same on every JVM. For one thread; allocates nothing.
 */
public final class CounterRandom {
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
    private static final double TWO_TO_MINUS_53 = 0x1.0p-53;

    private final long domainKey;
    private long key;
    private long counter;

    /** @param domain keeps streams for different things apart; any constant of the caller's */
    public CounterRandom(long seed, long domain) {
        this.domainKey = mix(mix(seed) + domain * GOLDEN);
        seek(0);
    }

    /** Goes to the beginning of the stream of {@code index}. */
    public void seek(long index) {
        key = mix(domainKey ^ mix(index + GOLDEN));
        counter = 0;
    }

    public long nextLong() {
        return mix(key + ++counter * GOLDEN);
    }

    /** 0 to {@code bound} − 1. The bias of at most {@code bound}/2^64 is accepted. */
    public long nextLong(long bound) {
        return Math.unsignedMultiplyHigh(nextLong(), bound);
    }

    /** As {@link #nextLong(long)}. */
    public int nextInt(int bound) {
        return (int) nextLong(bound);
    }

    /** From 0 up to and without 1. */
    public double nextDouble() {
        return (nextLong() >>> 11) * TWO_TO_MINUS_53;
    }

    public boolean chance(double probability) {
        return nextDouble() < probability;
    }

    /** Mean 0, deviation 1; Box and Muller's method without its second number, so that a draw is two steps, always. */
    public double nextGaussian() {
        final double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * nextDouble());
    }

    /** One of the values. */
    String pick(String... values) {
        return values[nextInt(values.length)];
    }

    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }
}
