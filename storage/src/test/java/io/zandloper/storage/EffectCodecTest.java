package io.zandloper.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.RecordCodec;
import io.zandloper.storage.format.RowImage;
import io.zandloper.storage.journal.JournalEntry;
import io.zandloper.storage.profile.EventHistory;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EffectCodecTest {
    private static final RowImage ROW = new RowImage(5, 77, new long[] {6, 1});

    private final IdentityHash hash = new IdentityHash(new byte[IdentityHash.KEY_BYTES]);
    private final EffectCodec codec = new EffectCodec(hash, source -> Catalog.EMPTY);

    private long[] hashes(Identity... identities) {
        final long[] hashes = new long[2 * identities.length];
        for (int i = 0; i < identities.length; i++) {
            final byte[] utf8 = identities[i].utf8();
            hash.hash(utf8, 0, utf8.length);
            hashes[2 * i] = hash.high();
            hashes[2 * i + 1] = hash.low();
        }
        return hashes;
    }

    /** The payload lies at an odd place, as it may in a journal file. */
    private Effect roundTrip(Effect effect) {
        final ByteBuffer encoded = codec.encode(effect);
        final ByteBuffer moved = ByteBuffer.allocateDirect(encoded.remaining() + 3);
        moved.position(3).put(encoded).flip().position(3);
        return codec.decode(new JournalEntry(
                effect.sequence(), 1, EffectCodec.type(effect), moved.slice().order(ByteOrder.LITTLE_ENDIAN)));
    }

    private static ByteBuffer record(Identity... identities) {
        final Profile profile = new Profile(
                List.of(identities),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                EventHistory.EMPTY,
                3,
                4,
                5,
                9);
        return new RecordCodec().encode(profile, new SegmentDictionary(List.of()));
    }

    @Test
    void aProfileComesBackWithItsRowAndTheHashesOfItsIdentities() {
        final Identity crm = new Identity("crm", "1");
        final Identity cookie = new Identity("cookie", "é".repeat(120));
        final long[] removed = hashes(new Identity("maid", "gone"));
        final ByteBuffer record = record(crm, cookie);
        final Effect.StoreProfile read =
                (Effect.StoreProfile) roundTrip(new Effect.StoreProfile(9, 4, ROW, record, hashes(crm), removed));
        assertThat(read.sequence()).isEqualTo(9);
        assertThat(read.ordinal()).isEqualTo(4);
        assertThat(read.row().purposes()).isEqualTo(5);
        assertThat(read.row().nextExpiryMicros()).isEqualTo(77);
        assertThat(read.row().bits()).containsExactly(6, 1);
        assertThat(read.record()).isEqualTo(record);
        assertThat(read.added()).containsExactly(hashes(crm, cookie));
        assertThat(read.removed()).containsExactly(removed);
    }

    @Test
    void aProfileOfASnapshotIsStoredUnderTheSequenceOfItsRecord() {
        final Identity crm = new Identity("crm", "1");
        final ByteBuffer record = record(crm);
        final ByteBuffer image = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        ROW.encode(image);
        final Effect.StoreProfile read =
                codec.decodeProfile(6, image.put(record.duplicate()).flip());
        assertThat(read.sequence()).isEqualTo(9);
        assertThat(read.ordinal()).isEqualTo(6);
        assertThat(read.added()).containsExactly(hashes(crm));
        assertThat(read.removed()).isEmpty();
        assertThat(read.record()).isEqualTo(record);
    }

    @Test
    void aCatalogComesBackWithTheTimeOfItsJudgement() {
        final byte[] source = "{}".getBytes(StandardCharsets.UTF_8);
        final Effect.StoreCatalog read =
                (Effect.StoreCatalog) roundTrip(new Effect.StoreCatalog(3, 1234, Catalog.EMPTY.withVersion(7), source));
        assertThat(read.sequence()).isEqualTo(3);
        assertThat(read.atMicros()).isEqualTo(1234);
        assertThat(read.catalog().version()).isEqualTo(7);
        assertThat(read.source()).isEqualTo(source);
    }

    @Test
    void anUnknownKindOfEntryIsNamed() {
        assertThatThrownBy(() -> codec.decode(new JournalEntry(1, 1, 99, ByteBuffer.allocate(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("type=99");
    }
}
