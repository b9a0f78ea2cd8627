package io.zandloper.protocol.client;

import static io.zandloper.protocol.client.ResponseDecoder.ofOrdinal;
import static io.zandloper.protocol.client.ResponseDecoder.text;

import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.OfferDecision;
import io.zandloper.protocol.schema.OfferExplanation;
import io.zandloper.protocol.schema.PlacementDecision;
import io.zandloper.protocol.schema.PlacementExplanation;
import java.util.ArrayList;
import java.util.List;

/** Makes a {@link Decision} of what lies in a verified body. */
final class DecisionReader {
    private static final Decision.Reason[] REASONS = Decision.Reason.values();
    private static final Decision.OfferStatus[] OFFER_STATUSES = Decision.OfferStatus.values();
    private static final Decision.ReasonCode[] REASON_CODES = Decision.ReasonCode.values();

    private DecisionReader() {}

    static Decision read(DecideResponse response) {
        final List<Decision.Placement> placements = new ArrayList<>(response.placementsLength());
        for (int i = 0; i < response.placementsLength(); i++) {
            placements.add(placement(response.placements(i)));
        }
        final List<Decision.Explanation> explain = new ArrayList<>(response.explainLength());
        for (int i = 0; i < response.explainLength(); i++) {
            explain.add(explanation(response.explain(i)));
        }
        return new Decision(
                text(response.decisionId()),
                response.profile(),
                ofOrdinal(REASONS, response.reason()),
                List.copyOf(placements),
                List.copyOf(explain),
                response.catalogVersion(),
                response.sequence(),
                response.tookNanos());
    }

    private static Decision.Placement placement(PlacementDecision placement) {
        final List<Decision.Offer> offers = new ArrayList<>(placement.offersLength());
        for (int i = 0; i < placement.offersLength(); i++) {
            final OfferDecision offer = placement.offers(i);
            offers.add(new Decision.Offer(
                    offer.id(),
                    offer.rank(),
                    offer.priority(),
                    offer.propensity(),
                    offer.value(),
                    offer.contextWeight(),
                    offer.lever(),
                    offer.fallback(),
                    offer.payload()));
        }
        return new Decision.Placement(placement.id(), List.copyOf(offers));
    }

    private static Decision.Explanation explanation(PlacementExplanation placement) {
        final List<Decision.OfferExplanation> offers = new ArrayList<>(placement.offersLength());
        for (int i = 0; i < placement.offersLength(); i++) {
            final OfferExplanation offer = placement.offers(i);
            final List<Decision.OfferReason> reasons = new ArrayList<>(offer.reasonsLength());
            for (int j = 0; j < offer.reasonsLength(); j++) {
                reasons.add(new Decision.OfferReason(
                        ofOrdinal(REASON_CODES, offer.reasons(j).code()),
                        text(offer.reasons(j).detail())));
            }
            offers.add(new Decision.OfferExplanation(
                    offer.id(),
                    ofOrdinal(OFFER_STATUSES, offer.status()),
                    offer.fallback(),
                    offer.priority(),
                    List.copyOf(reasons)));
        }
        return new Decision.Explanation(placement.id(), List.copyOf(offers));
    }
}
