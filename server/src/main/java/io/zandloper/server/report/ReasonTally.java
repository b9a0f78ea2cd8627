package io.zandloper.server.report;

import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Status;
import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.decide.compiled.FirstReasons;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one thread counts of explanations: for each offer why it was not returned, by the first reason. */
final class ReasonTally implements FirstReasons.Listener {
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
            for (final ExplainedOffer offer : placement.offers()) {
                final boolean returned = offer.status() == Status.RETURNED;
                onOffer(
                        placement.id(),
                        offer.id(),
                        returned ? null : offer.reasons().get(0).code());
            }
        }
        onExplained();
    }

    @Override
    public void onOffer(String placement, String offer, @Nullable ReasonCode reason) {
        final int offerNumber = offers.number(offer);
        final int placementNumber = placements.number(placement);
        counts.add(offerNumber, placementNumber, 0, 1);
        if (reason != null) {
            counts.add(offerNumber, placementNumber, Column.REASONS - Column.EXPLAINED + reason.ordinal(), 1);
        }
    }

    /** All of one decision was told. */
    void onExplained() {
        EXPLAINED.setOpaque(this, explained + 1);
    }

    /** Any thread. */
    long explained() {
        return (long) EXPLAINED.getOpaque(this);
    }

    void addTo(Totals totals) {
        counts.addTo(totals, Column.EXPLAINED);
    }
}
