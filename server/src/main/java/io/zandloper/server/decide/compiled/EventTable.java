package io.zandloper.server.decide.compiled;

import java.util.Arrays;

/**
 * What one person has seen and done up to a time, by numbers of the catalog: filled once a decision, for caps and
 * suppressions to count in. A window of length {@code w} is ({@code at - w}, {@code at}]. One thread; it grows to the
 * longest history it has met and allocates nothing after that.
 */
final class EventTable {
    private static final int EVENTS_EXPECTED = 256;
    private static final int CHAINS = 128;
    private static final int END = -1;

    private long atMicros;
    private int count;
    private int[] types = new int[EVENTS_EXPECTED];
    private int[] offers = new int[EVENTS_EXPECTED];
    private int[] groups = new int[EVENTS_EXPECTED];
    private int[] products = new int[EVENTS_EXPECTED];
    private boolean[] inChannel = new boolean[EVENTS_EXPECTED];
    private long[] ageMicros = new long[EVENTS_EXPECTED];
    /** The next event whose offer, or group, falls into the same chain. */
    private int[] nextOfOffer = new int[EVENTS_EXPECTED];

    private int[] nextOfGroup = new int[EVENTS_EXPECTED];
    private final int[] firstOfOffer = new int[CHAINS];
    private final int[] firstOfGroup = new int[CHAINS];

    private int conversions;
    private int[] conversionProducts = new int[EVENTS_EXPECTED];
    private long[] conversionAgeMicros = new long[EVENTS_EXPECTED];

    void begin(long newAtMicros) {
        atMicros = newAtMicros;
        count = 0;
        conversions = 0;
        Arrays.fill(firstOfOffer, END);
        Arrays.fill(firstOfGroup, END);
    }

    /** Whether it happened by now and lately enough for any window of this length. */
    boolean isWithin(long eventMicros, long windowMicros) {
        final long elapsedMicros = atMicros - eventMicros;
        // A difference beyond a long comes out negative; no window is that long.
        return eventMicros <= atMicros && elapsedMicros >= 0 && elapsedMicros < windowMicros;
    }

    /**
     * Adds an event that is within the longest window. Numbers are {@link Names#UNKNOWN} for what no cap and no
     * suppression of the catalog asks for.
     */
    void add(int type, int offer, int group, int product, boolean ofChannel, long eventMicros) {
        if (count == types.length) {
            grow();
        }
        types[count] = type;
        offers[count] = offer;
        groups[count] = group;
        products[count] = product;
        inChannel[count] = ofChannel;
        ageMicros[count] = atMicros - eventMicros;
        if (offer >= 0) {
            nextOfOffer[count] = firstOfOffer[offer % CHAINS];
            firstOfOffer[offer % CHAINS] = count;
        }
        if (group >= 0) {
            nextOfGroup[count] = firstOfGroup[group % CHAINS];
            firstOfGroup[group % CHAINS] = count;
        }
        count++;
    }

    /** Adds the latest {@code convert} of a product, which outlives its event. */
    void addConversion(int product, long eventMicros) {
        if (conversions == conversionProducts.length) {
            conversionProducts = Arrays.copyOf(conversionProducts, 2 * conversions);
            conversionAgeMicros = Arrays.copyOf(conversionAgeMicros, 2 * conversions);
        }
        conversionProducts[conversions] = product;
        conversionAgeMicros[conversions] = atMicros - eventMicros;
        conversions++;
    }

    int countOfOffer(int type, int offer, long windowMicros) {
        int found = 0;
        for (int i = firstOfOffer[offer % CHAINS]; i != END; i = nextOfOffer[i]) {
            if (offers[i] == offer && types[i] == type && ageMicros[i] < windowMicros) {
                found++;
            }
        }
        return found;
    }

    /** The age of the newest of these; {@link Long#MAX_VALUE} where there is none. */
    long newestOfOfferMicros(int type, int offer) {
        long newest = Long.MAX_VALUE;
        for (int i = firstOfOffer[offer % CHAINS]; i != END; i = nextOfOffer[i]) {
            if (offers[i] == offer && types[i] == type) {
                newest = Math.min(newest, ageMicros[i]);
            }
        }
        return newest;
    }

    int countOfGroup(int type, int group, long windowMicros) {
        int found = 0;
        for (int i = group < 0 ? END : firstOfGroup[group % CHAINS]; i != END; i = nextOfGroup[i]) {
            if (groups[i] == group && types[i] == type && ageMicros[i] < windowMicros) {
                found++;
            }
        }
        return found;
    }

    int countInChannel(int type, long windowMicros) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (inChannel[i] && types[i] == type && ageMicros[i] < windowMicros) {
                found++;
            }
        }
        return found;
    }

    int countOfAll(int type, long windowMicros) {
        int found = 0;
        for (int i = 0; i < count; i++) {
            if (types[i] == type && ageMicros[i] < windowMicros) {
                found++;
            }
        }
        return found;
    }

    boolean isConverted(int product, int convertType, long windowMicros) {
        for (int i = 0; i < conversions; i++) {
            if (conversionProducts[i] == product && conversionAgeMicros[i] < windowMicros) {
                return true;
            }
        }
        for (int i = 0; i < count; i++) {
            if (products[i] == product && types[i] == convertType && ageMicros[i] < windowMicros) {
                return true;
            }
        }
        return false;
    }

    private void grow() {
        final int capacity = 2 * count;
        types = Arrays.copyOf(types, capacity);
        offers = Arrays.copyOf(offers, capacity);
        groups = Arrays.copyOf(groups, capacity);
        products = Arrays.copyOf(products, capacity);
        inChannel = Arrays.copyOf(inChannel, capacity);
        ageMicros = Arrays.copyOf(ageMicros, capacity);
        nextOfOffer = Arrays.copyOf(nextOfOffer, capacity);
        nextOfGroup = Arrays.copyOf(nextOfGroup, capacity);
    }
}
