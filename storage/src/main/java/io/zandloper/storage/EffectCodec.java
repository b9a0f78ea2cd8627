package io.zandloper.storage;

import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.RecordView;
import io.zandloper.storage.format.RowImage;
import io.zandloper.storage.journal.JournalEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.roaringbitmap.RoaringBitmap;

/**
 * Effects to the payloads of journal entries and back. For one thread.
 *
 * <pre>
 *   type 1, a profile:  ordinal int, removed identities: count int, each hash two longs, row image, record
 *   type 2, a catalog:  version long, judged at µs long, then the JSON text
 *   type 3, a link:     ordinal that goes int, then as type 1
 *   type 4, an erasure: ordinal int, to the ledger int (0, 1), at µs long, identities: count int, each hash two longs
 *   type 5, members of a segment:  number int, expires µs long, at µs long,
 *                       ordinals added, ordinals removed: two RoaringBitmaps in their portable format
 * </pre>
 *
 * Identities that lead to a profile are in its record; nothing else of a record is looked at when it is read.
 */
final class EffectCodec {
    static final int STORE_PROFILE = 1;
    static final int STORE_CATALOG = 2;
    static final int LINK_PROFILES = 3;
    static final int ERASE_PROFILE = 4;
    static final int STORE_MEMBERS = 5;

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final long SEQUENCE_OF_RECORD = 0;
    private static final long[] NONE = {};

    private final IdentityHash hash;
    private final CatalogLoader catalogLoader;
    private final RecordView view = new RecordView();
    private byte[] identity = new byte[BUFFER_BYTES];
    private ByteBuffer buffer = little(ByteBuffer.allocate(BUFFER_BYTES));

    EffectCodec(IdentityHash hash, CatalogLoader catalogLoader) {
        this.hash = hash;
        this.catalogLoader = catalogLoader;
    }

    static int type(Effect effect) {
        if (effect instanceof Effect.StoreProfile) {
            return STORE_PROFILE;
        }
        if (effect instanceof Effect.LinkProfiles) {
            return LINK_PROFILES;
        }
        if (effect instanceof Effect.EraseProfile) {
            return ERASE_PROFILE;
        }
        return effect instanceof Effect.StoreMembers ? STORE_MEMBERS : STORE_CATALOG;
    }

    /** From position to limit; valid until the next call. */
    ByteBuffer encode(Effect effect) {
        if (effect instanceof Effect.StoreProfile store) {
            reserve(lengthBytes(store));
            put(store);
        } else if (effect instanceof Effect.LinkProfiles link) {
            reserve(Integer.BYTES + lengthBytes(link.store()));
            buffer.putInt(link.gone());
            put(link.store());
        } else if (effect instanceof Effect.EraseProfile erase) {
            reserve(2 * Integer.BYTES + Long.BYTES + lengthBytes(erase.identities()));
            buffer.putInt(erase.ordinal()).putInt(erase.toLedger() ? 1 : 0).putLong(erase.atMicros());
            put(erase.identities());
        } else if (effect instanceof Effect.StoreCatalog store) {
            reserve(2 * Long.BYTES + store.source().length);
            buffer.putLong(store.catalog().version()).putLong(store.atMicros()).put(store.source());
        } else if (effect instanceof Effect.StoreMembers store) {
            reserve(Integer.BYTES
                    + 2 * Long.BYTES
                    + store.added().serializedSizeInBytes()
                    + store.removed().serializedSizeInBytes());
            buffer.putInt(store.segment()).putLong(store.expiresMicros()).putLong(store.atMicros());
            store.added().serialize(buffer);
            store.removed().serialize(buffer);
        }
        return buffer.flip();
    }

    private static int lengthBytes(Effect.StoreProfile store) {
        return Integer.BYTES
                + lengthBytes(store.removed())
                + store.row().encodedLength()
                + store.record().remaining();
    }

    private static int lengthBytes(long[] hashes) {
        return Integer.BYTES + hashes.length * Long.BYTES;
    }

