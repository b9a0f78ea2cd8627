package io.zandloper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process, from its ready line to its end. */
final class ServeSystemTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CATALOG = """
            {"segments":[{"id":"vip"},{"id":"senior","rule":"profile.age >= 60"}],
             "offers":[{"id":"loan","eligibility":"'senior' in segments"},{"id":"card"}],
             "placements":[{"id":"hero","count":2}],"policies":{"consentDefault":"grant"}}""";

    @TempDir
    private Path folder;

    @Test
    void aRestartKeepsEverythingAndEveryEndIsClean() throws Exception {
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG, StandardCharsets.UTF_8);
        final Path profiles = Files.writeString(
                folder.resolve("p.jsonl"),
                "{\"id\":\"crm:1\",\"attributes\":{\"age\":61}}\n{\"id\":\"none\"}\n{\"id\":\"crm:2\",\"segments\":[\"vip\"]}\n",
                StandardCharsets.UTF_8);
        final Path data = folder.resolve("data");
        final String profile;
        final long sequence;
        try (ServerProcess server =
                ServerProcess.serve(data, "--catalog", catalog.toString(), "--import", profiles.toString())) {
            assertThat(server.readySequence()).isEqualTo(3);
            assertThat(server.errors()).contains("p.jsonl:2: ").contains("accepted 2, rejected 1");
            assertThat(server.getAdmin("/health/ready").statusCode()).isEqualTo(200);
            assertThat(server.get("/v1/profiles/crm:1/segments").body()).contains("senior");
            final HttpResponse<String> put = server.send(
                    "PUT",
                    "/v1/profiles/crm:3",
                    "application/json",
                    "{\"identities\":[\"cookie:9\"],\"attributes\":{\"big\":9007199254740993,\"text\":\"\"}}");
            assertThat(put.statusCode()).isBetween(200, 201);
            sequence = JSON.readTree(put.body()).path("sequence").asLong();
            profile = server.get("/v1/profiles/cookie:9").body();
            assertThat(profile).contains("9007199254740993");

            aSecondServerOnTheSameFolderIsRefused(data);

            assertThat(server.terminate()).isZero();
            assertThat(server.restOfOutput()).isEmpty();
        }
        try (ServerProcess server = ServerProcess.serve(data, "--catalog", catalog.toString())) {
            assertThat(server.readySequence()).isEqualTo(sequence);
            assertThat(server.get("/v1/profiles/crm:3").body()).isEqualTo(profile);
            assertThat(server.get("/v1/profiles/crm:1/segments").body()).contains("senior");
            final JsonNode status =
                    JSON.readTree(server.getAdmin("/admin/status").body());
            assertThat(status.path("counts").path("profiles").asLong()).isEqualTo(3);
            assertThat(status.path("catalogVersion").asLong()).isEqualTo(1);
            final JsonNode decision = JSON.readTree(server.send(
                            "POST",
                            "/v1/decisions",
                            "application/json",
                            "{\"profile\":\"crm:1\",\"placements\":[{\"id\":\"hero\"}]}")
                    .body());
            assertThat(decision.path("placements").path(0).path("offers")).hasSize(2);
            final JsonNode latency = JSON.readTree(server.getAdmin("/latency").body());
            assertThat(latency.path("operations")
                            .path("http.decide")
                            .path("sinceStart")
                            .path("count")
                            .asLong())
                    .isEqualTo(1);
            assertThat(server.terminate()).isZero();
        }
    }

    private static void aSecondServerOnTheSameFolderIsRefused(Path data) throws Exception {
        try (ServerProcess second = ServerProcess.start(data)) {
            assertThat(second.waitFor()).isEqualTo(1);
            assertThat(second.restOfOutput()).isEmpty();
            assertThat(second.errors())
                    .startsWith("zandloper: ")
                    .contains(data.toString())
                    .contains("in use by another process")
                    .hasLineCount(1);
        }
    }

    @Test
    void aPortThatIsTakenIsOneSentenceAndLeavesTheDataUsable() throws Exception {
        final Path data = folder.resolve("data");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess refused = ServerProcess.run(
                        "serve",
                        "--data",
                        data.toString(),
                        "--port=0",
                        "--admin-port=0",
                        "--http-port=" + taken.getLocalPort())) {
            assertThat(refused.waitFor()).isEqualTo(1);
            assertThat(refused.errors())
                    .startsWith("zandloper: cannot listen on 127.0.0.1:" + taken.getLocalPort() + " (--http-port)")
                    .hasLineCount(1);
        }
        try (ServerProcess server = ServerProcess.serve(data)) {
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void wrongUsageIsOneSentenceAndExitCode2() throws Exception {
        try (ServerProcess refused = ServerProcess.run("serve", "--data", "d", "--colour", "red")) {
            assertThat(refused.waitFor()).isEqualTo(2);
            assertThat(refused.errors()).contains("--colour").hasLineCount(1);
            assertThat(refused.restOfOutput()).isEmpty();
        }
    }

    @Test
    void sigtermDuringAnImportEndsCleanly() throws Exception {
        final Path profiles = Files.writeString(
                folder.resolve("p.jsonl"),
                IntStream.range(0, 400_000)
                        .mapToObj(i -> "{\"id\":\"crm:" + i + "\",\"attributes\":{\"n\":" + i + "}}")
                        .collect(Collectors.joining("\n")),
                StandardCharsets.UTF_8);
        final Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--import", profiles.toString())) {
            while (!Files.exists(data.resolve("lock"))) {
                Thread.onSpinWait();
            }
            assertThat(server.terminate()).isZero();
            assertThat(server.restOfOutput()).isEmpty();
        }
        try (ServerProcess server = ServerProcess.serve(data)) {
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void aTransportThatThisMachineDoesNotHaveIsNamedAndTheUsualOneHasASubstitute() throws Exception {
        final List<String> withoutNative = List.of("-Dio.netty.transport.noNative=true");
        final String data = folder.resolve("data").toString();
        for (final String transport : List.of("epoll", "io_uring")) {
            try (ServerProcess server =
                    ServerProcess.run(withoutNative, "serve", "--data", data, "--transport", transport)) {
                assertThat(server.waitFor()).isEqualTo(1);
                assertThat(server.errors())
                        .contains("--transport " + transport + " does not work on this machine (")
                        .contains("noNative");
            }
        }
        final String[] onFreePorts = {"serve", "--data", data, "--port", "0", "--http-port", "0", "--admin-port", "0"};
        try (ServerProcess server = ServerProcess.run(withoutNative, onFreePorts)) {
            assertThat(server.nextLines(1).get(0)).startsWith("ready binary=127.0.0.1:");
            assertThat(server.terminate()).isZero();
            assertThat(server.errors()).containsOnlyOnce("epoll is not available");
        }
    }

    @Test
    void nothingConnectsBeyondLoopback() throws Exception {
        assumeTrue(SocketWatch.isPossible(), "no /proc");
        final Path catalog = Files.writeString(folder.resolve("catalog.json"), CATALOG, StandardCharsets.UTF_8);
        final ServerProcess server = ServerProcess.start(folder.resolve("data"), "--catalog", catalog.toString());
        try (server;
                SocketWatch watch = new SocketWatch(server.pid())) {
            final List<String> ready = server.nextLines(1);
            final int http = Integer.parseInt(ready.get(0).replaceAll(".* http=[^:]*:(\\d+) .*", "$1"));
            try (ServerProcess imported = ServerProcess.run(
                            "import",
                            "--to",
                            "http://127.0.0.1:" + http,
                            Files.writeString(folder.resolve("p.jsonl"), "{\"id\":\"crm:1\"}\n")
                                    .toString());
                    SocketWatch importWatch = new SocketWatch(imported.pid())) {
                assertThat(imported.waitFor()).isZero();
                assertThat(importWatch.foreign()).isEmpty();
            }
            assertThat(server.terminate()).isZero();
            assertThat(watch.seen()).hasSizeGreaterThanOrEqualTo(3);
            assertThat(watch.foreign()).isEmpty();
        }
    }
}
