package io.zandloper.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zandloper.server.decisionlog.DecisionLogSettings;
import io.zandloper.server.wire.BinaryLimits;
import io.zandloper.server.wire.Transport;
import io.zandloper.server.wire.TransportConfig;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.journal.Durability;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConcludedConfigTest {
    private static final ServerConfig FULL = new ServerConfig(
            Path.of("/d"),
            Path.of("/j"),
            Path.of("c.json"),
            List.of(Path.of("a.jsonl"), Path.of("b.jsonl.gz")),
            "::1",
            1,
            2,
            3,
            Durability.OS,
            new SnapshotSettings(Duration.ofMinutes(30), 4096, 7),
            new TransportConfig(Transport.NIO, 3, true, Path.of("/run/z.sock")),
            new BinaryLimits(
                    10,
                    8192,
                    11,
                    65536,
                    60_000_000,
                    Duration.ofMillis(5),
                    Duration.ofSeconds(12),
                    Duration.ofMinutes(13)),
            25,
            new DecisionLogSettings(Path.of("/l"), 1_000_000, 3, 1 << 6 | 1 << 7),
            new ReplicationSettings(
                    InetSocketAddress.createUnresolved("::2", 4),
                    "s3cret",
                    "a.example",
                    2,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(3),
                    1_000,
                    2_000,
                    true),
            true);

    private static final Map<Setting, List<String>> DATA = Map.of(Setting.DATA, List.of("/d"));

    @TempDir
    private Path folder;

    @Test
    void defaults() {
        assertThat(ConcludedConfig.of(DATA, Map.of()).config())
                .isEqualTo(new ServerConfig(
                        Path.of("/d"),
                        null,
                        null,
                        List.of(),
                        "127.0.0.1",
                        7400,
                        7480,
                        7490,
                        Durability.FSYNC,
                        new SnapshotSettings(Duration.ofHours(6), 1024 * 1024 * 1024, 2),
                        new TransportConfig(null, TransportConfig.eventLoopsDefault(), false, null),
                        new BinaryLimits(
                                16_384,
                                1_048_576,
                                4_096,
                                262_144,
                                67_108_864,
                                Duration.ofMillis(250),
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(10)),
                        5,
                        null,
                        new ReplicationSettings(
                                null,
                                "",
                                null,
                                0,
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(10),
                                0,
                                8L * 1024 * 1024 * 1024,
                                false),
                        false));
    }

    @Test
    void everythingOnTheCommandLine() {
        final Map<Setting, List<String>> commandLine = new EnumMap<>(Setting.class);
        commandLine.put(Setting.DATA, List.of("/d"));
        commandLine.put(Setting.JOURNAL, List.of("/j"));
        commandLine.put(Setting.DURABILITY, List.of("os"));
        commandLine.put(Setting.CATALOG, List.of("c.json"));
        commandLine.put(Setting.IMPORT, List.of("a.jsonl", "b.jsonl.gz"));
        commandLine.put(Setting.HOST, List.of("::1"));
        commandLine.put(Setting.PORT, List.of("1"));
        commandLine.put(Setting.HTTP_PORT, List.of("2"));
        commandLine.put(Setting.ADMIN_PORT, List.of("3"));
        commandLine.put(Setting.SNAPSHOT_INTERVAL, List.of("PT30M"));
        commandLine.put(Setting.SNAPSHOT_JOURNAL_BYTES, List.of("4096"));
        commandLine.put(Setting.SNAPSHOTS_KEPT, List.of("7"));
        commandLine.put(Setting.TRANSPORT, List.of("nio"));
        commandLine.put(Setting.EVENT_LOOPS, List.of("3"));
        commandLine.put(Setting.BUSY_SPIN, List.of("true"));
        commandLine.put(Setting.SOCKET, List.of("/run/z.sock"));
        commandLine.put(Setting.BINARY_CONNECTIONS, List.of("10"));
        commandLine.put(Setting.BINARY_FRAME_BYTES, List.of("8192"));
        commandLine.put(Setting.BINARY_IN_FLIGHT, List.of("11"));
        commandLine.put(Setting.BINARY_OUTBOUND_BYTES, List.of("65536"));
        commandLine.put(Setting.BINARY_HELD_BYTES, List.of("60000000"));
        commandLine.put(Setting.BINARY_WAIT, List.of("PT0.005S"));
        commandLine.put(Setting.BINARY_STALL, List.of("PT12S"));
        commandLine.put(Setting.BINARY_IDLE, List.of("PT13M"));
        commandLine.put(Setting.REASON_SHARE, List.of("25"));
        commandLine.put(Setting.DECISION_LOG, List.of("/l"));
        commandLine.put(Setting.DECISION_LOG_FILE_BYTES, List.of("1000000"));
        commandLine.put(Setting.DECISION_LOG_FILES, List.of("3"));
        commandLine.put(Setting.DECISION_LOG_PURPOSES, List.of("7,8"));
        commandLine.put(Setting.REPLICA_OF, List.of("[::2]:4"));
        commandLine.put(Setting.REPLICATION_CREDENTIALS, List.of("s3cret"));
        commandLine.put(Setting.ADVERTISE, List.of("a.example"));
        commandLine.put(Setting.ACK_REPLICAS, List.of("2"));
        commandLine.put(Setting.ACK_TIMEOUT, List.of("PT2S"));
        commandLine.put(Setting.REPLICA_LAG_MAX, List.of("PT3S"));
        commandLine.put(Setting.SYNC_BYTES_PER_SECOND, List.of("1000"));
        commandLine.put(Setting.SYNC_JOURNAL_BYTES, List.of("2000"));
        commandLine.put(Setting.FORWARD_EVENTS, List.of("true"));
        commandLine.put(Setting.INSECURE, List.of("true"));
        assertThat(ConcludedConfig.of(commandLine, Map.of()).config()).isEqualTo(FULL);
    }

    @Test
    void everythingInTheEnvironment() {
        assertThat(ConcludedConfig.of(
                                Map.of(),
                                Map.ofEntries(
                                        Map.entry("ZANDLOPER_DATA", "/d"),
                                        Map.entry("ZANDLOPER_CATALOG", "c.json"),
                                        Map.entry("ZANDLOPER_JOURNAL", "/j"),
                                        Map.entry("ZANDLOPER_DURABILITY", "os"),
                                        Map.entry("ZANDLOPER_IMPORT", "a.jsonl,b.jsonl.gz"),
                                        Map.entry("ZANDLOPER_HOST", "::1"),
                                        Map.entry("ZANDLOPER_PORT", "1"),
                                        Map.entry("ZANDLOPER_HTTP_PORT", "2"),
                                        Map.entry("ZANDLOPER_ADMIN_PORT", "3"),
                                        Map.entry("ZANDLOPER_SNAPSHOT_INTERVAL", "PT30M"),
                                        Map.entry("ZANDLOPER_SNAPSHOT_JOURNAL_BYTES", "4096"),
                                        Map.entry("ZANDLOPER_SNAPSHOTS_KEPT", "7"),
                                        Map.entry("ZANDLOPER_TRANSPORT", "nio"),
                                        Map.entry("ZANDLOPER_EVENT_LOOPS", "3"),
                                        Map.entry("ZANDLOPER_BUSY_SPIN", "true"),
                                        Map.entry("ZANDLOPER_SOCKET", "/run/z.sock"),
                                        Map.entry("ZANDLOPER_BINARY_CONNECTIONS", "10"),
                                        Map.entry("ZANDLOPER_BINARY_FRAME_BYTES", "8192"),
                                        Map.entry("ZANDLOPER_BINARY_IN_FLIGHT", "11"),
                                        Map.entry("ZANDLOPER_BINARY_OUTBOUND_BYTES", "65536"),
                                        Map.entry("ZANDLOPER_BINARY_HELD_BYTES", "60000000"),
                                        Map.entry("ZANDLOPER_BINARY_WAIT", "PT0.005S"),
                                        Map.entry("ZANDLOPER_BINARY_STALL", "PT12S"),
                                        Map.entry("ZANDLOPER_BINARY_IDLE", "PT13M"),
                                        Map.entry("ZANDLOPER_REASON_SHARE", "25"),
                                        Map.entry("ZANDLOPER_DECISION_LOG", "/l"),
                                        Map.entry("ZANDLOPER_DECISION_LOG_FILE_BYTES", "1000000"),
                                        Map.entry("ZANDLOPER_DECISION_LOG_FILES", "3"),
                                        Map.entry("ZANDLOPER_DECISION_LOG_PURPOSES", "7,8"),
                                        Map.entry("ZANDLOPER_REPLICA_OF", "[::2]:4"),
                                        Map.entry("ZANDLOPER_REPLICATION_CREDENTIALS", "s3cret"),
                                        Map.entry("ZANDLOPER_ADVERTISE", "a.example"),
                                        Map.entry("ZANDLOPER_ACK_REPLICAS", "2"),
                                        Map.entry("ZANDLOPER_ACK_TIMEOUT", "PT2S"),
                                        Map.entry("ZANDLOPER_REPLICA_LAG_MAX", "PT3S"),
                                        Map.entry("ZANDLOPER_SYNC_BYTES_PER_SECOND", "1000"),
                                        Map.entry("ZANDLOPER_SYNC_JOURNAL_BYTES", "2000"),
                                        Map.entry("ZANDLOPER_FORWARD_EVENTS", "true"),
                                        Map.entry("ZANDLOPER_INSECURE", "true"),
                                        Map.entry("ZANDLOPER_JAVA_OPTS", "-Xlog:gc"),
                                        Map.entry("PATH", "/bin")))
                        .config())
                .isEqualTo(FULL);
    }

    @Test
    void everythingInTheFile() throws IOException {
        final Path file = file("""
                data: /d
                journal: /j
                durability: os
                catalog: c.json
                import:
                  - a.jsonl
                  - b.jsonl.gz
                host: "::1"
                port: 1
                http-port: 2
                admin-port: 3
                snapshot-interval: PT30M
                snapshot-journal-bytes: 4096
                snapshots-kept: 7
                transport: nio
                event-loops: 3
                busy-spin: true
                socket: /run/z.sock
                binary-connections: 10
                binary-frame-bytes: 8192
                binary-in-flight: 11
                binary-outbound-bytes: 65536
                binary-held-bytes: 60000000
                binary-wait: PT0.005S
                binary-stall: PT12S
                binary-idle: PT13M
                reason-share: 25
                decision-log: /l
                decision-log-file-bytes: 1000000
                decision-log-files: 3
                decision-log-purposes: "7,8"
                replica-of: "[::2]:4"
                replication-credentials: s3cret
                advertise: a.example
                ackReplicas: 2
                ack-timeout: PT2S
                replica-lag-max: PT3S
                sync-bytes-per-second: 1000
                sync-journal-bytes: 2000
                forward-events: true
                insecure: true
                """);
        assertThat(ConcludedConfig.of(Map.of(Setting.CONFIG, List.of(file.toString())), Map.of())
                        .config())
                .isEqualTo(FULL);
        assertThat(ConcludedConfig.of(Map.of(), Map.of("ZANDLOPER_CONFIG", file.toString()))
                        .config())
                .isEqualTo(FULL);
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        final Path file = file("port: 1\nhttp-port: 1\nadmin-port: 1\n");
        final ConcludedConfig concluded = ConcludedConfig.of(
                Map.of(
                        Setting.DATA, List.of("/d"),
                        Setting.CONFIG, List.of(file.toString()),
                        Setting.PORT, List.of("3")),
                Map.of("ZANDLOPER_PORT", "2", "ZANDLOPER_HTTP_PORT", "2"));
        assertThat(concluded.config().port()).isEqualTo(3);
        assertThat(concluded.config().httpPort()).isEqualTo(2);
        assertThat(concluded.config().adminPort()).isEqualTo(1);
        assertThat(concluded.description())
                .isEqualTo("data=/d (command line), host=127.0.0.1 (default), port=3 (command line), "
                        + "http-port=2 (environment), admin-port=1 (" + file
                        + "), durability=fsync (default), snapshot-interval=PT6H (default), "
                        + "snapshot-journal-bytes=1073741824 (default), snapshots-kept=2 (default), "
                        + "transport=" + Transport.usual().label() + " (default), event-loops="
                        + TransportConfig.eventLoopsDefault() + " (default), busy-spin=false (default), "
                        + "binary-connections=16384 (default), binary-frame-bytes=1048576 (default), "
                        + "binary-in-flight=4096 (default), binary-outbound-bytes=262144 (default), "
                        + "binary-held-bytes=67108864 (default), binary-wait=PT0.25S (default), binary-stall=PT30S (default), "
                        + "binary-idle=PT10M (default), reason-share=5 (default), "
                        + "decision-log-file-bytes=67108864 (default), decision-log-files=16 (default), "
                        + "ack-replicas=0 (default), ack-timeout=PT5S (default), replica-lag-max=PT10S (default), "
                        + "sync-bytes-per-second=0 (default), sync-journal-bytes=8589934592 (default), "
                        + "forward-events=false (default), "
                        + "insecure=false (default)");
    }

    @Test
    void credentialsAreNotShown() {
        assertThat(ConcludedConfig.of(DATA, Map.of("ZANDLOPER_REPLICATION_CREDENTIALS", "s3cret"))
                        .description())
                .contains("replication-credentials=*** (environment)")
                .doesNotContain("s3cret");
    }

    @Test
    void anEmptyFileAndAnEmptyVariableSetNothing() throws IOException {
        final Path file = file("# nothing\n");
        assertThat(ConcludedConfig.of(
                                Map.of(Setting.DATA, List.of("/d"), Setting.CONFIG, List.of(file.toString())),
                                Map.of("ZANDLOPER_HOST", ""))
                        .config()
                        .host())
                .isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ZANDLOPER_HTP_PORT  | 1     | unknown environment variable ZANDLOPER_HTP_PORT",
                "ZANDLOPER_HTTP_PORT | 65536 | ZANDLOPER_HTTP_PORT must be a port from 0 to 65535, not '65536'",
                "ZANDLOPER_HTTP_PORT | -1    | ZANDLOPER_HTTP_PORT must be a port from 0 to 65535, not '-1'",
                "ZANDLOPER_DURABILITY | disk | ZANDLOPER_DURABILITY must be fsync or os, not 'disk'",
                "ZANDLOPER_SNAPSHOT_INTERVAL | 6h | ZANDLOPER_SNAPSHOT_INTERVAL must be a duration in days and below",
                "ZANDLOPER_SNAPSHOT_JOURNAL_BYTES | 1G | ZANDLOPER_SNAPSHOT_JOURNAL_BYTES must be a whole number from 0",
                "ZANDLOPER_SNAPSHOTS_KEPT | 0 | ZANDLOPER_SNAPSHOTS_KEPT must be from 1 to 1000, not '0'",
                "ZANDLOPER_BINARY_HELD_BYTES | 1 | ZANDLOPER_BINARY_HELD_BYTES must be a whole number from 50331648, not '1'",
                "ZANDLOPER_BINARY_STALL | PT0S | ZANDLOPER_BINARY_STALL must be PT1S or longer, not 'PT0S'",
                "ZANDLOPER_TRANSPORT | kqueue | ZANDLOPER_TRANSPORT must be epoll, io_uring or nio, not 'kqueue'",
                "ZANDLOPER_EVENT_LOOPS | 0 | ZANDLOPER_EVENT_LOOPS must be from 1 to 1024, not '0'",
                "ZANDLOPER_BUSY_SPIN | 1 | ZANDLOPER_BUSY_SPIN must be true or false, not '1'",
                "ZANDLOPER_REPLICA_OF | h | ZANDLOPER_REPLICA_OF must be host and port of a primary such as 10.0.0.1:7400",
                "ZANDLOPER_REPLICA_OF | h:99999 | ZANDLOPER_REPLICA_OF must be host and port of a primary",
                "ZANDLOPER_ACK_REPLICAS | 17 | ZANDLOPER_ACK_REPLICAS must be from 0 to 16, not '17'",
                "ZANDLOPER_INSECURE  | yes   | ZANDLOPER_INSECURE must be true or false, not 'yes'",
                "ZANDLOPER_CONFIG    | /no/f | cannot read the configuration /no/f",
            })
    void whatIsWrongInTheEnvironmentIsNamed(String variable, String value, String message) {
        assertThatThrownBy(() -> ConcludedConfig.of(DATA, Map.of(variable, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http_port: 1     | unknown key 'http_port' in ",
                "config: x        | unknown key 'config' in ",
                "port: [1]        | port in FILE must be one value",
                "port: abc        | port in FILE must be a port from 0 to 65535, not 'abc'",
                "import: {a: b}   | import in FILE must be a text or a list of texts",
                "- port           | FILE holds no settings",
                "'port: \"'       | FILE is not valid YAML",
            })
    void whatIsWrongInTheFileIsNamed(String content, String message) throws IOException {
        final Path file = file(content);
        assertThatThrownBy(() -> ConcludedConfig.of(
                        Map.of(Setting.DATA, List.of("/d"), Setting.CONFIG, List.of(file.toString())), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message.replace("FILE", file.toString()));
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() throws IOException {
        final Path file = file("port: 1\nport: 2\n");
        assertThatThrownBy(() -> ConcludedConfig.of(Map.of(Setting.CONFIG, List.of(file.toString())), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("port");
    }

    @Test
    void dataIsRequired() {
        assertThatThrownBy(() -> ConcludedConfig.of(Map.of(), Map.of())).hasMessageStartingWith("--data is missing");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("zandloper.yaml"), content, StandardCharsets.UTF_8);
    }
}
