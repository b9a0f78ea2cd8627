package io.zandloper.server.report;

import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.DecisionLimits;
import io.zandloper.server.decide.DecisionRequest;
import io.zandloper.server.decision.Deciding;
import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import java.util.List;
import java.util.Objects;

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
    public List<ExplainedPlacement> explain(DecisionRequest request, long atMicros) {
        final DecisionRequest again = new DecisionRequest(
                request.identity(),
                request.document(),
                request.placements(),
                request.context(),
                true,
                atMicros,
                request.exclude());
        final View view = reader.enter();
        try {
            return DecisionLimits.canExplain(again, view.catalog().offers().size())
                    ? Objects.requireNonNull(
                            deciding.decide(again, view, atMicros).explanations())
                    : List.of();
        } finally {
            reader.leave();
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
