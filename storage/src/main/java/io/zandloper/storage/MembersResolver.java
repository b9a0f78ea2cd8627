package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.ChangeOutcome.Status;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.profile.FieldError;
import io.zandloper.storage.profile.Profile;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import io.zandloper.storage.record.RecordBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.roaringbitmap.RoaringBitmap;

/**
 * Decides whose membership a new list of members changes. Rows tell who is no member, but for a segment that needs
 * consent: who is one without consent is in the records alone, so all of those are looked at, without decoding them.
 * Belongs to the writer's thread, which does nothing else meanwhile.
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
        // A membership in force is in the row where it needs no consent; one that has expired is none, and stays as it
        // is.
        final boolean rowTells = segment.document().purposes() == 0;
        final RoaringBitmap added = new RoaringBitmap();
        final RoaringBitmap removed = new RoaringBitmap();
        for (int ordinal = 0; ordinal < tables.ordinals(); ordinal++) {
            final boolean isWanted = wanted.contains(ordinal);
            if (!isWanted && rowTells && tables.testSegment(ordinal, segment.bit(), nowMicros) == 0) {
                continue;
            }
            final RecordBuffer record = tables.readRecord(ordinal);
            if (record == null) {
                continue;
            }
            view.wrap(record.buffer());
            final boolean isListed = view.isMember(number);
            final long expiresMicros = isListed ? view.memberExpiryMicros(number) : change.expiresMicros();
            if (!isWanted) {
                if (isListed && (nowMicros < expiresMicros || expiresMicros == Times.NEVER)) {
                    removed.add(ordinal);
                }
            } else if (isListed
                    ? expiresMicros != change.expiresMicros()
                    : hasRoom(record, ordinal, segment.id(), expiresMicros)) {
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
