package io.zandloper.storage.change;

import java.util.List;
import java.util.Objects;

/**
 * Makes a listed segment's members exactly those named, as one change. Members that nobody has (any more) are left out:
 * who is to be created is created before.
 *
 * @param segment of the catalog, listed
 * @param expiresMicros of every membership, {@code Times.NEVER} for none
 * @param members keyed hashes of identities, two longs each (high, low), as {@code Storage.newIdentityHash} gives them;
 *     any number of identities in an array
 */
public record ReplaceMembers(String segment, long expiresMicros, List<long[]> members) implements Change {
    public ReplaceMembers {
        Objects.requireNonNull(members);
    }
}
