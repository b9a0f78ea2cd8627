package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zandloper.server.ServerProcess;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A primary that has handed over is started as if nothing had been, by a supervisor with the command of before. */
@Timeout(300)
final class FencedRestartTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WHAT_TO_DO = "start it with --replica-of, or promote it";
    private static final String PROFILE = "/v1/profiles/crm:1";
    private static final int WAIT_SECONDS = 60;

    @TempDir
    private Path folder;

    private Path old() {
        return folder.resolve("old");
    }

    private ServerProcess startNext(ServerProcess primary) throws Exception {
        return ServerProcess.serve(folder.resolve("next"), "--replica-of", "127.0.0.1:" + primary.binaryPort());
    }

    private static HttpResponse<String> put(ServerProcess server, int value) throws Exception {
        return server.send("PUT", PROFILE, "application/json", "{\"attributes\":{\"n\":" + value + "}}");
    }

    private static long write(ServerProcess server, int value) throws Exception {
        final HttpResponse<String> done = put(server, value);
        assertThat(done.statusCode()).as(done.body()).isBetween(200, 201);
        return Long.parseLong(done.headers().firstValue("Zandloper-Sequence").orElseThrow());
    }

    private static void handOver(ServerProcess to) throws Exception {
        final HttpResponse<String> promoted = to.sendAdmin("POST", "/admin/promote");
        assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
        assertThat(JSON.readTree(promoted.body()).path("handedOver").asBoolean())
                .isTrue();
    }

    private static JsonNode status(ServerProcess server) throws Exception {
        return JSON.readTree(server.getAdmin("/admin/status").body());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void takesNoWritesUntilItFollows(boolean killed) throws Exception {
        final ServerProcess first = ServerProcess.serve(old());
        try (ServerProcess next = startNext(first)) {
            final long shared = write(first, 1);
            assertThat(next.getAt(PROFILE, shared, WAIT_SECONDS).statusCode()).isEqualTo(200);
            handOver(next);
            isFenced(first, shared);
            if (killed) {
                first.kill();
            } else {
                assertThat(first.terminate()).isZero();
            }
            final long sequence = write(next, 2);
            staysFenced(shared);
            follows(next, sequence);
            // Its unit was forgotten, and the machine is started anew.
            staysFenced(sequence);
        } finally {
            first.close();
        }
    }

    private void staysFenced(long sequence) throws Exception {
        try (ServerProcess again = ServerProcess.serve(old())) {
            assertThat(again.role()).isEqualTo("fenced");
            assertThat(again.readySequence()).isEqualTo(sequence);
            isFenced(again, sequence);
            assertThat(put(again, 9).body()).contains(WHAT_TO_DO);
            assertThat(again.errors()).containsOnlyOnce(WHAT_TO_DO);
            assertThat(again.getAt(PROFILE, sequence, 0).statusCode())
                    .as("a minimum sequence")
                    .isEqualTo(503);
            assertThat(again.terminate()).isZero();
        }
    }

    private static void isFenced(ServerProcess server, long sequence) throws Exception {
        assertThat(status(server).path("role").asText()).isEqualTo("fenced");
        assertThat(status(server).path("sequence").asLong()).isEqualTo(sequence);
        final HttpResponse<String> ready = server.getAdmin("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(ready.body()).path("status").asText()).isEqualTo("fenced");
        assertThat(server.getAdmin("/health/live").statusCode()).isEqualTo(200);
        assertThat(put(server, 9).statusCode()).isEqualTo(409);
        assertThat(server.get(PROFILE).statusCode()).isEqualTo(200);
    }

    private void follows(ServerProcess next, long sequence) throws Exception {
        try (ServerProcess back = ServerProcess.serve(old(), "--replica-of", "127.0.0.1:" + next.binaryPort())) {
            assertThat(back.role()).isEqualTo("replica");
            final HttpResponse<String> read = back.getAt(PROFILE, sequence, WAIT_SECONDS);
            assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
            assertThat(read.body()).contains("\"n\":2");
            assertThat(put(back, 9).body()).contains("127.0.0.1:" + next.httpPort());
            assertThat(status(back).path("replication").path("tailsSetAside")).isEmpty();
        }
    }

    @Test
    void canBePromotedUnlessSomebodyElseWas() throws Exception {
        final ServerProcess first = ServerProcess.serve(old());
        final ServerProcess next = startNext(first);
        try {
            final long shared = write(first, 1);
            assertThat(next.getAt(PROFILE, shared, WAIT_SECONDS).statusCode()).isEqualTo(200);
            handOver(next);
            first.kill();
            try (ServerProcess again = ServerProcess.serve(old())) {
                final HttpResponse<String> refused = again.sendAdmin("POST", "/admin/promote");
                assertThat(refused.statusCode()).isEqualTo(409);
                assertThat(refused.body()).contains("somebody else was promoted");
                assertThat(again.getAdmin("/health/ready").statusCode()).isEqualTo(503);
                next.kill();
                final HttpResponse<String> promoted = again.sendAdmin("POST", "/admin/promote");
                assertThat(promoted.statusCode()).as(promoted.body()).isEqualTo(200);
                assertThat(again.getAdmin("/health/ready").statusCode()).isEqualTo(200);
                assertThat(write(again, 3)).isEqualTo(shared + 1);
                assertThat(again.terminate()).isZero();
            }
            try (ServerProcess primary = ServerProcess.serve(old())) {
                assertThat(primary.role()).isEqualTo("primary");
                write(primary, 4);
            }
        } finally {
            first.close();
            next.close();
        }
    }

    @Test
    void importsNothing() throws Exception {
        try (ServerProcess first = ServerProcess.serve(old());
                ServerProcess next = startNext(first)) {
            write(first, 1);
            handOver(next);
            first.kill();
        }
        final Path file = Files.writeString(folder.resolve("people.jsonl"), "{\"id\":\"crm:2\"}\n");
        try (ServerProcess again = ServerProcess.start(old(), "--import", file.toString())) {
            assertThat(again.waitFor()).isNotZero();
            assertThat(again.errors()).contains("--import").contains(WHAT_TO_DO);
        }
    }
}
