package io.zandloper.server.realinput;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class XxHash64Test {
    /** Published values of the reference implementation. */
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "abc, 44bc2cf5ad770999",
        "xxhash, 32dd38952c4bc720",
        "Nobody inspects the spammish repetition, fbcea83c8a378bf1",
        "The quick brown fox jumps over the lazy dog, 0b242d361fda71bc"
    })
    void hashesAsPublished(String text, String expected) {
        assertThat(XxHash64.hash(text.getBytes(UTF_8))).isEqualTo(Long.parseUnsignedLong(expected, 16));
    }
}
