package io.zandloper.server.decide;

import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.profile.Identity;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import net.openhft.hashing.LongHashFunction;

/** Who is in the universal holdout, which is shown nothing but fallbacks. */
final class Holdouts {
    /** Hundredths of a percent. */
    private static final int BUCKETS = 10_000;

    private static final LongHashFunction XXH64_SEED_0 = LongHashFunction.xx();

    private Holdouts() {}

    /**
     * The percentage counts as it is written in decimals: 0.07 are 7 buckets, although the double product is a little
     * more than 7.
     */
    static boolean contains(Holdout holdout, Identity primary) {
        final BigDecimal bucketsHeldOut = BigDecimal.valueOf(holdout.percent()).movePointRight(2);
        return BigDecimal.valueOf(bucket(holdout.salt(), primary)).compareTo(bucketsHeldOut) < 0;
    }

    static long bucket(String salt, Identity primary) {
        final byte[] utf8 = (salt + ":" + primary.text()).getBytes(StandardCharsets.UTF_8);
        return Long.remainderUnsigned(XXH64_SEED_0.hashBytes(utf8), BUCKETS);
    }
}
