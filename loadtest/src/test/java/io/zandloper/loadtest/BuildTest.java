package io.zandloper.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BuildTest {
    @Test
    void testsRunOnJdk25WithTheServersJvmOptions() {
        assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
        assertThat(System.getProperty("chronicle.analytics.disable")).isEqualTo("true");
    }
}
