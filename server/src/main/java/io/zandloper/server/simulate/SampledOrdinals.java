package io.zandloper.server.simulate;

import java.util.SplittableRandom;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/**
 * So many out of a set of profiles, each as likely as any other, in the order of the set: Knuth's selection sampling
 * (algorithm S). One thread.
 */
public final class SampledOrdinals {
    private final PeekableIntIterator ordinals;
    private final SplittableRandom random;
    private final int size;
    private int unseen;
    private int wanted;

    /**
     * @param all not to be changed while this is used
     * @param wanted how many; all where there are fewer
     */
    public SampledOrdinals(RoaringBitmap all, int wanted, long seed) {
        this.ordinals = all.getIntIterator();
        this.random = new SplittableRandom(seed);
        this.unseen = all.getCardinality();
        this.size = Math.min(wanted, unseen);
        this.wanted = size;
    }

    public int size() {
        return size;
    }

    public boolean hasNext() {
        return wanted > 0;
    }

    public int next() {
        while (true) {
            final int ordinal = ordinals.next();
            final boolean isChosen = random.nextInt(unseen) < wanted;
            unseen--;
            if (isChosen) {
                wanted--;
                return ordinal;
            }
        }
    }
}
