package io.zandloper.server.wire;

import io.zandloper.storage.catalog.Catalog;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A catalog's segments by the bytes of their ids, and those by them, so that neither needs a string. Open addressing, at most half
 * full. Immutable.
 */
final class SegmentNames {
    private static final int FREE = -1;
    private static final int FNV_PRIME = 0x01000193;
    private static final int FNV_BASIS = 0x811c9dc5;

    private final Catalog catalog;
    private final byte[][] names;
    private final int[] bits;
    private final int mask;

    SegmentNames(Catalog catalog) {
        final int count = catalog.segments().size();
        this.catalog = catalog;
        this.names = new byte[count][];
        this.mask = Integer.highestOneBit(Math.max(1, count)) * 4 - 1;
        this.bits = new int[mask + 1];
        Arrays.fill(bits, FREE);
        for (final Catalog.Segment segment : catalog.segments()) {
            final byte[] name = segment.id().getBytes(StandardCharsets.UTF_8);
            names[segment.bit()] = name;
            bits[slotOf(ByteBuffer.wrap(name), 0, name.length)] = segment.bit();
        }
    }

    /** Whether these are the names of {@code other}. */
    boolean isOf(Catalog other) {
        return catalog == other;
    }

    /** The id of the segment of a bit. */
    String id(int bit) {
        return catalog.segments().get(bit).id();
    }

    /** The same in UTF-8; not to be changed. */
    byte[] utf8(int bit) {
        return names[bit];
    }

    boolean isComputed(int bit) {
        return catalog.segments().get(bit).isComputed();
    }

    /** The segment's bit, or -1 where the catalog has none of that id. */
    int bit(ByteBuffer id, int offset, int lengthBytes) {
        return bits[slotOf(id, offset, lengthBytes)];
    }

    /** The slot that holds the id, or the free one where it would be. */
    private int slotOf(ByteBuffer id, int offset, int lengthBytes) {
        int hash = FNV_BASIS;
        for (int i = 0; i < lengthBytes; i++) {
            hash = (hash ^ id.get(offset + i)) * FNV_PRIME;
        }
        int slot = (hash ^ (hash >>> 15)) & mask;
        while (bits[slot] != FREE && !equals(names[bits[slot]], id, offset, lengthBytes)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static boolean equals(byte[] name, ByteBuffer id, int offset, int lengthBytes) {
        if (name.length != lengthBytes) {
            return false;
        }
        for (int i = 0; i < lengthBytes; i++) {
            if (name[i] != id.get(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
