package io.zandloper.server.report;

import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Status;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/** What one thread counts of explanations: for each offer why it was not returned, by the first reason. */
final class ReasonTally {
    private static final VarHandle EXPLAINED;

    static {
        try {
            EXPLAINED = MethodHandles.lookup().findVarHandle(ReasonTally.class, "explained", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Ids offers;
    private final Ids placements;
    private final PairCounts counts = new PairCounts(Column.REASON_COLUMNS, ReportLimits.REASON_PAIRS_MAX);

    @SuppressWarnings("FieldMayBeFinal") // written through its handle
    private long explained;

    ReasonTally(Ids offers, Ids placements) {
        this.offers = offers;
        this.placements = placements;
    }

    /** @param explanations of one decision */
    void count(List<ExplainedPlacement> explanations) {
        for (final ExplainedPlacement placement : explanations) {
            final int number = placements.number(placement.id());
            for (final ExplainedOffer offer : placement.offers()) {
                count(offers.number(offer.id()), number, offer);
            }
        }
        EXPLAINED.setOpaque(this, explained + 1);
    }

    private void count(int offer, int placement, ExplainedOffer explanation) {
        counts.add(offer, placement, 0, 1);
        if (explanation.status() != Status.RETURNED) {
            final Decision.Rejection first = explanation.reasons().get(0);
            counts.add(
                    offer,
                    placement,
                    Column.REASONS - Column.EXPLAINED + first.code().ordinal(),
                    1);
        }
    }

    /** Any thread. */
    long explained() {
        return (long) EXPLAINED.getOpaque(this);
    }

    void addTo(Totals totals) {
        counts.addTo(totals, Column.EXPLAINED);
    }
}
