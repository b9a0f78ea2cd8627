package io.zandloper.server.wire;

import io.zandloper.protocol.schema.AttributesPatch;
import io.zandloper.protocol.schema.EraseRequest;
import io.zandloper.protocol.schema.EventRequest;
import io.zandloper.protocol.schema.IdentitiesPatch;
import io.zandloper.protocol.schema.Precondition;
import io.zandloper.protocol.schema.ScoresPatch;
import io.zandloper.protocol.schema.SegmentsPatch;
import io.zandloper.protocol.schema.UpsertMode;
import io.zandloper.protocol.schema.UpsertRequest;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.ConsentPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.profile.EventRules;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.Times;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Verified bodies to changes. Stateless. Whether a profile exists, segments are known and identities are free, the writer
 * finds out.
 *
 * <p>Each method throws {@link InvalidInputException} with all that is wrong with the values, and {@link
 * RequestException} for text that is not UTF-8.
 */
final class ChangeReader {
    /** In the schema, for the time of the arrival. */
    private static final long NOW = Long.MIN_VALUE;

    private ChangeReader() {}

    static UpsertProfile upsert(ByteBuffer body) {
        return RequestReader.text(() -> {
            final UpsertRequest request = UpsertRequest.getRootAsUpsertRequest(body);
            final ProfileParts parts = new ProfileParts("");
            final Identity target = parts.identity(request.profile(), "profile");
            final Identity id = parts.identity(request.id(), "id");
            final UpsertProfile.IdentitiesPatch identities = identities(request.identities(), parts);
            if (request.profile() == null
                    && request.id() == null
                    && (identities == null || identities.add().isEmpty())) {
                parts.add("profile", "no identity is named by profile, id or identities");
            }
            if (request.mode() > UpsertMode.Replace) {
                parts.add("mode", "a mode that this server does not know, mode=" + request.mode());
            }
            final UpsertProfile change = new UpsertProfile(
                    target,
                    request.mode() == UpsertMode.Replace ? Mode.REPLACE : Mode.MERGE,
                    precondition(request.precondition()),
                    id,
                    identities,
                    attributes(request.attributes(), parts),
                    segments(request.segments()),
                    scores(request.scores(), parts),
                    consent(request.consent(), parts));
            parts.throwIfAny();
            return change;
        });
    }

    /** @param arrivalMicros the time of an event that gives none */
    static RecordEvent event(ByteBuffer body, long arrivalMicros) {
        return RequestReader.text(() -> {
            final EventRequest request = EventRequest.getRootAsEventRequest(body);
            final ProfileParts parts = new ProfileParts("");
            final Identity profile = parts.identity(request.profile(), "profile");
            final String offer = parts.id(request.offer(), "offer");
            final String placement = parts.id(request.placement(), "placement");
            final String product = parts.id(request.product(), "product");
            final long atMicros = request.atMicros() == NOW ? arrivalMicros : request.atMicros();
            if (!Times.isTime(atMicros)) {
                parts.add("at", "not a time of the years 0 to 9999");
            }
            final Number value = value(request, parts);
            final Map<String, Object> context = parts.context(request.contextVector());
            EventRules.check(request.id(), request.type(), product, context)
                    .forEach(error -> parts.add(error.path(), error.reason()));
            parts.throwIfAny();
            return new RecordEvent(
                    Objects.requireNonNull(profile),
                    request.id(),
                    request.type(),
                    offer,
                    placement,
                    atMicros,
                    product,
                    value,
                    context);
        });
    }

    static EraseProfile erase(ByteBuffer body) {
        return RequestReader.text(() -> {
            final EraseRequest request = EraseRequest.getRootAsEraseRequest(body);
            final List<Long> versions = new ArrayList<>(request.versionsLength());
            for (int i = 0; i < request.versionsLength(); i++) {
                versions.add(request.versions(i));
            }
            return new EraseProfile(Identity.parse(request.profile(), "profile"), versions.isEmpty() ? null : versions);
        });
    }

    private static @Nullable Number value(EventRequest request, ProfileParts parts) {
        if (request.valueIsInteger()) {
            return request.integerValue();
        }
        final double value = request.doubleValue();
        if (Double.isInfinite(value)) {
            parts.add("value", "not a finite number");
        }
        return Double.isNaN(value) ? null : Double.valueOf(value);
    }

    private static UpsertProfile.@Nullable Precondition precondition(@Nullable Precondition precondition) {
        if (precondition == null) {
            return null;
        }
        final List<Long> versions = new ArrayList<>(precondition.versionsLength());
        for (int i = 0; i < precondition.versionsLength(); i++) {
            versions.add(precondition.versions(i));
        }
        final boolean anyMatch = precondition.exists() || !versions.isEmpty();
        return new UpsertProfile.Precondition(anyMatch ? versions : null, precondition.absent());
    }

    private static UpsertProfile.@Nullable IdentitiesPatch identities(
            @Nullable IdentitiesPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        return new UpsertProfile.IdentitiesPatch(
                patch.replace(),
                parts.identities(patch.addLength(), patch::add, "identities"),
                parts.identities(patch.removeLength(), patch::remove, "identities.remove"));
    }

    private static UpsertProfile.@Nullable AttributesPatch attributes(
            @Nullable AttributesPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        final Map<String, @Nullable Object> values = parts.attributes(patch.setAsByteBuffer());
        RequestReader.strings(patch.removeLength(), patch::remove).forEach(name -> values.put(name, null));
        return new UpsertProfile.AttributesPatch(patch.clear(), values);
    }

    private static UpsertProfile.@Nullable SegmentsPatch segments(@Nullable SegmentsPatch patch) {
        if (patch == null) {
            return null;
        }
        return new UpsertProfile.SegmentsPatch(
                patch.replace(),
                ProfileParts.memberships(patch.addVector()),
                RequestReader.strings(patch.removeLength(), patch::remove));
    }

    private static UpsertProfile.@Nullable ScoresPatch scores(@Nullable ScoresPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        final Map<String, @Nullable Number> values = parts.scores(patch.setVector());
        RequestReader.strings(patch.removeLength(), patch::remove).forEach(offer -> values.put(offer, null));
        return new UpsertProfile.ScoresPatch(patch.clear(), values);
    }

    private static @Nullable ConsentPatch consent(
            io.zandloper.protocol.schema.@Nullable ConsentPatch patch, ProfileParts parts) {
        if (patch == null) {
            return null;
        }
        return patch.remove()
                ? new ConsentPatch(true, null, false, null, null)
                : parts.consent(patch.hasPurposes() ? patch.purposes() : null, patch.tcf(), patch.gpp());
    }
}
