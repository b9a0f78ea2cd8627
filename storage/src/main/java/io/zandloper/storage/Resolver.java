package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.EraseRemembered;
import io.zandloper.storage.change.LinkProfiles;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.change.ReplaceCatalog;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.change.TidyProfile;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.resolve.EventRecorder;
import io.zandloper.storage.resolve.ProfileEditor;
import io.zandloper.storage.resolve.ProfileLinker;
import io.zandloper.storage.resolve.ProfileTidier;
import io.zandloper.storage.resolve.Resolution;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a change comes to in the present state: whose profile is meant, whether its identities are free, whether
 * the result fits; an effect to apply, or the reason why there is none. Belongs to the writer's thread.
 */
final class Resolver {
    /** Two identities with one keyed hash of 128 bits; for completeness, not because anyone will see it. */
    private static final FieldError CANNOT_BE_TOLD =
            new FieldError("identities", "the identity cannot be told from that of another profile");

    private final Tables tables;
    private final MicrosClock clock;
    private final RecordCodec codec;
    private final MembersResolver members;
    private Catalog catalog;
    private ProfileEditor editor;
    private EventRecorder recorder;
    private ProfileLinker linker;
    private ProfileTidier tidier;
    private long neededEvictions;

    Resolver(Tables tables, MicrosClock clock) {
        this.tables = tables;
        this.clock = clock;
        this.codec = tables.codec();
        this.members = new MembersResolver(tables);
        this.catalog = tables.published().catalog();
        this.editor = new ProfileEditor(catalog);
        this.recorder = new EventRecorder(catalog);
        this.linker = new ProfileLinker(catalog);
        this.tidier = new ProfileTidier(catalog);
    }

    /** What a change comes to: an effect with its outcome, or an outcome alone. */
    record Resolved(@Nullable Effect effect, ChangeOutcome outcome) {}

    Resolved resolve(Change change) {
        followCatalog();
        if (change instanceof UpsertProfile upsert) {
            return resolve(upsert);
        }
        if (change instanceof RecordEvent event) {
            return resolve(event);
        }
        if (change instanceof ReplaceCatalog replace) {
            return resolve(replace);
        }
        if (change instanceof LinkProfiles link) {
            return resolve(link);
        }
        if (change instanceof EraseProfile erase) {
            return resolve(erase);
        }
        if (change instanceof EraseRemembered erase) {
            return resolve(erase);
        }
        if (change instanceof TidyProfile tidy) {
            return resolve(tidy);
        }
        return members.resolve((ReplaceMembers) change, catalog, clock.nowMicros());
    }

    /** Events evicted although a cap or suppression could have counted them, since the start. */
    long neededEvictions() {
        return neededEvictions + recorder.neededEvictions() + linker.neededEvictions();
    }

    private void followCatalog() {
        if (tables.published().catalog() != catalog) {
            neededEvictions = neededEvictions();
            catalog = tables.published().catalog();
            editor = new ProfileEditor(catalog);
            recorder = new EventRecorder(catalog);
            linker = new ProfileLinker(catalog);
            tidier = new ProfileTidier(catalog);
        }
    }

    private Resolved resolve(UpsertProfile change) {
        final List<Identity> named = named(change);
        if (named.isEmpty()) {
            return refused(Status.INVALID, new FieldError("id", "a profile names at least one identity"));
        }
        final long nowMicros = clock.nowMicros();
        int ordinal = change.target() == null ? View.NOBODY : tables.find(change.target());
        for (final Identity identity : named) {
            final int owner = tables.find(identity);
            if (owner == View.NOBODY && change.target() == null && tables.wasErasedLately(identity, nowMicros)) {
                return erasedLately("identities", identity);
            }
            if (owner == View.NOBODY || owner == ordinal) {
                continue;
            }
            if (change.target() != null || ordinal != View.NOBODY) {
                return refused(Status.CONFLICT, new FieldError("identities", identity + " belongs to another profile"));
            }
            ordinal = owner;
        }
        final Profile existing = ordinal == View.NOBODY ? null : tables.readProfile(ordinal);
        if (existing != null && named.stream().noneMatch(existing.identities()::contains)) {
            return refused(Status.CONFLICT, CANNOT_BE_TOLD);
        }
        final Resolution resolution = editor.resolve(existing, change, nowMicros, tables.sequence() + 1);
        return stored(ordinal, existing, resolution, nowMicros);
    }

