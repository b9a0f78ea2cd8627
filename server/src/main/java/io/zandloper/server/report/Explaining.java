package io.zandloper.server.report;

import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.DecisionRequest;
import java.util.List;

/** Decides once more, as of a time, to learn why each offer was or was not returned. For one thread. */
public interface Explaining extends AutoCloseable {
    /**
     * @param atMicros as of when
     * @return empty where it cannot be explained any more, or would take too much
     * @throws io.zandloper.storage.profile.InvalidInputException where the catalog is another one by now and has not all
     *     that is asked for
     */
    List<ExplainedPlacement> explain(DecisionRequest request, long atMicros);

    /** It is not used again. */
    @Override
    void close();
}
