package io.zandloper.server.report;

import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.catalog.Catalog;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop counts of the decisions it makes. Its thread alone counts; once it has met the offers it returns, it
 * allocates nothing. Only a decision that is to be explained once more has its request made on the heap.
 */
public final class DecisionTally implements DecisionListener {
    private static final int NOT_ASKED = -1;
    private static final VarHandle DECISIONS;
    private static final VarHandle WHAT_IFS;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            DECISIONS = lookup.findVarHandle(DecisionTally.class, "decisions", long.class);
            WHAT_IFS = lookup.findVarHandle(DecisionTally.class, "whatIfs", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Ids offers;
    private final Ids placements;
    private final HoldoutStudies studies;
    private final ReasonSampler sampler;
    private final SampleRing samples;
    private final PairCounts counts = new PairCounts(Column.DECISION_COLUMNS, ReportLimits.PAIRS_MAX);
    private final ReasonTally reasons;

    @SuppressWarnings("FieldMayBeFinal") // written through its handle
    private long decisions;

    @SuppressWarnings("FieldMayBeFinal") // written through its handle
    private long whatIfs;

    private Catalog catalog = Catalog.EMPTY;
    /** Of the catalog's offers, by their place in it; {@link #NOT_ASKED} before it was met. */
    private int[] offerNumbers = new int[0];

    private @Nullable HoldoutStudy study;

    DecisionTally(Ids offers, Ids placements, HoldoutStudies studies, ReasonSampler sampler) {
        this.offers = offers;
        this.placements = placements;
        this.studies = studies;
        this.sampler = sampler;
        this.samples = sampler.newRing();
        this.reasons = new ReasonTally(offers, placements);
    }

    /**
     * Counts a decision. One for another time than now, or for a profile document, is a what-if: nobody is shown what it
     * returned, and only that it was made is counted.
     */
    @Override
    public void onDecision(ServedDecision decision) {
        if (decision.isWhatIf()) {
            WHAT_IFS.setOpaque(this, whatIfs + 1);
            return;
        }
        followCatalog(decision.catalog());
        DECISIONS.setOpaque(this, decisions + 1);
        countOffers(decision.outcome());
        final HoldoutStudy present = study;
        if (present != null && decision.isForStored()) {
            present.onDecision(decision.ordinal(), decision.outcome().reason() == Reason.SPLIT);
        }
        final List<ExplainedPlacement> explanations = decision.explanations();
        if (explanations != null) {
            reasons.count(explanations);
        } else if (sampler.isOpen() && samples.hasRoom()) {
            samples.offer(decision.request(), decision.atMicros());
        }
    }

    @SuppressWarnings("ReferenceEquality") // another catalog is another object
    private void followCatalog(Catalog decidedBy) {
        if (catalog != decidedBy) {
            catalog = decidedBy;
            offerNumbers = new int[decidedBy.offers().size()];
            Arrays.fill(offerNumbers, NOT_ASKED);
            study = studies.of(decidedBy);
        }
    }

    private void countOffers(CompiledDecision outcome) {
        for (int placement = 0; placement < outcome.placementCount(); placement++) {
            final int start = outcome.start(placement);
            final int end = outcome.end(placement);
            final int number = start == end ? Ids.NONE : placements.number(outcome.placementId(placement));
            for (int index = start; index < end; index++) {
                final int offer = offerNumber(outcome.offer(index));
                counts.add(offer, number, Column.DECIDED, 1);
                if (outcome.isFallback(index)) {
                    counts.add(offer, number, Column.FALLBACK, 1);
                }
            }
        }
    }

    private int offerNumber(int place) {
        final int known = offerNumbers[place];
        if (known != NOT_ASKED) {
            return known;
        }
        final int number = offers.number(catalog.offers().get(place).id());
        offerNumbers[place] = number;
        return number;
    }

    /** Any thread, as all below. */
    long decisions() {
        return (long) DECISIONS.getOpaque(this);
    }

    long whatIfs() {
        return (long) WHAT_IFS.getOpaque(this);
    }

    long explained() {
        return reasons.explained();
    }

    void addTo(Totals totals) {
        counts.addTo(totals, Column.DECIDED);
        reasons.addTo(totals);
    }
}
