package io.zandloper.server.report;

import io.zandloper.storage.ChangeObserver;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Event;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the writer counts of the events it keeps; one that it has seen before it does not tell of. */
final class EventTally implements ChangeObserver {
    private final Ids offers;
    private final Ids placements;
    private final HoldoutStudies studies;
    private final Predicate<String> isOffer;
    private final Predicate<String> isPlacement;
    private final PairCounts counts = new PairCounts(Column.EVENT_COLUMNS, ReportLimits.PAIRS_MAX);

    /**
     * @param isOffer whether the catalog in force has an offer
     * @param isPlacement likewise
     */
    EventTally(
            Ids offers,
            Ids placements,
            HoldoutStudies studies,
            Predicate<String> isOffer,
            Predicate<String> isPlacement) {
        this.offers = offers;
        this.placements = placements;
        this.studies = studies;
        this.isOffer = isOffer;
        this.isPlacement = isPlacement;
    }

    @Override
    public void onEvent(RecordEvent event, int ordinal) {
        final int column = column(event.type());
        if (column < 0) {
            return;
        }
        if (column == Column.CONVERTED) {
            final HoldoutStudy study = studies.current();
            if (study != null) {
                study.onConversion(ordinal, event.atMicros());
            }
        }
        if (event.offer() != null) {
            counts.add(
                    number(offers, event.offer(), isOffer),
                    number(placements, event.placement(), isPlacement),
                    column - Column.SHOWN,
                    1);
        }
    }

    @Override
    public void onNew(int ordinal) {
        onGone(ordinal);
    }

    @Override
    public void onGone(int ordinal) {
        final HoldoutStudy study = studies.current();
        if (study != null) {
            study.forget(ordinal);
        }
    }

    @Override
    public void onLinked(int ordinal, int gone) {
        final HoldoutStudy study = studies.current();
        if (study != null) {
            study.unite(ordinal, gone);
        }
    }

    @Override
    public void onReplaced() {
        studies.beginAnew();
    }

    /** Any thread. */
    void addTo(Totals totals) {
        counts.addTo(totals, Column.SHOWN);
    }

    private static int column(String type) {
        return switch (type) {
            case Event.IMPRESSION -> Column.SHOWN;
            case Event.CLICK -> Column.CLICKED;
            case Event.CONVERT -> Column.CONVERTED;
            case Event.REJECT -> Column.REJECTED;
            default -> -1;
        };
    }

    private static int number(Ids ids, @Nullable String id, Predicate<String> isKnown) {
        if (id == null) {
            return Ids.NONE;
        }
        return isKnown.test(id) ? ids.number(id) : ids.numberOfUnknown(id);
    }
}
