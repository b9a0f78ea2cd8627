package io.zandloper.loadtest.dialect;

import java.util.Locale;

/** Which dialects there are. */
public enum Protocol {
    ZANDLOPER,
    /** Redis's: values are got by key, a batch is a pipeline of such requests, a profile is a hash. */
    RESP,
    /** The text protocol: values are got by key, those of a batch by many keys in one request. */
    MEMCACHED,
    /** Frames of our own that come back as they are: what a round trip costs at the least. */
    ECHO;

    /** @param identityBytesMax of the longest identity that will be asked about */
    public Dialect newDialect(Questions questions, int identityBytesMax) {
        return switch (this) {
            case ZANDLOPER -> new ZandloperDialect(questions, identityBytesMax);
            case RESP -> new RespDialect(questions, identityBytesMax);
            case MEMCACHED -> new MemcachedDialect(questions, identityBytesMax);
            case ECHO -> new EchoDialect(questions, identityBytesMax);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
