package io.zandloper.loadtest.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ServerProcessTest {
    @Test
    void findsTheAddressesInTheReadyLine() throws Exception {
        assertThat(ServerProcess.parse(
                        "ready binary=127.0.0.1:1 http=[::1]:2 admin=localhost:3 role=primary sequence=17"))
                .containsEntry("binary", "127.0.0.1:1")
                .containsEntry("http", "[::1]:2")
                .containsEntry("admin", "localhost:3");
    }

    @Test
    void refusesALineWithoutAllOfThem() {
        assertThatThrownBy(() -> ServerProcess.parse("ready binary=127.0.0.1:1 http=127.0.0.1 admin=127.0.0.1:3"))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the server's ready line names no http address");
    }
}