    /** Every identity the change names, in the order in which a new profile gets them. */
    private static List<Identity> named(UpsertProfile change) {
        final List<Identity> named = new ArrayList<>();
        if (change.id() != null) {
            named.add(change.id());
        }
        if (change.target() != null) {
            named.add(change.target());
        }
        if (change.identities() != null) {
            named.addAll(change.identities().add());
        }
        return named;
    }

    private Resolved resolve(RecordEvent change) {
        final int ordinal = tables.find(change.profile());
        final Profile existing = ordinal == View.NOBODY ? null : tables.readProfile(ordinal);
        if (existing != null && !existing.identities().contains(change.profile())) {
            return refused(Status.CONFLICT, CANNOT_BE_TOLD);
        }
        final long nowMicros = clock.nowMicros();
        if (existing == null && tables.wasErasedLately(change.profile(), nowMicros)) {
            return erasedLately("profile", change.profile());
        }
        final Resolution resolution = recorder.resolve(existing, change, nowMicros, tables.sequence() + 1);
        return stored(ordinal, existing, resolution, nowMicros);
    }

    private Resolved erasedLately(String field, Identity identity) {
        return refused(
                Status.ERASED,
                new FieldError(
                        field,
                        identity + " was erased less than 7 days ago; only a PUT or PATCH of this very"
                                + " profile creates it again"));
    }

    private Resolved resolve(LinkProfiles change) {
        final int ordinalOfA = tables.find(change.a());
        final int ordinalOfB = tables.find(change.b());
        final Profile a = ordinalOfA == View.NOBODY ? null : tables.readProfile(ordinalOfA);
        final Profile b = ordinalOfB == View.NOBODY ? null : tables.readProfile(ordinalOfB);
        if ((a != null && !a.identities().contains(change.a()))
                || (b != null && !b.identities().contains(change.b()))) {
            return refused(Status.CONFLICT, CANNOT_BE_TOLD);
        }
        final long nowMicros = clock.nowMicros();
        final long sequence = tables.sequence() + 1;
        if (a != null && b != null && ordinalOfA != ordinalOfB) {
            final boolean aSurvives = linker.survives(a, b);
            final Resolved stored = stored(
                    aSurvives ? ordinalOfA : ordinalOfB,
                    aSurvives ? a : b,
                    linker.link(a, b, nowMicros, sequence),
                    nowMicros);
            return stored.effect() instanceof Effect.StoreProfile store
                    ? new Resolved(
                            new Effect.LinkProfiles(store, aSurvives ? ordinalOfB : ordinalOfA), stored.outcome())
                    : stored;
        }
        if (a != null) {
            return stored(ordinalOfA, a, linker.add(a, change.b(), nowMicros, sequence), nowMicros);
        }
        if (b != null) {
            return stored(ordinalOfB, b, linker.add(b, change.a(), nowMicros, sequence), nowMicros);
        }
        return refused(Status.UNKNOWN);
    }

    private Resolved resolve(EraseProfile change) {
        final int ordinal = tables.find(change.profile());
        final Profile existing = ordinal == View.NOBODY ? null : tables.readProfile(ordinal);
        if (existing == null || !existing.identities().contains(change.profile())) {
            return refused(Status.UNKNOWN);
        }
        final List<Long> ifVersions = change.ifVersions();
        if (ifVersions != null && !ifVersions.isEmpty() && !ifVersions.contains(existing.version())) {
            return refused(Status.PRECONDITION_FAILED);
        }
        return erased(ordinal, existing, true, clock.nowMicros());
    }

    private Resolved resolve(EraseRemembered change) {
        final int ordinal = tables.find(change.high(), change.low());
        final Profile existing = ordinal == View.NOBODY ? null : tables.readProfile(ordinal);
        if (existing == null || !tables.hasHash(existing, change.high(), change.low())) {
            return refused(Status.UNKNOWN);
        }
        return erased(ordinal, existing, true, change.atMicros());
    }

