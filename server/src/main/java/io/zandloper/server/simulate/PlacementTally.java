package io.zandloper.server.simulate;

import io.zandloper.server.decide.ReasonCode;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decide.compiled.FirstReasons;
import io.zandloper.server.simulate.SimulationReport.Both;
import io.zandloper.server.simulate.SimulationReport.OfferReport;
import io.zandloper.server.simulate.SimulationReport.PlacementReport;
import io.zandloper.server.simulate.SimulationReport.ReasonCount;
import io.zandloper.storage.catalog.Catalog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what the two catalogs return in one placement, in a row for each offer that either may show there. One thread. */
final class PlacementTally {
    private static final int NONE = -1;
    private static final ReasonCode[] CODES = ReasonCode.values();

    private final String id;
    private final Asked current;
    private final Asked candidate;
    /** By its place in request and decision; {@link #NONE} where the catalog does not have it. */
    private final int currentIndex;

    private final int candidateIndex;
    private final List<String> offers;
    /** The row of an offer, by its number in the catalog. */
    private final int[] currentRows;

    private final int[] candidateRows;

    private final int[] currentReturned;
    private final int[] currentFallback;
    private final int[] candidateReturned;
    private final int[] candidateFallback;
    private final int[] kept;
    private final int[] reasons;
    private int currentWithNothing;
    private int candidateWithNothing;
    private int different;

    /** The last profile that an offer was returned to, counted from 1. */
    private final int[] currentReturnedTo;

    private final int[] candidateReturnedTo;
    private int profiles;

    PlacementTally(String id, Side currentSide, Side candidateSide, Asked current, Asked candidate) {
        this.id = id;
        this.current = current;
        this.candidate = candidate;
        this.currentIndex = current.indexOf(id);
        this.candidateIndex = candidate.indexOf(id);
        final Map<String, Integer> rows = new TreeMap<>();
        addOffers(currentSide.catalog(), currentIndex, rows);
        addOffers(candidateSide.catalog(), candidateIndex, rows);
        this.offers = new ArrayList<>(rows.keySet());
        for (int row = 0; row < offers.size(); row++) {
            rows.put(offers.get(row), row);
        }
        this.currentRows = rowsOf(currentSide.catalog(), currentIndex, rows);
        this.candidateRows = rowsOf(candidateSide.catalog(), candidateIndex, rows);
        final int count = offers.size();
        this.currentReturned = new int[count];
        this.currentFallback = new int[count];
        this.candidateReturned = new int[count];
        this.candidateFallback = new int[count];
        this.kept = new int[count];
        this.reasons = new int[count * CODES.length];
        this.currentReturnedTo = new int[count];
        this.candidateReturnedTo = new int[count];
    }

    private void addOffers(Catalog catalog, int index, Map<String, Integer> rows) {
        for (final Catalog.Offer offer : catalog.offers()) {
            if (mayShow(offer, index)) {
                rows.put(offer.id(), NONE);
            }
        }
    }

    private int[] rowsOf(Catalog catalog, int index, Map<String, Integer> rows) {
        return catalog.offers().stream()
                .mapToInt(offer -> mayShow(offer, index) ? rows.getOrDefault(offer.id(), NONE) : NONE)
                .toArray();
    }

    private boolean mayShow(Catalog.Offer offer, int index) {
        final List<String> placements = offer.document().placements();
        return index != NONE && (placements == null || placements.contains(id));
    }

    /** Offers that are counted. */
    int rows() {
        return offers.size();
    }

    /** Counts the decisions that were made last; whether they differ. */
    boolean add(FirstReasons why) {
        profiles++;
        countCurrent();
        final boolean isDifferent = countCandidate();
        different += isDifferent ? 1 : 0;
        if (candidateIndex != NONE) {
            countReasons(why);
        }
        return isDifferent;
    }

    private void countCurrent() {
        final CompiledDecision decision = current.decision();
        final int start = start(decision, currentIndex);
        final int end = end(decision, currentIndex);
        for (int index = start; index < end; index++) {
            final int row = currentRows[decision.offer(index)];
            currentReturned[row]++;
            currentFallback[row] += decision.isFallback(index) ? 1 : 0;
            currentReturnedTo[row] = profiles;
        }
        currentWithNothing += start == end ? 1 : 0;
    }

    private boolean countCandidate() {
        final CompiledDecision decision = candidate.decision();
        final int start = start(decision, candidateIndex);
        final int end = end(decision, candidateIndex);
        final int currentStart = start(current.decision(), currentIndex);
        boolean isDifferent = end - start != end(current.decision(), currentIndex) - currentStart;
        for (int index = start; index < end; index++) {
            final int row = candidateRows[decision.offer(index)];
            candidateReturned[row]++;
            candidateFallback[row] += decision.isFallback(index) ? 1 : 0;
            kept[row] += currentReturnedTo[row] == profiles ? 1 : 0;
            candidateReturnedTo[row] = profiles;
            isDifferent = isDifferent || currentRows[current.decision().offer(currentStart + index - start)] != row;
        }
        candidateWithNothing += start == end ? 1 : 0;
        return isDifferent;
    }

    private void countReasons(FirstReasons why) {
        for (int offer = 0; offer < candidateRows.length; offer++) {
            final int row = candidateRows[offer];
            if (row != NONE && candidateReturnedTo[row] != profiles) {
                reasons[row * CODES.length + why.of(offer, candidateIndex).ordinal()]++;
            }
        }
    }

    private static int start(CompiledDecision decision, int index) {
        return index == NONE ? 0 : decision.start(index);
    }

    private static int end(CompiledDecision decision, int index) {
        return index == NONE ? 0 : decision.end(index);
    }

    PlacementReport report() {
        final List<OfferReport> reports = new ArrayList<>();
        for (int row = 0; row < offers.size(); row++) {
            reports.add(new OfferReport(
                    offers.get(row),
                    new Both(currentReturned[row], candidateReturned[row]),
                    new Both(currentFallback[row], candidateFallback[row]),
                    candidateReturned[row] - kept[row],
                    currentReturned[row] - kept[row],
                    reasonsOf(row)));
        }
        return new PlacementReport(id, new Both(currentWithNothing, candidateWithNothing), different, reports);
    }

    private List<ReasonCount> reasonsOf(int row) {
        final List<ReasonCount> counted = new ArrayList<>();
        for (final ReasonCode code : CODES) {
            final int count = reasons[row * CODES.length + code.ordinal()];
            if (count > 0) {
                counted.add(new ReasonCount(code, count));
            }
        }
        counted.sort(Comparator.comparingInt(ReasonCount::profiles).reversed());
        return counted;
    }
}
