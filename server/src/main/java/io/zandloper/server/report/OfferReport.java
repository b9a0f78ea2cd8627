package io.zandloper.server.report;

import io.zandloper.server.decide.ReasonCode;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was counted up to a moment.
 *
 * @param sinceMicros when counting began
 * @param decisions that were counted; what-ifs are not among them
 * @param explained those of them of which the reasons were counted
 * @param whatIfs decisions for another time than now or for a profile document, which count nowhere else
 * @param rows by offer, then placement; of those of which anything was counted
 * @param other what is counted together because there are too many offers and placements; null where that is nothing
 * @param holdout null where there is none
 */
public record OfferReport(
        long sinceMicros,
        long decisions,
        long explained,
        long whatIfs,
        List<Row> rows,
        @Nullable Row other,
        @Nullable HoldoutComparison holdout) {
    static final Comparator<Row> ORDER = Comparator.comparing(Row::offerOrEmpty).thenComparing(Row::placementOrEmpty);

    /**
     * One offer in one placement.
     *
     * @param offer its id; null for what is counted together
     * @param placement its id; null for events that name none, and for what is counted together
     * @param counts as {@link Column} says; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody; never changed once it is here
    public record Row(@Nullable String offer, @Nullable String placement, long[] counts) {
        /** Decisions that returned the offer there, as a fallback or not. */
        public long decided() {
            return counts[Column.DECIDED];
        }

        /** Those of them in which it was a fallback. */
        public long fallback() {
            return counts[Column.FALLBACK];
        }

        /** Events of type {@code impression}. */
        public long shown() {
            return counts[Column.SHOWN];
        }

        /** Events of type {@code click}. */
        public long clicked() {
            return counts[Column.CLICKED];
        }

        /** Events of type {@code convert}. */
        public long converted() {
            return counts[Column.CONVERTED];
        }

        /** Events of type {@code reject}. */
        public long rejected() {
            return counts[Column.REJECTED];
        }

        /** Decisions for the placement of which it was counted why they did or did not return the offer. */
        public long explained() {
            return counts[Column.EXPLAINED];
        }

        /** Explained decisions that did not return the offer, and had this for their first reason. */
        public long reason(ReasonCode code) {
            return counts[Column.REASONS + code.ordinal()];
        }

        private String offerOrEmpty() {
            return offer == null ? "" : offer;
        }

        private String placementOrEmpty() {
            return placement == null ? "" : placement;
        }
    }
}
