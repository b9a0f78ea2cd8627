package io.zandloper.server.decide.compiled;

import java.util.Arrays;

/** A person's scores of the catalog's offers. One thread; allocates only to grow. */
final class Scores {
    private static final int EXPECTED = 64;

    private int count;
    private int[] offers = new int[EXPECTED];
    private double[] scores = new double[EXPECTED];

    void clear() {
        count = 0;
    }

    /** @param offer its place among the catalog's offers */
    void add(int offer, double score) {
        if (count == offers.length) {
            offers = Arrays.copyOf(offers, 2 * count);
            scores = Arrays.copyOf(scores, 2 * count);
        }
        offers[count] = offer;
        scores[count] = score;
        count++;
    }

    int count() {
        return count;
    }

    int offer(int index) {
        return offers[index];
    }

    double score(int index) {
        return scores[index];
    }
}
