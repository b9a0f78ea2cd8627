package io.zandloper.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:7400", "db.example:1", "[::1]:65535", "unix:/run/zandloper.sock", "unix:here"})
    void isShownAsItWasGiven(String text) {
        assertThat(ServerAddress.parse(text)).hasToString(text);
    }

    @Test
    void partsAreTakenApart() {
        assertThat(ServerAddress.parse("[fe80::1]:7400")).isEqualTo(ServerAddress.tcp("fe80::1", 7400));
        assertThat(ServerAddress.parse("unix:/a:b").path()).isEqualTo("/a:b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", ":7400", "host:", "host:port", "host:0", "host:65536", "::1:7400", "unix:"})
    void whatIsNoneIsNamed(String text) {
        assertThatThrownBy(() -> ServerAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("address=" + text);
    }
}
