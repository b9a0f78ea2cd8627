package io.zandloper.server.report;

import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.compiled.FirstReasons;

/** Decides once more, as of a time, to learn which offers were not returned, and the first reason of each. For one thread. */
public interface Explaining extends AutoCloseable {
    /**
     * @param atMicros as of when
     * @param listening told of every offer of the catalog, in each placement
     * @return false where it would take too much, and nobody was told
     * @throws io.zandloper.storage.profile.InvalidInputException where the catalog is another one by now and has not all
     *     that is asked for
     */
    boolean explain(DecisionRequest request, long atMicros, FirstReasons.Listener listening);

    /** It is not used again. */
    @Override
    void close();
}
