package io.zandloper.server.decide.compiled;

import io.zandloper.server.decide.compiled.CompiledOffer.CompiledCap;
import io.zandloper.server.decide.compiled.CompiledOffer.CompiledSuppression;
import io.zandloper.storage.catalog.CatalogDocument.Scope;

/**
 * Whether offers are suppressed or capped for the person of the present decision. Events are read when the first offer
 * asks for them. One thread.
 */
final class Limits {
    private final CompiledCatalog catalog;
    private final EventTable events = new EventTable();
    private Person person;
    private Scalar channel = new Scalar();
    private boolean isRead;
    private boolean everythingCapped;

    Limits(CompiledCatalog catalog) {
        this.catalog = catalog;
        this.person = catalog.nobody();
    }

    void begin(Person newPerson, Scalar newChannel, long atMicros) {
        person = newPerson;
        channel = newChannel;
        isRead = false;
        events.begin(atMicros);
    }

    boolean permit(CompiledOffer offer) {
        if (catalog.policyCaps().length == 0
                && offer.caps().length == 0
                && offer.suppressions().length == 0
                && offer.suppressAfterMicros() < 0) {
            return true;
        }
        read();
        return !isCapped(offer) && !isSuppressed(offer);
    }

    boolean isConverted(CompiledOffer offer) {
        return offer.suppressAfterMicros() >= 0
                && events.isConverted(offer.product(), catalog.eventNames().convertType(), offer.suppressAfterMicros());
    }

    /** Enough events within the window, and the newest of them within the pause. */
    boolean isSuppressed(CompiledOffer offer, CompiledSuppression rule) {
        if (events.countOfOffer(rule.type(), offer.number(), rule.withinMicros()) < rule.count()) {
            return false;
        }
        final long newestMicros = events.newestOfOfferMicros(rule.type(), offer.number());
        return newestMicros < rule.withinMicros() && newestMicros < rule.pauseMicros();
    }

    int count(CompiledOffer offer, CompiledSuppression rule) {
        return events.countOfOffer(rule.type(), offer.number(), rule.withinMicros());
    }

    int count(CompiledOffer offer, CompiledCap cap) {
        return switch (cap.scope()) {
            case OFFER -> events.countOfOffer(cap.type(), offer.number(), cap.windowMicros());
            case GROUP -> events.countOfGroup(cap.type(), offer.group(), cap.windowMicros());
            case CHANNEL -> events.countInChannel(cap.type(), cap.windowMicros());
            case GLOBAL -> events.countOfAll(cap.type(), cap.windowMicros());
        };
    }

    /** Once events are read. */
    boolean isSuppressed(CompiledOffer offer) {
        if (isConverted(offer)) {
            return true;
        }
        for (final CompiledSuppression rule : offer.suppressions()) {
            if (isSuppressed(offer, rule)) {
                return true;
            }
        }
        return false;
    }

    /** Once events are read. */
    boolean isCapped(CompiledOffer offer) {
        if (everythingCapped) {
            return true;
        }
        for (final CompiledCap cap : offer.caps()) {
            if (count(offer, cap) >= cap.max()) {
                return true;
            }
        }
        for (final CompiledCap cap : catalog.policyCaps()) {
            if (!isOfEverything(cap) && count(offer, cap) >= cap.max()) {
                return true;
            }
        }
        return false;
    }

    /** Reads the person's events, unless they have been read in this decision. */
    void read() {
        if (isRead) {
            return;
        }
        isRead = true;
        person.addEvents(catalog, channel, events);
        everythingCapped = false;
        for (final CompiledCap cap : catalog.policyCaps()) {
            everythingCapped |= isOfEverything(cap) && countOfEverything(cap) >= cap.max();
        }
    }

    /** Caps that count the same for whichever offer. */
    private static boolean isOfEverything(CompiledCap cap) {
        return cap.scope() == Scope.CHANNEL || cap.scope() == Scope.GLOBAL;
    }

    private int countOfEverything(CompiledCap cap) {
        return cap.scope() == Scope.CHANNEL
                ? events.countInChannel(cap.type(), cap.windowMicros())
                : events.countOfAll(cap.type(), cap.windowMicros());
    }
}