    private Resolved resolve(TidyProfile change) {
        final int ordinal = change.ordinal();
        final Profile existing = ordinal < tables.ordinals() ? tables.readProfile(ordinal) : null;
        if (existing == null) {
            return refused(Status.UNKNOWN);
        }
        final long nowMicros = clock.nowMicros();
        final ProfileTidier.Tidying tidying =
                tidier.tidy(existing, tables.nextExpiryMicros(ordinal), nowMicros, tables.sequence() + 1);
        final Profile tidied = tidying.profile();
        if (tidied != null) {
            return stored(ordinal, existing, Resolution.store(Status.UPDATED, tidied), nowMicros);
        }
        return tidying.kind() == ProfileTidier.Kind.GO
                ? erased(ordinal, existing, false, nowMicros)
                : stored(ordinal, existing, Resolution.nothing(Status.UNCHANGED), nowMicros);
    }

    private Resolved erased(int ordinal, Profile existing, boolean toLedger, long atMicros) {
        final long sequence = tables.sequence() + 1;
        return new Resolved(
                new Effect.EraseProfile(sequence, ordinal, tables.hashes(existing.identities()), atMicros, toLedger),
                new ChangeOutcome(
                        Status.UPDATED,
                        existing.primary(),
                        existing.version(),
                        sequence,
                        List.of(),
                        existing.identities(),
                        atMicros));
    }

    private Resolved stored(int ordinal, @Nullable Profile existing, Resolution resolution, long nowMicros) {
        final Profile profile = resolution.profile();
        if (profile == null) {
            return new Resolved(
                    null,
                    new ChangeOutcome(
                            resolution.status(),
                            existing == null ? null : existing.primary(),
                            existing == null ? 0 : existing.version(),
                            tables.sequence(),
                            resolution.errors()));
        }
        ByteBuffer record = codec.encode(profile, tables.segmentNumbers());
        if (record.remaining() > ProfileLimits.PROFILE_BYTES_MAX) {
            final int documentBytes = codec.documentLength(profile, tables.segmentNumbers());
            if (documentBytes > ProfileLimits.PROFILE_BYTES_MAX) {
                return refused(
                        Status.INVALID,
                        new FieldError(
                                "",
                                "the profile would be " + documentBytes + " bytes, at most "
                                        + ProfileLimits.PROFILE_BYTES_MAX + " are stored"));
            }
            record = codec.encode(profile, tables.segmentNumbers());
        }
        final List<Identity> before = existing == null ? List.of() : existing.identities();
        final List<Identity> added = new ArrayList<>(profile.identities());
        added.removeAll(before);
        final List<Identity> removed = new ArrayList<>(before);
        removed.removeAll(profile.identities());
        final Effect effect = new Effect.StoreProfile(
                profile.sequence(),
                ordinal == View.NOBODY ? tables.nextOrdinal() : ordinal,
                tables.rows().judge(profile, catalog, nowMicros),
                record,
                tables.hashes(added),
                tables.hashes(removed));
        return new Resolved(
                effect,
                new ChangeOutcome(
                        resolution.status(), profile.primary(), profile.version(), profile.sequence(), List.of()));
    }

    private Resolved resolve(ReplaceCatalog change) {
        final List<Long> ifVersions = change.ifVersions();
        // Version 0, the empty catalog of a server that has not been given one, can be read and so be named.
        final boolean met = ifVersions == null || ifVersions.isEmpty() || ifVersions.contains(catalog.version());
        if (!met) {
            return refused(Status.PRECONDITION_FAILED);
        }
        if (catalog.version() > 0
                && (change.equalVersion() == catalog.version()
                        || Arrays.equals(change.source(), tables.published().catalogSource()))) {
            return new Resolved(
                    null, new ChangeOutcome(Status.UNCHANGED, null, catalog.version(), tables.sequence(), List.of()));
        }
        final long version = catalog.version() + 1;
        final long sequence = tables.sequence() + 1;
        return new Resolved(
                new Effect.StoreCatalog(
                        sequence, clock.nowMicros(), change.catalog().withVersion(version), change.source()),
                new ChangeOutcome(Status.UPDATED, null, version, sequence, List.of()));
    }

    private Resolved refused(Status status, FieldError... errors) {
        return new Resolved(null, ChangeOutcome.refused(status, tables.sequence(), errors));
    }
}
