package io.zandloper.server.config;

import io.zandloper.server.decisionlog.DecisionLogLimits;
import io.zandloper.server.decisionlog.DecisionLogSettings;
import io.zandloper.server.wire.BinaryLimits;
import io.zandloper.server.wire.Transport;
import io.zandloper.server.wire.TransportConfig;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.journal.Durability;
import io.zandloper.storage.profile.InvalidInputException;
import io.zandloper.storage.profile.ProfileLimits;
import io.zandloper.storage.profile.Times;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A configuration, and where each part of it came from.
 *
 * @param description every setting with its value and origin, for the log
 */
public record ConcludedConfig(ServerConfig config, String description) {
    private static final int PORT_MAX = 65_535;
    /** A host, an address, or an IPv6 address in brackets. */
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("([^\\s:\\[\\]]+|\\[[0-9A-Fa-f:.%a-z]+\\]):([0-9]{1,5})");

    /**
     * Concludes the command line with the environment, and with the file that either of them names.
     *
     * @throws ConfigException where a setting is missing, unknown or not valid
     */
    public static ConcludedConfig of(Map<Setting, List<String>> commandLine, Map<String, String> environment) {
        final List<SettingLayer> layers = new ArrayList<>();
        layers.add(SettingLayer.ofCommandLine(commandLine));
        layers.add(SettingLayer.ofEnvironment(environment));
        final Conclusion withoutFile = new Conclusion(layers);
        final Path file = withoutFile.path(Setting.CONFIG);
        if (file != null) {
            layers.add(SettingLayer.ofFile(file));
        }
        return new Conclusion(layers).conclude();
    }

    /** Reads one setting after the other, and notes what it found. */
    private static final class Conclusion {
        private final List<SettingLayer> layers;
        private final List<String> found = new ArrayList<>();

        Conclusion(List<SettingLayer> layers) {
            this.layers = layers;
        }

        ConcludedConfig conclude() {
            final Path data = path(Setting.DATA);
            if (data == null) {
                throw new ConfigException("--data is missing; name the folder that holds the data: --data DIR");
            }
            final ServerConfig config = new ServerConfig(
                    data,
                    path(Setting.JOURNAL),
                    path(Setting.CATALOG),
                    paths(Setting.IMPORT),
                    text(Setting.HOST, ServerConfig.HOST_DEFAULT),
                    port(Setting.PORT, ServerConfig.PORT_DEFAULT),
                    port(Setting.HTTP_PORT, ServerConfig.HTTP_PORT_DEFAULT),
                    port(Setting.ADMIN_PORT, ServerConfig.ADMIN_PORT_DEFAULT),
                    durability(),
                    snapshots(),
                    transport(),
                    binaryLimits(),
                    (int) number(
                            Setting.REASON_SHARE,
                            ServerConfig.REASON_SHARE_PERCENT_DEFAULT,
                            0,
                            ServerConfig.REASON_SHARE_PERCENT_MAX),
                    decisionLog(),
                    replication(),
                    flag(Setting.INSECURE));
            return new ConcludedConfig(config, String.join(", ", found));
        }

        @Nullable
        Path path(Setting setting) {
            final List<Path> paths = paths(setting);
            return paths.isEmpty() ? null : paths.get(0);
        }

        private List<Path> paths(Setting setting) {
            final SettingLayer layer = layerOf(setting);
            if (layer == null) {
                return List.of();
            }
            final List<Path> paths = new ArrayList<>();
            for (String value : values(layer, setting)) {
                if (value.isEmpty()) {
                    throw invalid(layer, setting, value, "the name of a file");
                }
                try {
                    paths.add(Path.of(value));
                } catch (InvalidPathException e) {
                    throw invalid(layer, setting, value, "the name of a file");
                }
            }
            note(setting, String.join(" ", values(layer, setting)), layer);
            return paths;
        }

        private String text(Setting setting, String ifAbsent) {
            final SettingLayer layer = layerOf(setting);
            final String value =
                    layer == null ? ifAbsent : values(layer, setting).get(0);
            if (layer != null && value.isBlank()) {
                throw invalid(layer, setting, value, "a host name or address");
            }
            note(setting, value, layer);
            return value;
        }