    private void put(Effect.StoreProfile store) {
        buffer.putInt(store.ordinal());
        put(store.removed());
        store.row().encode(buffer);
        buffer.put(store.record().duplicate());
    }

    private void put(long[] hashes) {
        buffer.putInt(hashes.length / 2);
        for (final long half : hashes) {
            buffer.putLong(half);
        }
    }

    /**
     * @throws IllegalArgumentException for a type this version does not know
     */
    Effect decode(JournalEntry entry) {
        final ByteBuffer payload = entry.payload();
        final long sequence = entry.sequence();
        return switch (entry.type()) {
            case STORE_PROFILE -> decodeProfile(sequence, payload.getInt(), getHashes(payload), payload);
            case STORE_CATALOG -> decodeCatalog(sequence, payload);
            case LINK_PROFILES -> {
                final int gone = payload.getInt();
                yield new Effect.LinkProfiles(
                        decodeProfile(sequence, payload.getInt(), getHashes(payload), payload), gone);
            }
            case ERASE_PROFILE -> {
                final int ordinal = payload.getInt();
                final boolean toLedger = payload.getInt() != 0;
                final long atMicros = payload.getLong();
                yield new Effect.EraseProfile(sequence, ordinal, getHashes(payload), atMicros, toLedger);
            }
            case STORE_MEMBERS ->
                new Effect.StoreMembers(
                        sequence,
                        payload.getInt(),
                        payload.getLong(),
                        payload.getLong(),
                        getBitmap(payload),
                        getBitmap(payload));
            default ->
                throw new IllegalArgumentException(
                        "an entry of the journal is of an unknown kind: type=" + entry.type());
        };
    }

    private Effect.StoreCatalog decodeCatalog(long sequence, ByteBuffer payload) {
        final long version = payload.getLong();
        final long atMicros = payload.getLong();
        final byte[] source = new byte[payload.remaining()];
        payload.get(source);
        return new Effect.StoreCatalog(
                sequence, atMicros, catalogLoader.compile(source).withVersion(version), source);
    }

    private static RoaringBitmap getBitmap(ByteBuffer payload) {
        final RoaringBitmap bitmap = new RoaringBitmap();
        try {
            bitmap.deserialize(payload.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new IllegalArgumentException("an entry of the journal holds no bitmap of ordinals", e);
        }
        payload.position(payload.position() + bitmap.serializedSizeInBytes());
        return bitmap;
    }

    private static long[] getHashes(ByteBuffer payload) {
        final long[] hashes = new long[payload.getInt() * 2];
        for (int i = 0; i < hashes.length; i++) {
            hashes[i] = payload.getLong();
        }
        return hashes;
    }

    /**
     * A stored profile, as a snapshot has it, as the effect that stores it anew.
     *
     * @param image its row image and its record
     */
    Effect.StoreProfile decodeProfile(int ordinal, ByteBuffer image) {
        return decodeProfile(SEQUENCE_OF_RECORD, ordinal, NONE, image);
    }

    private Effect.StoreProfile decodeProfile(long sequence, int ordinal, long[] removed, ByteBuffer image) {
        final RowImage row = RowImage.decode(image);
        final ByteBuffer record = little(image.slice());
        final long[] added = identities(record);
        return new Effect.StoreProfile(
                sequence == SEQUENCE_OF_RECORD ? view.sequence() : sequence, ordinal, row, record, added, removed);
    }

    private long[] identities(ByteBuffer record) {
        view.wrap(record).checkFormat();
        final long[] hashes = new long[view.identityCount() * 2];
        for (int i = 0; i < hashes.length / 2; i++) {
            final int length = view.identityLength(i);
            if (identity.length < length) {
                identity = new byte[length];
            }
            record.get(view.identityOffset(i), identity, 0, length);
            hash.hash(identity, 0, length);
            hashes[2 * i] = hash.high();
            hashes[2 * i + 1] = hash.low();
        }
        return hashes;
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
