package io.zandloper.server.wire;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Ids of decisions that no other event loop, server or run gives: a random half and a counted one. One thread. */
final class DecisionIds {
    private final String prefix;
    private long last;

    DecisionIds(RandomGenerator random) {
        this.prefix = HexFormat.of().toHexDigits(random.nextLong());
    }

    String next() {
        return prefix + HexFormat.of().toHexDigits(++last);
    }
}
