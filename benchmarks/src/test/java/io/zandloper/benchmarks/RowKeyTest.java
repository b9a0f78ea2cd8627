package io.zandloper.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.benchmarks.measure.RowKey;
import io.zandloper.loadtest.generate.DataSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RowKeyTest {
    @ParameterizedTest
    @ValueSource(
            longs = {0, 8, 9, 98, 99, 998, 999, 9_998, 9_999, 12_344, 99_999, 1_234_566, 9_999_999, 123_456_788_999L})
    void isTheIdentityOfTheGeneratedProfile(long row) {
        final byte[] expected = DataSet.crm(row).getBytes(UTF_8);
        final RowKey keys = new RowKey();
        assertThat(keys.of(row)).isEqualTo(expected);
        final byte[] text = new byte[keys.lengthMax() + 3];
        assertThat(keys.put(row, text, 3)).isEqualTo(expected.length);
        assertThat(text).containsSubsequence(expected);
    }
}
