package io.zandloper.server.consent;

import com.iab.gpp.encoder.GppModel;
import com.iab.gpp.encoder.section.TcfCaV1;
import com.iab.gpp.encoder.section.TcfEuV2;
import com.iabtcf.decoder.TCString;
import com.iabtcf.utils.IntIterator;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Consent strings to the purposes consented to, as a mask like {@link Consent#purposes()}. Stateless; any thread.
 *
 * <p>A string counts as decoded when the whole of it decodes, not only the purposes: a string cut off in transport must
 * not pass for the consent its first bytes give. Legitimate interest is not consent, so only the purposes consented to
 * count; in Canada's section those are the ones with express consent.
 */
public final class ConsentDecoder {
    private ConsentDecoder() {}

    /**
     * @param tcf a TCF string, version 1 or 2
     * @throws InvalidInputException with the path {@code field} where it does not decode
     */
    public static int decodeTcf(String tcf, String field) {
        checkText(tcf, field);
        try {
            final TCString decoded = TCString.decode(tcf);
            // The library reads fields when asked; its hash asks for all of them.
            final int unused = decoded.hashCode();
            int purposes = 0;
            final IntIterator consented = decoded.getPurposesConsent().intIterator();
            while (consented.hasNext()) {
                purposes |= Consent.purposeBit(consented.nextInt());
            }
            return purposes & Consent.ALL_PURPOSES;
        } catch (RuntimeException undecodable) {
            // The library throws half a dozen kinds, index errors among them; to the sender they are one.
            throw new InvalidInputException(field, "not a TCF string that decodes");
        }
    }

    /**
     * @param gpp a GPP string with a section of TCF Europe or, failing that, of TCF Canada
     * @throws InvalidInputException with the path {@code field} where it does not decode or has no such section
     */
    public static int decodeGpp(String gpp, String field) {
        checkText(gpp, field);
        final Integer purposes;
        try {
            purposes = gppPurposes(new GppModel(gpp));
        } catch (RuntimeException undecodable) {
            throw new InvalidInputException(field, "not a GPP string that decodes");
        }
        if (purposes == null) {
            throw new InvalidInputException(field, "the GPP string has no section that carries TCF");
        }
        return purposes;
    }

    private static @Nullable Integer gppPurposes(GppModel model) {
        if (model.hasSection(TcfEuV2.NAME)) {
            final TcfEuV2 section = model.getTcfEuV2Section();
            section.getVendorConsents();
            section.getPublisherRestrictions();
            return mask(section.getPurposeConsents());
        }
        if (model.hasSection(TcfCaV1.NAME)) {
            final TcfCaV1 section = model.getTcfCaV1Section();
            section.getVendorExpressConsent();
            section.getVendorImpliedConsent();
            return mask(section.getPurposesExpressConsent());
        }
        return null;
    }

    private static int mask(List<Boolean> purposes) {
        int mask = 0;
        for (int i = 0; i < Math.min(purposes.size(), ProfileLimits.PURPOSE_MAX); i++) {
            if (purposes.get(i)) {
                mask |= Consent.purposeBit(i + 1);
            }
        }
        return mask;
    }

    /** Bounds the time the libraries can take: they decode bit by bit into strings. */
    private static void checkText(String text, String field) {
        if (text.length() > ProfileLimits.CONSENT_STRING_BYTES_MAX) {
            throw new InvalidInputException(
                    field,
                    "a consent string is at most " + ProfileLimits.CONSENT_STRING_BYTES_MAX + " characters long");
        }
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                throw new InvalidInputException(field, "a consent string has only printable ASCII characters");
            }
        }
    }
}
