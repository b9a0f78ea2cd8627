package io.zandloper.storage.resolve;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.profile.Event;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long back the caps and suppressions of a catalog look, per type of event. Immutable. */
public final class EventNeeds {
    private final Map<String, Long> windowMicrosByType = new HashMap<>();

    public EventNeeds(Catalog catalog) {
        addCaps(catalog.policies().caps());
        for (final Catalog.Offer offer : catalog.offers()) {
            final CatalogDocument.Offer document = offer.document();
            addCaps(document.caps());
            for (final CatalogDocument.Suppression suppression : document.suppress()) {
                add(suppression.event(), suppression.withinMicros());
            }
            if (document.suppressAfterConversionMicros() >= 0) {
                add(Event.CONVERT, document.suppressAfterConversionMicros());
            }
        }
    }

    /** Whether a cap or suppression that is judged at {@code nowMicros} can depend on {@code event}. */
    boolean isNeeded(Event event, long nowMicros) {
        final Long windowMicros = windowMicrosByType.get(event.type());
        return windowMicros != null && event.atMicros() > nowMicros - windowMicros;
    }

    private void addCaps(List<CatalogDocument.Cap> caps) {
        for (final CatalogDocument.Cap cap : caps) {
            add(cap.event(), cap.windowMicros());
        }
    }

    private void add(String type, long windowMicros) {
        windowMicrosByType.merge(type, windowMicros, Math::max);
    }
}
