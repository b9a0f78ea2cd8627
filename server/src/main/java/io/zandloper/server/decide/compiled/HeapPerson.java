package io.zandloper.server.decide.compiled;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.program.Evaluation;
import java.util.Map;

/**
 * A profile on the heap: a document in place of a stored one, or a stored one whose row cannot tell what is visible at the
 * decision's time. Immutable. For nobody it allocates nothing.
 */
public final class HeapPerson implements Person {
    private final Profile profile;
    private final boolean stored;
    private final Visibility visibility;
    private final int grantedPurposes;
    private final long atMicros;

    private HeapPerson(Profile profile, boolean stored, Catalog catalog, Visibility visibility, long atMicros) {
        this.profile = profile;
        this.stored = stored;
        this.visibility = visibility;
        this.grantedPurposes = grantedPurposes(profile, catalog);
        this.atMicros = atMicros;
    }

    /**
     * @param stored whether it is a stored profile, rather than a document
     * @param atMicros the decision's time
     */
    public static HeapPerson of(Profile profile, boolean stored, CompiledCatalog catalog, long atMicros) {
        return new HeapPerson(profile, stored, catalog.catalog(), catalog.visibility(), atMicros);
    }

    /** Without any listed segment, what is visible does not depend on the time. */
    static HeapPerson nobody(Catalog catalog, Visibility visibility) {
        return new HeapPerson(Profile.EMPTY, false, catalog, visibility, 0);
    }

    private static int grantedPurposes(Profile profile, Catalog catalog) {
        final Consent consent = profile.consent();
        if (consent == null) {
            return catalog.policies().consentDefault() ? Consent.ALL_PURPOSES : 0;
        }
        return consent.purposes();
    }

    Map<String, Object> attributes() {
        return profile.attributes();
    }

    @Override
    public boolean isStored() {
        return stored;
    }

    @Override
    public int grantedPurposes() {
        return grantedPurposes;
    }

    @Override
    public void point(Evaluation evaluation, long[] segments) {
        evaluation.ofAttributes(profile.attributes());
        visibility.find(profile, grantedPurposes, atMicros, evaluation, segments);
    }

    @Override
    public void addScores(CompiledCatalog catalog, Scores into) {
        if (profile.scores().isEmpty()) {
            return;
        }
        for (final Map.Entry<String, Number> score : profile.scores().entrySet()) {
            final int offer = catalog.eventNames().offers().find(score.getKey());
            if (offer != Names.UNKNOWN) {
                into.add(offer, score.getValue().doubleValue());
            }
        }
    }

    @Override
    public void addEvents(CompiledCatalog catalog, Scalar channel, EventTable into) {
        if (profile.history().events().isEmpty()
                && profile.history().lastConverts().isEmpty()) {
            return;
        }
        final EventNames names = catalog.eventNames();
        for (final Event event : profile.history().events()) {
            final int type = names.types().find(event.type());
            if (type != Names.UNKNOWN && into.isWithin(event.atMicros(), names.windowMicros())) {
                final int offer = names.offers().find(event.offer());
                into.add(
                        type,
                        offer,
                        names.group(offer),
                        names.products().find(event.product()),
                        !channel.isAbsent() && channel.isSame(event.context().get(EventNames.CHANNEL)),
                        event.atMicros());
            }
        }
        for (final Map.Entry<String, Long> conversion :
                profile.history().lastConverts().entrySet()) {
            final int product = names.products().find(conversion.getKey());
            if (product != Names.UNKNOWN && into.isWithin(conversion.getValue(), names.windowMicros())) {
                into.addConversion(product, conversion.getValue());
            }
        }
    }

    @Override
    public int copyPrimary(byte[] into, int offset) {
        final Identity primary = profile.primary();
        if (primary == null) {
            return 0;
        }
        final byte[] utf8 = primary.utf8();
        System.arraycopy(utf8, 0, into, offset, utf8.length);
        return utf8.length;
    }
}
