package io.zandloper.server.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.server.decide.Decision.Reason;
import io.zandloper.server.decide.Decision.Status;
import io.zandloper.storage.catalog.CatalogDocument.Holdout;
import io.zandloper.storage.profile.Identity;
import java.nio.charset.StandardCharsets;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HoldoutTest {
    /** With the salt {@code s} and 2 percent, crm:14041 is in the last bucket that is held out, crm:251 behind it. */
    private static final String CATALOG = """
            {"placements":[{"id":"p","fallback":["newsletter"]}],
             "offers":[{"id":"must","mandatory":true},{"id":"newsletter","eligibility":"false"}],
             "policies":{"holdout":{"percent":2.0,"salt":"s"}}}""";

    @ParameterizedTest
    @CsvSource({
        // Known answers of XXH64 with seed 0.
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
    })
    void theHashIsXxh64(String text, String hex) {
        assertThat(LongHashFunction.xx().hashBytes(text.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Long.parseUnsignedLong(hex, 16));
    }

    @ParameterizedTest
    @CsvSource({
        // From an implementation of its own; most of these hashes have the highest bit set.
        "2026-11, crm:10042, 911",
        "2026-11, crm:1, 2619",
        "'', cookie:9f2ab, 9725",
        "zout-é, crm:日本, 5434",
        "2026-11, email_sha256:abababababababababababababababababababababababababababababababab, 4065",
        "s, crm:5535, 0",
        "s, crm:848, 9999",
    })
    void theBucketIsOfSaltAndPrimaryIdentity(String salt, String identity, long bucket) {
        assertThat(Holdouts.bucket(salt, Identity.parse(identity, "id"))).isEqualTo(bucket);
    }

    @ParameterizedTest
    @CsvSource({
        // bucket 199, 200; 0.07 and 0.29 are not exact in binary: 7 and 29 buckets all the same
        "14041, 2.0, true",
        "251, 2.0, false",
        "251, 2.01, true",
        "14557, 0.07, true",
        "5777, 0.07, false",
        "5101, 0.29, true",
        "15023, 0.29, false",
        "5535, 0.0, false",
        "5535, 0.001, true",
        "848, 100.0, true",
        "848, 99.99, false",
    })
    void asManyBucketsAsHundredthsOfAPercentAreHeldOut(String crm, double percent, boolean heldOut) {
        assertThat(Holdouts.contains(new Holdout(percent, "s"), Identity.parse("crm:" + crm, "id")))
                .isEqualTo(heldOut);
    }

    @Test
    void theHeldOutAreShownFallbacksOnly() {
        final Fixture heldOut = Fixture.of(CATALOG).identity("crm:14041");
        assertThat(heldOut.decide().reason()).isEqualTo(Reason.SPLIT);
        assertThat(heldOut.offers()).containsExactly("newsletter");
        assertThat(heldOut.codes("must")).containsExactly(ReasonCode.HOLDOUT);
        assertThat(heldOut.explanation("must").reasons().get(0).detail())
                .isEqualTo("in the universal holdout of 2.0 percent");
        assertThat(heldOut.codes("newsletter")).containsExactly(ReasonCode.ELIGIBILITY, ReasonCode.HOLDOUT);
        assertThat(heldOut.explanation("newsletter").status()).isEqualTo(Status.RETURNED);
        assertThat(Fixture.of(CATALOG).identity("crm:251").offers()).containsExactly("must");
    }

    @Test
    void anonymousAndUnknownVisitorsAndDocumentsNeverAre() {
        assertThat(Fixture.of(CATALOG).anonymous().offers()).containsExactly("must");
        assertThat(Fixture.of(CATALOG).unknown("crm:14041").offers()).containsExactly("must");
        assertThat(Fixture.of(CATALOG).identity("crm:14041").document().offers())
                .containsExactly("must");
    }
}
