package io.zandloper.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {
    @Test
    void isAPortOrASocketInTheFileSystem() {
        assertThat(Endpoint.parse("127.0.0.1:7400")).isEqualTo(Endpoint.tcp("127.0.0.1", 7400));
        assertThat(Endpoint.parse("::1:7400")).isEqualTo(Endpoint.tcp("::1", 7400));
        assertThat(Endpoint.parse("unix:/run/z.sock")).isEqualTo(Endpoint.unix(Path.of("/run/z.sock")));
        assertThat(Endpoint.parse("unix:/run/z.sock")).hasToString("unix:/run/z.sock");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", "h:", "h:0", "h:65536", "h:x", ":7400", "unix:"})
    void orNothing(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Literal addresses: nothing is looked up. */
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "::1, true",
        "10.200.1.2, true",
        "192.168.0.7, true",
        "fd00::7, true",
        "203.0.113.7, false",
        "2001:db8::7, false"
    })
    void loadStaysNear(String host, boolean near) throws IOException {
        assertThat(Endpoint.tcp(host, 7400).isNear()).isEqualTo(near);
    }
}
