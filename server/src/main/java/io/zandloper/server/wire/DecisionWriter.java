package io.zandloper.server.wire;

import com.google.flatbuffers.FlatBufferBuilder;
import com.google.flatbuffers.Utf8;
import io.zandloper.protocol.Status;
import io.zandloper.protocol.schema.DecideResponse;
import io.zandloper.protocol.schema.OfferDecision;
import io.zandloper.protocol.schema.OfferExplanation;
import io.zandloper.protocol.schema.PlacementDecision;
import io.zandloper.protocol.schema.PlacementExplanation;
import io.zandloper.protocol.schema.Reason;
import io.zandloper.server.decide.Decision.ExplainedOffer;
import io.zandloper.server.decide.Decision.ExplainedPlacement;
import io.zandloper.server.decide.Decision.Rejection;
import io.zandloper.server.decide.compiled.CompiledDecision;
import io.zandloper.server.decision.ServedDecision;
import io.zandloper.storage.catalog.CatalogDocument;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes decisions into bodies, one after the other; once it has met the largest it allocates nothing, explanations aside.
 * The enumerations of the schema have the order of those of the decision, which a test holds them to.
 */
final class DecisionWriter {
    /** Of a table of a decision: its numbers, its ids of 64 bytes at most, what refers to it and what aligns it. */
    private static final int TABLE_BYTES_MAX = 512;

    private static final int REASON_BYTES_MAX = 64;

    private FlatBufferBuilder builder;
    /** References of the vectors being written; they grow to the longest there was. */
    private int[] placements = new int[8];

    private int[] offers = new int[64];

    /** @param builder of the first body */
    DecisionWriter(FlatBufferBuilder builder) {
        this.builder = builder;
    }

    /**
     * Gives the root's offset.
     *
     * @param decisionId in ASCII
     * @throws RequestException where it does not fit an answer, or not any more; then nothing is written
     */
    int write(FlatBufferBuilder into, ServedDecision decision, byte[] decisionId, long sequence, long tookNanos) {
        builder = into;
        final List<ExplainedPlacement> explanations = decision.explanations();
        checkLength(decision.outcome(), explanations);
        final int explain = explanations == null ? 0 : explanations(explanations);
        final int filled = placements(decision.outcome());
        final int profile = decision.profileLengthBytes() == 0
                ? 0
                : Bodies.text(
                        builder, decision.profileBytes(), decision.profileOffset(), decision.profileLengthBytes());
        final int id = Bodies.text(builder, decisionId, 0, decisionId.length);
        return DecideResponse.createDecideResponse(
                builder,
                id,
                profile,
                decision.outcome().reason().ordinal(),
                filled,
                explain,
                decision.catalogVersion(),
                sequence,
                tookNanos);
    }

    private int placements(CompiledDecision decision) {
        final int count = decision.placementCount();
        placements = withRoomFor(count, placements);
        for (int i = 0; i < count; i++) {
            final int start = decision.start(i);
            final int returned = decision.end(i) - start;
            offers = withRoomFor(returned, offers);
            for (int rank = 1; rank <= returned; rank++) {
                offers[rank - 1] = offer(decision, start + rank - 1, rank);
            }
            final int offersOffset = Bodies.references(builder, offers, returned);
            final int id = builder.createString(decision.placementId(i));
            placements[i] = PlacementDecision.createPlacementDecision(builder, id, offersOffset);
        }
        return Bodies.references(builder, placements, count);
    }

    private static int[] withRoomFor(int count, int[] references) {
        return count <= references.length ? references : new int[2 * count];
    }

    private int offer(CompiledDecision decision, int index, int rank) {
        final CatalogDocument.Offer offer = decision.document(index).document();
        final int payload = offer.payload() == null ? 0 : builder.createString(offer.payload());
        final int id = builder.createString(offer.id());
        OfferDecision.startOfferDecision(builder);
        if (!decision.isFallback(index)) {
            OfferDecision.addPriority(builder, decision.priority(index));
            OfferDecision.addPropensity(builder, decision.propensity(index));
            OfferDecision.addValue(builder, decision.value(index));
            OfferDecision.addContextWeight(builder, decision.contextWeight(index));
            OfferDecision.addLever(builder, decision.lever(index));
        }
        OfferDecision.addId(builder, id);
        OfferDecision.addPayload(builder, payload);
        OfferDecision.addRank(builder, rank);
        OfferDecision.addFallback(builder, decision.isFallback(index));
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

    /** Checked before it is written: a hundred payloads for a hundred placements would not fit the heap. */
    private void checkLength(CompiledDecision decision, @Nullable List<ExplainedPlacement> explanations) {
        long mostBytes = TABLE_BYTES_MAX;
        for (int i = 0; i < decision.placementCount(); i++) {
            mostBytes += TABLE_BYTES_MAX;
            for (int index = decision.start(i); index < decision.end(i); index++) {
                mostBytes += TABLE_BYTES_MAX
                        + utf8Length(decision.document(index).document().payload());
            }
        }
        if (explanations != null) {
            for (final ExplainedPlacement placement : explanations) {
                mostBytes += TABLE_BYTES_MAX;
                for (final ExplainedOffer offer : placement.offers()) {
                    mostBytes += TABLE_BYTES_MAX;
                    for (final Rejection reason : offer.reasons()) {
                        mostBytes += REASON_BYTES_MAX + utf8Length(reason.detail());
                    }
                }
            }
        }
        if (!Bodies.hasRoom(builder, mostBytes)) {
            throw new RequestException(
                    Status.RESPONSE_TOO_LONG,
                    "the decision is longer than a frame may be; ask for fewer placements or offers at a time");
        }
    }

    private static int utf8Length(@Nullable String text) {
        return text == null ? 0 : Utf8.getDefault().encodedLength(text);
    }
}
