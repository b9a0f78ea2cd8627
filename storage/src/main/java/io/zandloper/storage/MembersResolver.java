package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.record.RecordBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.roaringbitmap.RoaringBitmap;

/**
 * Decides whose membership a new list of members changes. Who is a member is in the records and nowhere else (an expired
 * membership or one without consent is in no row), so all of them are looked at, without decoding them. Belongs to the
 * writer's thread.
 */
final class MembersResolver {
    /** What one more membership adds to a record at most: its element, its alignment, and a vector of its own. */
    private static final int MEMBERSHIP_BYTES_MAX = 64;

    private final Tables tables;
    private final RecordView view = new RecordView();

    MembersResolver(Tables tables) {
        this.tables = tables;
    }

    Resolver.Resolved resolve(ReplaceMembers change, Catalog catalog, long nowMicros) {
        final Catalog.Segment segment = catalog.segment(change.segment());
        if (segment == null || segment.isComputed()) {
            final String reason = segment == null
                    ? "the catalog has no segment '" + change.segment() + "'"
                    : "'" + change.segment() + "' is computed by a rule and cannot be written";
            return new Resolver.Resolved(
                    null, ChangeOutcome.refused(Status.INVALID, tables.sequence(), new FieldError("segment", reason)));
        }
        final int number = tables.segmentNumbers().number(segment.id());
        final RoaringBitmap wanted = ordinals(change.members());
        final RoaringBitmap added = new RoaringBitmap();
        final RoaringBitmap removed = new RoaringBitmap();
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            final RecordBuffer record = tables.readRecord(ordinal);
            if (record == null) {
                continue;
            }
            view.wrap(record.buffer());
            final boolean isMember = view.isMember(number);
            if (!wanted.contains(ordinal)) {
                if (isMember) {
                    removed.add(ordinal);
                }
            } else if (isMember) {
                if (view.memberExpiryMicros(number) != change.expiresMicros()) {
                    added.add(ordinal);
                }
            } else if (hasRoom(record, ordinal, segment.id(), change.expiresMicros())) {
                added.add(ordinal);
            }
        }
        if (added.isEmpty() && removed.isEmpty()) {
            return new Resolver.Resolved(
                    null, new ChangeOutcome(Status.UNCHANGED, null, 0, tables.sequence(), List.of()));
        }
        added.runOptimize();
        removed.runOptimize();
        final long sequence = tables.sequence() + 1;
        return new Resolver.Resolved(
                new Effect.StoreMembers(sequence, number, change.expiresMicros(), nowMicros, added, removed),
                new ChangeOutcome(Status.UPDATED, null, sequence, sequence, List.of()));
    }

    /** Of those that somebody has. */
    private RoaringBitmap ordinals(List<long[]> members) {
        final RoaringBitmap ordinals = new RoaringBitmap();
        for (final long[] hashes : members) {
            for (int i = 0; i < hashes.length; i += 2) {
                final int ordinal = tables.find(hashes[i], hashes[i + 1]);
                if (ordinal != View.NOBODY) {
                    ordinals.add(ordinal);
                }
            }
        }
        return ordinals;
    }

    /** Whether the document stays within its limit; who is at it already does not become a member. */
    private boolean hasRoom(RecordBuffer record, int ordinal, String segment, long expiresMicros) {
        if (record.length() + MEMBERSHIP_BYTES_MAX <= ProfileLimits.PROFILE_BYTES_MAX) {
            return true;
        }
        final Profile profile = tables.readProfile(ordinal);
        if (profile == null) {
            return false;
        }
        final SortedMap<String, Long> listed = new TreeMap<>(profile.listed());
        listed.put(segment, expiresMicros);
        final Profile larger = profile.withListed(listed, profile.updatedAtMicros(), profile.sequence());
        return tables.codec().documentLength(larger, tables.segmentNumbers()) <= ProfileLimits.PROFILE_BYTES_MAX;
    }
}
