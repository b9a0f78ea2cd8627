package io.zandloper.server.http;

import io.zandloper.storage.StorageReader;
import io.zandloper.storage.change.Change;
import io.zandloper.storage.change.ReplaceMembers;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.profile.Identity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates who is not known yet line by line, then makes all of them the members of a segment by one change. */
final class MemberReplacement implements LineHandler {
    private static final int ARRAY_LENGTH = 8_192;
    private static final long[] NONE = {};

    private final StorageReader reader;
    private final IdentityHash hash;
    private final String segment;
    private final long expiresMicros;
    private final Runnable closed;
    /** Full arrays of hashes, two longs an identity. */
    private List<long[]> members = new ArrayList<>();

    private long[] filling = NONE;
    private int filled;

    MemberReplacement(StorageReader reader, IdentityHash hash, String segment, long expiresMicros, Runnable closed) {
        this.reader = reader;
        this.hash = hash;
        this.segment = segment;
        this.expiresMicros = expiresMicros;
        this.closed = closed;
    }

    @Override
    public @Nullable Change change(byte[] bytes, int length) {
        final Identity identity = IdentityLine.read(bytes, length);
        final byte[] utf8 = identity.utf8();
        hash.hash(utf8, 0, utf8.length);
        add(hash.high(), hash.low());
        return MemberChanges.isKnown(reader, identity) ? null : MemberChanges.upsert(identity, null);
    }

    @Override
    public Change last() {
        final List<long[]> named = members;
        named.add(Arrays.copyOf(filling, filled));
        members = List.of();
        filling = NONE;
        return new ReplaceMembers(segment, expiresMicros, named);
    }

    private void add(long high, long low) {
        if (filled == filling.length) {
            if (filled > 0) {
                members.add(filling);
            }
            filling = new long[ARRAY_LENGTH];
            filled = 0;
        }
        filling[filled++] = high;
        filling[filled++] = low;
    }

    @Override
    public long linesMax() {
        return HttpLimits.MEMBERS_MAX;
    }

    @Override
    public void close() {
        members = List.of();
        filling = NONE;
        closed.run();
    }
}
