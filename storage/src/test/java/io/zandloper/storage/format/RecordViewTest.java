package io.zandloper.storage.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.storage.profile.Consent;
import io.zandloper.storage.profile.Identity;
import io.zandloper.storage.profile.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
            assertThat(view.version()).isEqualTo(profile.version());
            assertThat(view.updatedAtMicros()).isEqualTo(profile.updatedAtMicros());
            assertThat(scores(view, record)).as("seed %d", seed).isEqualTo(profile.scores());
            assertThat(consent(view, record)).as("seed %d", seed).isEqualTo(profile.consent());
        }
    }

    private static Map<String, Number> scores(RecordView view, ByteBuffer record) {
        final Map<String, Number> scores = new HashMap<>();
        for (int i = 0; i < view.scoreCount(); i++) {
            final Number score = view.isScoreInteger(i) ? (Number) view.scoreInteger(i) : (Number) view.scoreDouble(i);
            scores.put(text(record, view.scoreOfferOffset(i), view.scoreOfferLength(i)), score);
        }
        return scores;
    }

    private static Consent consent(RecordView view, ByteBuffer record) {
        if (!view.hasConsent()) {
            return null;
        }
        return new Consent(
                view.consentPurposes(),
                view.tcfLength() < 0 ? null : text(record, view.tcfOffset(), view.tcfLength()),
                view.gppLength() < 0 ? null : text(record, view.gppOffset(), view.gppLength()));
    }

    private static String text(ByteBuffer record, int offset, int length) {
        final byte[] utf8 = new byte[length];
        record.get(offset, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
