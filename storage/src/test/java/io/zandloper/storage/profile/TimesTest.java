package io.zandloper.storage.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z, 0, 1970-01-01T00:00:00Z",
        "2026-11-01T12:00:00+01:00, 1793530800000000, 2026-11-01T11:00:00Z",
        "2026-11-01t12:00:00.123456789z, 1793534400123456, 2026-11-01T12:00:00.123456Z",
        "1969-12-31T23:59:59.5Z, -500000, 1969-12-31T23:59:59.500Z",
        "9999-12-31T23:59:59Z, 253402300799000000, 9999-12-31T23:59:59Z"
    })
    void timesAreMicrosecondsAndComeBackInUtc(String text, long micros, String back) {
        assertThat(Times.parseTime(text, "at")).isEqualTo(micros);
        assertThat(Times.formatTime(micros)).isEqualTo(back);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-11-01",
                "2026-11-01T12:00:00",
                "2026-02-30T12:00:00Z",
                "2026-11-01T25:00:00Z",
                "2026-11-01 12:00:00Z",
                "+12026-11-01T12:00:00Z",
                "1793530800"
            })
    void whatIsNoTimeIsRefusedByField(String text) {
        assertThatThrownBy(() -> Times.parseTime(text, "offers[0].start"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("offers[0].start: ");
    }

    @ParameterizedTest
    @CsvSource({
        "PT30S, 30000000",
        "P14D, 1209600000000",
        "P1DT12H, 129600000000",
        "PT1H2M3.5S, 3723500000",
        "P0D, 0",
        "PT0.000001S, 1"
    })
    void durationsAreDaysAndBelow(String text, long micros) {
        assertThat(Times.parseDuration(text, "window")).isEqualTo(micros);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "P", "PT", "P1DT", "P1W", "P1M", "P1Y", "-P1D", "P-1D", "PT-1S", "p1d", "1D", "P1.5D"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> Times.parseDuration(text, "window"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("window: ");
    }

    @Test
    void neverIsLaterThanEveryTimeThatCanBeWritten() {
        assertThat(Times.parseTime("9999-12-31T23:59:59.999999Z", "at")).isLessThan(Times.NEVER);
    }
}
