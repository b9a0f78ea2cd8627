package io.zandloper.storage.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final String DIGEST = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    @Test
    void namespaceIsLoweredAndValueKept() {
        assertThat(Identity.parse("CRM:Ab:c Ü", "id")).isEqualTo(new Identity("crm", "Ab:c Ü"));
    }

    @Test
    void everySpellingOfADigestNamesTheSamePerson() {
        final byte[] bytes = HexFormat.of().parseHex(DIGEST);
        final Identity canonical = new Identity("email_sha256", DIGEST);
        assertThat(Identity.parse("email_sha256:" + DIGEST.toUpperCase(java.util.Locale.ROOT), "id"))
                .isEqualTo(canonical);
        for (final Base64.Encoder encoder : new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
            assertThat(Identity.parse("EMAIL_sha256:" + encoder.encodeToString(bytes), "id"))
                    .isEqualTo(canonical);
            assertThat(Identity.parse("email_sha256:" + encoder.withoutPadding().encodeToString(bytes), "id"))
                    .isEqualTo(canonical);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "crm",
                ":1",
                "crm:",
                "c m:1",
                "crm:a\u0000b",
                "crm:a\u0085b",
                "crm:\ud800",
                "email_sha256:abc",
                "email_sha256:zz"
            })
    void whatIsNoIdentityIsRefusedByField(String text) {
        assertThatThrownBy(() -> Identity.parse(text, "identities[3]"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("identities[3]: ");
    }

    @Test
    void lengthsAreCountedInBytes() {
        assertThat(Identity.parse("crm:" + "é".repeat(128), "id").value()).hasSize(128);
        assertThatThrownBy(() -> Identity.parse("crm:" + "é".repeat(128) + "a", "id"))
                .hasMessageContaining("256 bytes");
        assertThatThrownBy(() -> Identity.parse("n".repeat(33) + ":1", "id")).hasMessageContaining("namespace");
    }
}
