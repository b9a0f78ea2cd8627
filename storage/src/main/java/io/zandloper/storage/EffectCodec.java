package io.zandloper.storage;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.format.SegmentNumbers;
import io.zandloper.storage.journal.JournalEntry;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Effects to the payloads of journal entries and back. For one thread.
 *
 * <pre>
 *   type 1, a profile:  ordinal int, removed identities: count int, each length int and UTF-8, then the record
 *   type 2, a catalog:  version long, then the JSON text
 * </pre>
 */
final class EffectCodec {
    static final int STORE_PROFILE = 1;
    static final int STORE_CATALOG = 2;

    private static final int BUFFER_BYTES = 16 * 1024;

    private final SegmentNumbers segmentNumbers;
    private final Function<byte[], Catalog> catalogReader;
    private final RecordCodec records = new RecordCodec();
    private ByteBuffer buffer = little(ByteBuffer.allocate(BUFFER_BYTES));

    EffectCodec(SegmentNumbers segmentNumbers, Function<byte[], Catalog> catalogReader) {
        this.segmentNumbers = segmentNumbers;
        this.catalogReader = catalogReader;
    }

    static int type(Effect effect) {
        return effect instanceof Effect.StoreProfile ? STORE_PROFILE : STORE_CATALOG;
    }

    /** From position to limit; valid until the next call. */
    ByteBuffer encode(Effect effect) {
        if (effect instanceof Effect.StoreCatalog store) {
            reserve(Long.BYTES + store.source().length);
            return buffer.putLong(store.catalog().version()).put(store.source()).flip();
        }
        return encode((Effect.StoreProfile) effect);
    }

    private ByteBuffer encode(Effect.StoreProfile store) {
        final List<byte[]> removed = new ArrayList<>();
        int lengthBytes = 2 * Integer.BYTES + store.record().remaining();
        for (final Identity identity : store.removed()) {
            final byte[] utf8 = identity.utf8();
            removed.add(utf8);
            lengthBytes += Integer.BYTES + utf8.length;
        }
        reserve(lengthBytes);
        buffer.putInt(store.ordinal()).putInt(removed.size());
        for (final byte[] utf8 : removed) {
            buffer.putInt(utf8.length).put(utf8);
        }
        return buffer.put(store.record().duplicate()).flip();
    }

    /**
     * @throws IllegalArgumentException for a type this version does not know
     */
    Effect decode(JournalEntry entry) {
        final ByteBuffer payload = entry.payload();
        if (entry.type() == STORE_CATALOG) {
            final long version = payload.getLong();
            final byte[] source = new byte[payload.remaining()];
            payload.get(source);
            return new Effect.StoreCatalog(
                    entry.sequence(), catalogReader.apply(source).withVersion(version), source);
        }
        if (entry.type() != STORE_PROFILE) {
            throw new IllegalArgumentException("an entry of the journal is of an unknown kind: type=" + entry.type());
        }
        final int ordinal = payload.getInt();
        final List<Identity> removed = new ArrayList<>();
        for (int left = payload.getInt(); left > 0; left--) {
            final byte[] utf8 = new byte[payload.getInt()];
            payload.get(utf8);
            removed.add(Identity.ofCanonical(new String(utf8, StandardCharsets.UTF_8)));
        }
        final ByteBuffer record = little(payload.slice());
        final Profile profile = records.decode(record, segmentNumbers);
        return new Effect.StoreProfile(entry.sequence(), ordinal, profile, record, profile.identities(), removed);
    }

    /** A stored record as the effect that stores it anew. */
    Effect decodeRecord(int ordinal, ByteBuffer record) {
        final Profile profile = records.decode(record, segmentNumbers);
        return new Effect.StoreProfile(profile.sequence(), ordinal, profile, record, profile.identities(), List.of());
    }

    private void reserve(int lengthBytes) {
        if (buffer.capacity() < lengthBytes) {
            buffer = little(ByteBuffer.allocate(Math.max(lengthBytes, 2 * buffer.capacity())));
        }
        buffer.clear();
    }

    private static ByteBuffer little(ByteBuffer bytes) {
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }
}
