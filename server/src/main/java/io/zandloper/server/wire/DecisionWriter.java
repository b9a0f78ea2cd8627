package io.zandloper.server.wire;

import com.google.flatbuffers.FlatBufferBuilder;
import io.zandloper.protocol.ProtocolLimits;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.OfferDecision;
import io.zandloper.protocol.schema.OfferExplanation;
import io.zandloper.protocol.schema.PlacementDecision;
import io.zandloper.protocol.schema.PlacementExplanation;
import io.zandloper.protocol.schema.Reason;
import io.zandloper.server.decide.Decision;
import io.zandloper.server.decide.Decision.ChosenOffer;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Factors;
import io.zandloper.server.decide.Decision.FilledPlacement;
import io.zandloper.server.decide.Decision.Rejection;
import java.util.List;

/**
 * Writes a decision into a body. The enumerations of the schema have the order of those of the decision, which a test
 * holds them to.
 */
final class DecisionWriter {
    private final FlatBufferBuilder builder;

    private DecisionWriter(FlatBufferBuilder builder) {
        this.builder = builder;
    }

    /**
     * Gives the root's offset.
     *
     * @throws RequestException as soon as the body is longer than an answer may be
     */
    static int write(FlatBufferBuilder builder, Decision decision, String decisionId, long sequence, long tookNanos) {
        final DecisionWriter writer = new DecisionWriter(builder);
        final int explain = decision.explanations() == null ? 0 : writer.explanations(decision.explanations());
        final int placements = writer.placements(decision.placements());
        final int profile = decision.profile() == null ? 0 : builder.createString(decision.profile());
        final int id = builder.createString(decisionId);
        return DecideResponse.createDecideResponse(
                builder,
                id,
                profile,
                decision.reason().ordinal(),
                placements,
                explain,
                decision.catalogVersion(),
                sequence,
                tookNanos);
    }

    private int placements(List<FilledPlacement> placements) {
        final int[] offsets = new int[placements.size()];
        for (int i = 0; i < offsets.length; i++) {
            final FilledPlacement placement = placements.get(i);
            final int[] offers = new int[placement.offers().size()];
            for (int j = 0; j < offers.length; j++) {
                offers[j] = offer(placement.offers().get(j));
            }
            final int offersOffset = PlacementDecision.createOffersVector(builder, offers);
            final int id = builder.createString(placement.id());
            offsets[i] = PlacementDecision.createPlacementDecision(builder, id, offersOffset);
        }
        return DecideResponse.createPlacementsVector(builder, offsets);
    }

    private int offer(ChosenOffer offer) {
        checkLength();
        final int payload = offer.payload() == null ? 0 : builder.createString(offer.payload());
        final int id = builder.createString(offer.id());
        final Factors factors = offer.factors();
        OfferDecision.startOfferDecision(builder);
        if (factors != null) {
            OfferDecision.addPriority(builder, factors.priority());
            OfferDecision.addPropensity(builder, factors.propensity());
            OfferDecision.addValue(builder, factors.value());
            OfferDecision.addContextWeight(builder, factors.contextWeight());
            OfferDecision.addLever(builder, factors.lever());
        }
        OfferDecision.addId(builder, id);
        OfferDecision.addPayload(builder, payload);
        OfferDecision.addRank(builder, offer.rank());
        OfferDecision.addFallback(builder, offer.isFallback());
        return OfferDecision.endOfferDecision(builder);
    }

    private int explanations(List<ExplainedPlacement> placements) {
        final int[] offsets = new int[placements.size()];
        for (int i = 0; i < offsets.length; i++) {
            final ExplainedPlacement placement = placements.get(i);
            final int[] offers = new int[placement.offers().size()];
            for (int j = 0; j < offers.length; j++) {
                offers[j] = explained(placement.offers().get(j));
            }
            final int offersOffset = PlacementExplanation.createOffersVector(builder, offers);
            final int id = builder.createString(placement.id());
            offsets[i] = PlacementExplanation.createPlacementExplanation(builder, id, offersOffset);
        }
        return DecideResponse.createExplainVector(builder, offsets);
    }

    private int explained(ExplainedOffer offer) {
        checkLength();
        final int[] reasons = new int[offer.reasons().size()];
        for (int i = 0; i < reasons.length; i++) {
            final Rejection rejection = offer.reasons().get(i);
            reasons[i] =
                    Reason.createReason(builder, rejection.code().ordinal(), builder.createString(rejection.detail()));
        }
        final int reasonsOffset = OfferExplanation.createReasonsVector(builder, reasons);
        final int id = builder.createString(offer.id());
        return OfferExplanation.createOfferExplanation(
                builder,
                id,
                offer.status().ordinal(),
                offer.fallback(),
                offer.priority() == null ? Double.NaN : offer.priority(),
                reasonsOffset);
    }

    /** Checked as it grows: a hundred payloads for a hundred placements would not fit the heap. */
    private void checkLength() {
        if (builder.offset() > ProtocolLimits.RESPONSE_FRAME_BYTES_MAX) {
            throw new RequestException(
                    Status.RESPONSE_TOO_LONG,
                    "the decision is longer than a frame may be; ask for fewer placements or offers at a time");
        }
    }
}
