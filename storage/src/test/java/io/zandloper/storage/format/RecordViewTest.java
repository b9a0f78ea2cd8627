package io.zandloper.storage.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordViewTest {
    @Test
    void readsWhatTheDecoderReads() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final TestSegmentNumbers numbers = new TestSegmentNumbers();
        final RecordCodec codec = new RecordCodec();
        final RecordView view = new RecordView();
        for (int round = 0; round < 500; round++) {
            final Profile profile = TestProfiles.random(random);
            final ByteBuffer record = codec.encode(profile, numbers);
            view.wrap(record).checkFormat();
            final List<Identity> identities = new ArrayList<>();
            for (int i = 0; i < view.identityCount(); i++) {
                final byte[] utf8 = new byte[view.identityLength(i)];
                record.get(view.identityOffset(i), utf8);
                identities.add(Identity.ofCanonical(new String(utf8, StandardCharsets.UTF_8)));
            }
            assertThat(identities).as("seed %d", seed).isEqualTo(profile.identities());
            assertThat(view.sequence()).isEqualTo(profile.sequence());
            assertThat(view.createdSequence()).isEqualTo(profile.createdSequence());
            for (int number = 0; number < numbers.count(); number++) {
                final Long expiryMicros = profile.expiryOf(numbers.id(number));
                assertThat(view.isMember(number)).as("seed %d", seed).isEqualTo(expiryMicros != null);
                if (expiryMicros != null) {
                    assertThat(view.memberExpiryMicros(number)).isEqualTo(expiryMicros);
                }
            }
            assertThat(view.isMember(numbers.count())).isFalse();
        }
    }
}
