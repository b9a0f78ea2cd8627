package io.zandloper.storage.catalog;

import io.zandloper.storage.catalog.CatalogDocument.Cap;
import io.zandloper.storage.catalog.CatalogDocument.ContextWeight;
import io.zandloper.storage.catalog.CatalogDocument.Offer;
import io.zandloper.storage.catalog.CatalogDocument.Placement;
import io.zandloper.storage.catalog.CatalogDocument.Policies;
import io.zandloper.storage.catalog.CatalogDocument.Segment;
import io.zandloper.storage.catalog.CatalogDocument.Suppression;
import io.zandloper.storage.profile.Consent;
import java.util.List;

/** Catalog documents for tests, with the contract's defaults. */
final class Documents {
    static final long DAY_MICROS = 86_400_000_000L;

    private Documents() {}

    static CatalogDocument segments(Segment... segments) {
        return new CatalogDocument(List.of(segments), List.of(), List.of(), Policies.DEFAULT);
    }

    static CatalogDocument offers(Offer... offers) {
        return new CatalogDocument(List.of(), List.of(offers), List.of(), Policies.DEFAULT);
    }

    static CatalogDocument placements(Placement... placements) {
        return new CatalogDocument(List.of(), List.of(), List.of(placements), Policies.DEFAULT);
    }

    static CatalogDocument policies(Policies policies) {
        return new CatalogDocument(List.of(), List.of(), List.of(), policies);
    }

    static Segment listed(String id, int... purposes) {
        return new Segment(id, null, mask(purposes), null, null, null);
    }

    static Segment computed(String id, String rule, int... purposes) {
        return new Segment(id, null, mask(purposes), null, null, rule);
    }

    static Cap cap(int max) {
        return new Cap(CatalogDocument.Scope.OFFER, "impression", max, DAY_MICROS, "P1D");
    }

    static Suppression suppression(int count) {
        return new Suppression("reject", count, DAY_MICROS, "P1D", DAY_MICROS, "P1D");
    }

    static OfferBuilder offer(String id) {
        return new OfferBuilder(id);
    }

    static int mask(int... purposes) {
        int mask = 0;
        for (int purpose : purposes) {
            mask |= Consent.purposeBit(purpose);
        }
        return mask;
    }

    static final class OfferBuilder {
        private final String id;
        String group;
        String product;
        List<String> placements;
        int purposes;
        String eligibility;
        String applicability;
        String suitability;
        double propensity = 1;
        double value = 1;
        double lever = 1;
        List<ContextWeight> contextWeights = List.of();
        List<Cap> caps = List.of();
        List<Suppression> suppress = List.of();
        String payload;

        private OfferBuilder(String id) {
            this.id = id;
            this.product = id;
        }

        OfferBuilder with(java.util.function.Consumer<OfferBuilder> change) {
            change.accept(this);
            return this;
        }

        Offer build() {
            return new Offer(
                    id,
                    null,
                    group,
                    product,
                    true,
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    placements,
                    purposes,
                    eligibility,
                    applicability,
                    suitability,
                    propensity,
                    value,
                    lever,
                    contextWeights,
                    false,
                    5,
                    caps,
                    suppress,
                    -1,
                    payload);
        }
    }
}
