package io.zandloper.server.wire;

import com.google.flatbuffers.BaseVector;
import io.zandloper.protocol.attributes.AttributesCodec;
import io.zandloper.protocol.schema.Attribute;
import io.zandloper.protocol.schema.Membership;
import io.zandloper.protocol.schema.Score;
import io.zandloper.server.consent.ConsentDecoder;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileRules;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Parts of profiles, from verified bodies to the values of the storage. What is wrong with them is gathered in {@link
 * #errors}, under the same paths as over HTTP. One for each document.
 */
final class ProfileParts {
    private final List<FieldError> errors = new ArrayList<>();
    private final String prefix;

    /** @param prefix of the paths of errors: where in the request the parts stand */
    ProfileParts(String prefix) {
        this.prefix = prefix;
    }

    /** @throws InvalidInputException with all that was found wrong */
    void throwIfAny() {
        if (!errors.isEmpty()) {
            throw new InvalidInputException(errors);
        }
    }

    void add(String path, String reason) {
        errors.add(new FieldError(prefix + path, reason));
    }

    /** Takes over what another one has gathered. */
    void addAll(ProfileParts other) {
        errors.addAll(other.errors);
    }

    @Nullable
    Identity identity(@Nullable String text, String path) {
        if (text == null) {
            return null;
        }
        try {
            return Identity.parse(text, prefix + path);
        } catch (InvalidInputException invalid) {
            errors.addAll(invalid.errors());
            return null;
        }
    }

    List<Identity> identities(int count, IntFunction<String> at, String path) {
        final List<Identity> identities = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            final Identity identity = identity(at.apply(i), path + "[" + i + "]");
            if (identity != null) {
                identities.add(identity);
            }
        }
        return identities;
    }

    /** @param bytes a nested buffer; null for none */
    Map<String, @Nullable Object> attributes(@Nullable ByteBuffer bytes) {
        final Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        if (bytes != null) {
            AttributesCodec.decode(bytes).forEach((name, value) -> {
                ProfileRules.checkAttribute(name, value, prefix + "attributes." + name, errors);
                attributes.put(name, value);
            });
        }
        return attributes;
    }

    /** The context of a decision or an event: values are {@link String}, {@link Long}, {@link Double}, {@link Boolean}. */
    Map<String, Object> context(Attribute.@Nullable Vector attributes) {
        final Map<String, Object> context = new LinkedHashMap<>();
        for (int i = 0; i < length(attributes); i++) {
            final Attribute attribute =
                    java.util.Objects.requireNonNull(attributes).get(i);
            final Object value = AttributesCodec.decodeValue(attribute);
            if (value instanceof List<?>) {
                add("context." + attribute.name(), "a context value is a string, a number or a boolean");
            } else if (value instanceof Double number && !Double.isFinite(number)) {
                add("context." + attribute.name(), "not a finite number");
            } else {
                context.put(attribute.name(), value);
            }
        }
        return context;
    }

    /** An id of an offer, a placement or a product; null where there is none. */
    @Nullable
    String id(@Nullable String id, String path) {
        if (id != null) {
            ProfileRules.checkId(id, prefix + path, errors);
        }
        return id;
    }

    /** Segment to expiry; of a segment named twice the last entry counts. */
    static Map<String, Long> memberships(Membership.@Nullable Vector memberships) {
        final Map<String, Long> expiries = new LinkedHashMap<>();
        for (int i = 0; i < length(memberships); i++) {
            final Membership membership =
                    java.util.Objects.requireNonNull(memberships).get(i);
            expiries.put(membership.segment(), membership.expiresMicros());
        }
        return expiries;
    }

    /** Offer to a {@link Long} or {@link Double}. */
    Map<String, @Nullable Number> scores(Score.@Nullable Vector scores) {
        final Map<String, @Nullable Number> numbers = new LinkedHashMap<>();
        for (int i = 0; i < length(scores); i++) {
            final Score score = java.util.Objects.requireNonNull(scores).get(i);
            final Number number =
                    score.isInteger() ? Long.valueOf(score.integerValue()) : asNumber(score.doubleValue());
            ProfileRules.checkScore(score.offer(), number, prefix + "scores." + score.offer(), errors);
            numbers.put(score.offer(), number);
        }
        return numbers;
    }

    /**
     * Decodes the strings: the TCF string decides, then the GPP string, then the purposes.
     *
     * @param purposes null where none are meant
     * @param tcf null where it is not named, empty to drop the stored one
     */
    ConsentPatch consent(@Nullable Long purposes, @Nullable String tcf, @Nullable String gpp) {
        if (purposes != null && (purposes & ~(long) Consent.ALL_PURPOSES) != 0) {
            add("consent.purposes", "a purpose is a whole number from 1 to 24");
        }
        final Integer ofTcf = decoded(tcf, text -> ConsentDecoder.decodeTcf(text, prefix + "consent.tcf"));
        final Integer ofGpp = decoded(gpp, text -> ConsentDecoder.decodeGpp(text, prefix + "consent.gpp"));
        final Integer written = purposes == null ? null : Integer.valueOf(purposes.intValue());
        final boolean hasString = (tcf != null && !tcf.isEmpty()) || (gpp != null && !gpp.isEmpty());
        return new ConsentPatch(
                false,
                ofTcf != null ? ofTcf : ofGpp != null ? ofGpp : written,
                written != null && !hasString,
                tcf,
                gpp);
    }

    private @Nullable Integer decoded(@Nullable String text, java.util.function.Function<String, Integer> decoder) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return decoder.apply(text);
        } catch (InvalidInputException invalid) {
            errors.addAll(invalid.errors());
            return null;
        }
    }

    /** Keeps a conditional expression from making a double of a long. */
    private static Number asNumber(double value) {
        return value;
    }

    private static int length(@Nullable BaseVector vector) {
        return vector == null ? 0 : vector.length();
    }
}
