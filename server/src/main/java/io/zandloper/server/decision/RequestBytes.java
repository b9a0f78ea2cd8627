package io.zandloper.server.decision;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.compiled.CompiledCatalog;
import io.zandloper.server.decide.compiled.CompiledRequest;

/** A request that lies in bytes, and is decided without making objects of it. One thread's. */
public interface RequestBytes {
    /**
     * Reads it.
     *
     * @return whether it is a usual one: all in it is right, it names the present, stored profiles or nobody, and asks for
     *     no explanation. Where it is not, {@link #toRequest} tells what it asks for, or what is wrong with it
     */
    boolean readInto(CompiledRequest request, CompiledCatalog catalog, long nowMicros);

    /** Holds the identity, canonical, in UTF-8 from index 0. */
    byte[] identity();

    /** 0 for an anonymous visitor. */
    int identityLengthBytes();

    /** The same on the heap. */
    DecisionRequest toRequest();
}
