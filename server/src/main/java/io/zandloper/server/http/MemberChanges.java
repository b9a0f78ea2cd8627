package io.zandloper.server.http;

import io.zandloper.storage.StorageReader;
import io.zandloper.storage.View;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.UpsertProfile;
import io.zandloper.storage.change.UpsertProfile.IdentitiesPatch;
import io.zandloper.storage.change.UpsertProfile.Mode;
import io.zandloper.storage.change.UpsertProfile.SegmentsPatch;
import io.zandloper.storage.profile.Identity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Each line adds a person to a segment, who is created where nobody has the identity, or removes one who is known. */
final class MemberChanges implements LineHandler {
    private final StorageReader reader;
    private final SegmentsPatch patch;
    private final boolean creates;

    MemberChanges(StorageReader reader, String segment, boolean adds, long expiresMicros) {
        this.reader = reader;
        this.patch = adds
                ? new SegmentsPatch(false, Map.of(segment, expiresMicros), List.of())
                : new SegmentsPatch(false, Map.of(), List.of(segment));
        this.creates = adds;
    }

    @Override
    public @Nullable Change change(byte[] bytes, int length) {
        final Identity identity = IdentityLine.read(bytes, length);
        return creates || isKnown(reader, identity) ? upsert(identity, patch) : null;
    }

    /** A change like that of a bulk line. */
    static UpsertProfile upsert(Identity identity, @Nullable SegmentsPatch segments) {
        return new UpsertProfile(
                null,
                Mode.MERGE,
                null,
                null,
                new IdentitiesPatch(false, List.of(identity), List.of()),
                null,
                segments,
                null,
                null);
    }

    static boolean isKnown(StorageReader reader, Identity identity) {
        try {
            return reader.enter().find(identity) != View.NOBODY;
        } finally {
            reader.leave();
        }
    }
}