        private int port(Setting setting, int ifAbsent) {
            final SettingLayer layer = layerOf(setting);
            if (layer == null) {
                note(setting, Integer.toString(ifAbsent), null);
                return ifAbsent;
            }
            final String value = values(layer, setting).get(0);
            if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) > PORT_MAX) {
                throw invalid(layer, setting, value, "a port from 0 to " + PORT_MAX);
            }
            note(setting, value, layer);
            return Integer.parseInt(value);
        }

        private Durability durability() {
            final SettingLayer layer = layerOf(Setting.DURABILITY);
            final String value =
                    layer == null ? "fsync" : values(layer, Setting.DURABILITY).get(0);
            note(Setting.DURABILITY, value, layer);
            if (value.equals("fsync")) {
                return Durability.FSYNC;
            }
            if (layer != null && !value.equals("os")) {
                throw invalid(layer, Setting.DURABILITY, value, "fsync or os");
            }
            return Durability.OS;
        }

        private SnapshotSettings snapshots() {
            return new SnapshotSettings(
                    duration(Setting.SNAPSHOT_INTERVAL, SnapshotSettings.DEFAULT.interval(), Duration.ZERO),
                    number(Setting.SNAPSHOT_JOURNAL_BYTES, SnapshotSettings.DEFAULT.journalBytes(), 0, Long.MAX_VALUE),
                    (int) number(
                            Setting.SNAPSHOTS_KEPT,
                            SnapshotSettings.DEFAULT.kept(),
                            1,
                            ServerConfig.SNAPSHOTS_KEPT_MAX));
        }

        private TransportConfig transport() {
            final SettingLayer layer = layerOf(Setting.TRANSPORT);
            final String label =
                    layer == null ? "" : values(layer, Setting.TRANSPORT).get(0);
            final Transport transport = Arrays.stream(Transport.values())
                    .filter(one -> one.label().equals(label))
                    .findFirst()
                    .orElse(null);
            if (layer != null && transport == null) {
                throw invalid(layer, Setting.TRANSPORT, label, "epoll, io_uring or nio");
            }
            note(Setting.TRANSPORT, transport == null ? Transport.usual().label() : label, layer);
            final int eventLoops = (int) number(
                    Setting.EVENT_LOOPS, TransportConfig.eventLoopsDefault(), 1, TransportConfig.EVENT_LOOPS_MOST);
            return new TransportConfig(transport, eventLoops, flag(Setting.BUSY_SPIN), path(Setting.SOCKET));
        }

        private BinaryLimits binaryLimits() {
            final BinaryLimits defaults = BinaryLimits.DEFAULT;
            final int connections = (int)
                    number(Setting.BINARY_CONNECTIONS, defaults.connectionsMax(), 1, BinaryLimits.CONNECTIONS_MOST);
            final int frameBytes = (int) number(
                    Setting.BINARY_FRAME_BYTES,
                    defaults.requestFrameBytesMax(),
                    BinaryLimits.REQUEST_FRAME_BYTES_LEAST,
                    BinaryLimits.REQUEST_FRAME_BYTES_MOST);
            final int inFlight = (int) number(
                    Setting.BINARY_IN_FLIGHT, defaults.requestsInFlightMax(), 1, BinaryLimits.REQUESTS_IN_FLIGHT_MOST);
            final int outboundBytes = (int) number(
                    Setting.BINARY_OUTBOUND_BYTES,
                    defaults.outboundBytesMax(),
                    BinaryLimits.OUTBOUND_BYTES_LEAST,
                    BinaryLimits.OUTBOUND_BYTES_MOST);
            final long heldBytes = number(
                    Setting.BINARY_HELD_BYTES, defaults.heldBytesMax(), BinaryLimits.HELD_BYTES_LEAST, Long.MAX_VALUE);
            return new BinaryLimits(
                    connections,
                    frameBytes,
                    inFlight,
                    outboundBytes,
                    heldBytes,
                    duration(Setting.BINARY_WAIT, defaults.waitMax(), Duration.ZERO),
                    duration(Setting.BINARY_STALL, defaults.stallMax(), BinaryLimits.STALL_LEAST),
                    duration(Setting.BINARY_IDLE, defaults.idleMax(), Duration.ZERO));
        }

        private ReplicationSettings replication() {
            return new ReplicationSettings(
                    replicaOf(),
                    secret(Setting.REPLICATION_CREDENTIALS),
                    layerOf(Setting.ADVERTISE) == null ? null : text(Setting.ADVERTISE, ""),
                    (int) number(Setting.ACK_REPLICAS, 0, 0, ReplicationSettings.ACK_REPLICAS_MAX),
                    duration(Setting.ACK_TIMEOUT, ReplicationSettings.ACK_TIMEOUT_DEFAULT, Duration.ofMillis(1)),
                    duration(Setting.REPLICA_LAG_MAX, ReplicationSettings.LAG_MAX_DEFAULT, Duration.ofMillis(1)),
                    number(Setting.SYNC_BYTES_PER_SECOND, 0, 0, Long.MAX_VALUE),
                    number(
                            Setting.SYNC_JOURNAL_BYTES,
                            ReplicationSettings.SYNC_JOURNAL_BYTES_DEFAULT,
                            0,
                            Long.MAX_VALUE),
                    flag(Setting.FORWARD_EVENTS));
        }

        private @Nullable InetSocketAddress replicaOf() {
            final SettingLayer layer = layerOf(Setting.REPLICA_OF);
            if (layer == null) {
                return null;
            }
            final String value = values(layer, Setting.REPLICA_OF).get(0);
            final Matcher parts = HOST_AND_PORT.matcher(value);
            if (!parts.matches() || Integer.parseInt(parts.group(2)) > PORT_MAX) {
                throw invalid(layer, Setting.REPLICA_OF, value, "host and port of a primary such as 10.0.0.1:7400");
            }
            note(Setting.REPLICA_OF, value, layer);
            return InetSocketAddress.createUnresolved(
                    parts.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(parts.group(2)));
        }

        /** Empty for none; never shown. */
        private String secret(Setting setting) {
            final SettingLayer layer = layerOf(setting);
            if (layer == null) {
                return "";
            }
            note(setting, "***", layer);
            return values(layer, setting).get(0);
        }

        private @Nullable DecisionLogSettings decisionLog() {
            final Path folder = path(Setting.DECISION_LOG);
            final long fileBytes = number(
                    Setting.DECISION_LOG_FILE_BYTES,
                    DecisionLogLimits.FILE_BYTES_DEFAULT,
                    DecisionLogLimits.FILE_BYTES_MIN,
                    DecisionLogLimits.FILE_BYTES_MAX);
            final int files = (int)
                    number(Setting.DECISION_LOG_FILES, DecisionLogLimits.FILES_DEFAULT, 1, DecisionLogLimits.FILES_MAX);
            final int purposes = purposes();
            return folder == null ? null : new DecisionLogSettings(folder, fileBytes, files, purposes);
        }

        /** A bit each, from purpose 1 on. */
        private int purposes() {
            final SettingLayer layer = layerOf(Setting.DECISION_LOG_PURPOSES);
            int purposes = 0;
            if (layer == null) {
                return purposes;
            }
            final String value = values(layer, Setting.DECISION_LOG_PURPOSES).get(0);
            for (final String purpose : value.split(",", -1)) {
                final boolean isNumber = purpose.matches("[0-9]{1,2}");
                if (!isNumber
                        || Integer.parseInt(purpose) < 1
                        || Integer.parseInt(purpose) > ProfileLimits.PURPOSE_MAX) {
                    throw invalid(
                            layer,
                            Setting.DECISION_LOG_PURPOSES,
                            value,
                            "purposes from 1 to " + ProfileLimits.PURPOSE_MAX + " such as 7,8");
                }
                purposes |= 1 << (Integer.parseInt(purpose) - 1);
            }
            note(Setting.DECISION_LOG_PURPOSES, value, layer);
            return purposes;
        }

        private Duration duration(Setting setting, Duration ifAbsent, Duration least) {
            final SettingLayer layer = layerOf(setting);
            if (layer == null) {
                note(setting, ifAbsent.toString(), null);
                return ifAbsent;
            }
            final String value = values(layer, setting).get(0);
            try {
                final Duration duration = Duration.of(Times.parseDuration(value, setting.key()), ChronoUnit.MICROS);
                if (duration.compareTo(least) < 0) {
                    throw invalid(layer, setting, value, least + " or longer");
                }
                note(setting, value, layer);
                return duration;
            } catch (InvalidInputException e) {
                throw invalid(layer, setting, value, "a duration in days and below such as PT6H or P1D");
            }
        }

        private long number(Setting setting, long ifAbsent, long min, long max) {
            final SettingLayer layer = layerOf(setting);
            if (layer == null) {
                note(setting, Long.toString(ifAbsent), null);
                return ifAbsent;
            }
            final String value = values(layer, setting).get(0);
            final boolean isNumber = value.matches("[0-9]{1,18}");
            if (!isNumber || Long.parseLong(value) < min || Long.parseLong(value) > max) {
                throw invalid(
                        layer,
                        setting,
                        value,
                        max == Long.MAX_VALUE ? "a whole number from " + min : "from " + min + " to " + max);
            }
            note(setting, value, layer);
            return Long.parseLong(value);
        }

        private boolean flag(Setting setting) {
            final SettingLayer layer = layerOf(setting);
            final String value =
                    layer == null ? "false" : values(layer, setting).get(0);
            if (layer != null && !value.equals("true") && !value.equals("false")) {
                throw invalid(layer, setting, value, "true or false");
            }
            note(setting, value, layer);
            return value.equals("true");
        }

        private @Nullable SettingLayer layerOf(Setting setting) {
            for (SettingLayer layer : layers) {
                if (layer.values().containsKey(setting)) {
                    return layer;
                }
            }
            return null;
        }

        private static List<String> values(SettingLayer layer, Setting setting) {
            return layer.values().getOrDefault(setting, List.of());
        }

        private void note(Setting setting, String value, @Nullable SettingLayer layer) {
            found.add(setting.key() + "=" + value + " (" + (layer == null ? "default" : layer.origin()) + ")");
        }

        private static ConfigException invalid(SettingLayer layer, Setting setting, String value, String expected) {
            return new ConfigException(
                    layer.spelling().apply(setting) + " must be " + expected + ", not '" + value + "'");
        }
    }
}
