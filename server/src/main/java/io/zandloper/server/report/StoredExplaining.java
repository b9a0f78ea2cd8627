package io.zandloper.server.report;

import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decide.compiled.FirstReasons;
import io.zandloper.server.decision.Deciding;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;

/**
 * Explains by what is stored now: the profile as it is by now, at the time of the decision. An event that came after it
 * changes nothing, for it is of a later time.
 */
public final class StoredExplaining implements Explaining {
    private final StorageReader reader;
    private final Deciding deciding;

    /**
     * @param reader is closed with this
     * @param deciding that nobody listens to
     */
    public StoredExplaining(StorageReader reader, Deciding deciding) {
        this.reader = reader;
        this.deciding = deciding;
    }

    @Override
    public boolean explain(DecisionRequest request, long atMicros, FirstReasons.Listener listening) {
        final View view = reader.enter();
        try {
            final long offers = view.catalog().offers().size();
            if (request.placements().size() * offers > DecisionLimits.EXPLAINED_OFFERS_MAX) {
                return false;
            }
            deciding.tellReasons(request, view, atMicros, listening);
            return true;
        } finally {
            reader.leave();
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
