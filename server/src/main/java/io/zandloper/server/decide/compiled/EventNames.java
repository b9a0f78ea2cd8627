package io.zandloper.server.decide.compiled;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.catalog.CatalogDocument;
import io.zandloper.storage.profile.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What caps and suppressions of a catalog ask of events, by numbers. Immutable; any thread.
 *
 * @param types of events that any cap or suppression counts
 * @param offers all of the catalog, disabled ones too: their events count for their groups
 * @param products that are suppressed after a conversion
 * @param groupOf for each offer the number of its group; {@link Names#UNKNOWN} for none
 * @param convertType the number of {@code convert}; {@link Names#UNKNOWN} where nothing asks for it
 * @param windowMicros the longest window; no older event counts
 */
record EventNames(
        Names types, Names offers, Names products, Names groups, int[] groupOf, int convertType, long windowMicros) {

    /** The field of a context that says in which channel something happens. */
    static final String CHANNEL = "channel";

    static EventNames of(Catalog catalog) {
        final Set<String> types = new LinkedHashSet<>();
        final Set<String> products = new LinkedHashSet<>();
        final Map<String, Integer> groups = new HashMap<>();
        final List<String> groupIds = new ArrayList<>();
        final int[] groupOf = new int[catalog.offers().size()];
        long windowMicros = 0;
        for (final CatalogDocument.Cap cap : catalog.policies().caps()) {
            types.add(cap.event());
            windowMicros = Math.max(windowMicros, cap.windowMicros());
        }
        for (int number = 0; number < groupOf.length; number++) {
            final CatalogDocument.Offer offer = catalog.offers().get(number).document();
            for (final CatalogDocument.Cap cap : offer.caps()) {
                types.add(cap.event());
                windowMicros = Math.max(windowMicros, cap.windowMicros());
            }
            for (final CatalogDocument.Suppression rule : offer.suppress()) {
                types.add(rule.event());
                windowMicros = Math.max(windowMicros, rule.withinMicros());
            }
            if (offer.suppressAfterConversionMicros() >= 0) {
                types.add(Event.CONVERT);
                products.add(offer.product());
                windowMicros = Math.max(windowMicros, offer.suppressAfterConversionMicros());
            }
            groupOf[number] = offer.group() == null
                    ? Names.UNKNOWN
                    : groups.computeIfAbsent(offer.group(), group -> {
                        groupIds.add(group);
                        return groupIds.size() - 1;
                    });
        }
        final Names typeNames = new Names(List.copyOf(types));
        return new EventNames(
                typeNames,
                new Names(catalog.offers().stream().map(Catalog.Offer::id).toList()),
                new Names(List.copyOf(products)),
                new Names(groupIds),
                groupOf,
                typeNames.find(Event.CONVERT),
                windowMicros);
    }

    /** The group of an offer, by numbers; {@link Names#UNKNOWN} where either is none. */
    int group(int offer) {
        return offer < 0 ? Names.UNKNOWN : groupOf[offer];
    }
}
