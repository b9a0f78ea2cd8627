package io.zandloper.server.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Everything that can be set, once: the command line, the environment and the file all know exactly these. */
public enum Setting {
    DATA("data", "DIR", Shape.ONE, "Folder that holds the data; created where it does not exist. Required."),
    JOURNAL("journal", "DIR", Shape.ONE, "Folder of the journal and the snapshots. Default: journal, inside --data."),
    CATALOG("catalog", "FILE", Shape.ONE, "Catalog to serve with; replaces the stored one where it differs."),
    IMPORT("import", "FILE", Shape.MANY, "Profiles to load before serving: .jsonl, or .jsonl.gz. May be repeated."),
    HOST("host", "H", Shape.ONE, "Address to listen on. Default: 127.0.0.1."),
    PORT("port", "N", Shape.ONE, "Port of the binary protocol; 0 picks a free one. Default: 7400."),
    HTTP_PORT("http-port", "N", Shape.ONE, "Port of the HTTP API; 0 picks a free one. Default: 7480."),
    ADMIN_PORT("admin-port", "N", Shape.ONE, "Port for operators; 0 picks a free one. Default: 7490."),
    REPLICA_OF(
            "replica-of",
            "H:P",
            Shape.ONE,
            "Follow the server whose binary port this is: a replica, which takes no writes. Default: none, a primary."),
    REPLICATION_CREDENTIALS(
            "replication-credentials",
            "TEXT",
            Shape.ONE,
            "What servers say to each other before one follows the other, the same on all; better in the file or the"
                    + " environment, as others see a command line. Default: none."),
    ADVERTISE(
            "advertise",
            "H",
            Shape.ONE,
            "Host that others reach this server at, which a replica names for writes. Default: --host."),
    ACK_REPLICAS(
            "ack-replicas",
            "N",
            Shape.ONE,
            "How many replicas have a change in their journal before it is acknowledged. Default: 0."),
    ACK_TIMEOUT(
            "ack-timeout",
            "DURATION",
            Shape.ONE,
            "How long a change waits for these replicas before it is answered 503. Default: PT5S."),
    REPLICA_LAG_MAX(
            "replica-lag-max", "DURATION", Shape.ONE, "A replica that is further behind is not ready. Default: PT10S."),
    SYNC_BYTES_PER_SECOND(
            "sync-bytes-per-second",
            "N",
            Shape.ONE,
            "How fast a primary sends a snapshot to replicas, all together; 0: as fast as it can. Default: 0."),
    SYNC_JOURNAL_BYTES(
            "sync-journal-bytes",
            "N",
            Shape.ONE,
            "How much journal a primary keeps for replicas that are getting a snapshot; one for which it is not enough"
                    + " begins again. Default: 8589934592."),
    FORWARD_EVENTS(
            "forward-events",
            "",
            Shape.FLAG,
            "A replica sends the events it is given to its primary, and answers what that answers."),
    DURABILITY(
            "durability",
            "fsync|os",
            Shape.ONE,
            "When a change is acknowledged: fsync, once it is on the disk; os, once the operating system has it."
                    + " Default: fsync."),
    SNAPSHOT_INTERVAL(
            "snapshot-interval",
            "DURATION",
            Shape.ONE,
            "How often a snapshot is taken by itself where something changed, such as PT30M or P1D; PT0S: never."
                    + " Default: PT6H."),
    SNAPSHOT_JOURNAL_BYTES(
            "snapshot-journal-bytes",
            "N",
            Shape.ONE,
            "After how many bytes of journal there is a snapshot, though not before the journal is as long as the last"
                    + " one; 0: never. Default: 1073741824."),
    SNAPSHOTS_KEPT("snapshots-kept", "N", Shape.ONE, "How many snapshots stay; older ones go. Default: 2."),
    TRANSPORT(
            "transport",
            "epoll|io_uring|nio",
            Shape.ONE,
            "How the binary port gets at its clients. Default: epoll, or nio where there is no epoll."),
    EVENT_LOOPS(
            "event-loops",
            "N",
            Shape.ONE,
            "Threads that serve the binary port, each with its own connections. Default: half of the processors."),
    BUSY_SPIN(
            "busy-spin",
            "",
            Shape.FLAG,
            "Event loops of the binary port never sleep, which saves the time of waking them up and takes a whole"
                    + " processor for each."),
    SOCKET(
            "socket",
            "FILE",
            Shape.ONE,
            "Unix domain socket for the binary protocol, beside --port, for clients on this machine: those of the"
                    + " server's user and group."),
    BINARY_CONNECTIONS(
            "binary-connections",
            "N",
            Shape.ONE,
            "Connections of the binary port; one more is closed at once. Default: 16384."),
    BINARY_FRAME_BYTES(
            "binary-frame-bytes", "N", Shape.ONE, "The longest request on the binary port. Default: 1048576."),
    BINARY_IN_FLIGHT(
            "binary-in-flight",
            "N",
            Shape.ONE,
            "Requests of one binary connection that wait for the writer or their sequence; more are answered busy."
                    + " Default: 4096."),
    BINARY_OUTBOUND_BYTES(
            "binary-outbound-bytes",
            "N",
            Shape.ONE,
            "Where so many bytes of answers wait for a binary client, it is not read from. Default: 262144."),
    BINARY_HELD_BYTES(
            "binary-held-bytes",
            "N",
            Shape.ONE,
            "What slow binary clients may make the server hold, together; beyond it the slowest are cut off."
                    + " Default: 67108864."),
    BINARY_WAIT(
            "binary-wait",
            "DURATION",
            Shape.ONE,
            "Where all requests on the binary port wait longer than this for their turn, more come than can be answered;"
                    + " then those are answered busy that would make the others wait; PT0S: never. Default: PT0.25S."),
    BINARY_STALL(
            "binary-stall",
            "DURATION",
            Shape.ONE,
            "How long a binary client may leave a request unfinished or its answers lying before it is cut off."
                    + " Default: PT30S."),
    BINARY_IDLE(
            "binary-idle",
            "DURATION",
            Shape.ONE,
            "After how long without a request a binary connection is closed; PT0S: never. Default: PT10M."),
    REASON_SHARE(
            "reason-share",
            "N",
            Shape.ONE,
            "Percent of one processor for explaining decisions once more, which gives the reports their counts of"
                    + " reasons; 0: none. Default: 5."),
    DECISION_LOG(
            "decision-log",
            "DIR",
            Shape.ONE,
            "Folder of a log of decisions, for its files alone; without it there is none."),
    DECISION_LOG_FILE_BYTES(
            "decision-log-file-bytes",
            "N",
            Shape.ONE,
            "After how many bytes a file of the log is followed by the next one. Default: 67108864."),
    DECISION_LOG_FILES(
            "decision-log-files", "N", Shape.ONE, "How many files of the log stay; older ones go. Default: 16."),
    DECISION_LOG_PURPOSES(
            "decision-log-purposes",
            "N,…",
            Shape.ONE,
            "TCF purposes that a person must have granted for the log to point at the person; others are logged as"
                    + " somebody. Default: none."),
    INSECURE("insecure", "", Shape.FLAG, "Listen on other than loopback although nobody is authenticated."),
    CONFIG("config", "FILE", Shape.ONE, "YAML file with these settings, named as here without the dashes.");

    /** How many values a setting has. */
    public enum Shape {
        ONE,
        MANY,
        /** On the command line present or not, elsewhere true or false. */
        FLAG
    }

    private static final String ENVIRONMENT_PREFIX = "ZANDLOPER_";

    private final String key;
    private final String valueLabel;
    private final Shape shape;
    private final String description;

    Setting(String key, String valueLabel, Shape shape, String description) {
        this.key = key;
        this.valueLabel = valueLabel;
        this.shape = shape;
        this.description = description;
    }

    /** Its name in the file. */
    public String key() {
        return key;
    }

    /** Its name on the command line. */
    public String option() {
        return "--" + key;
    }

    /** Its name in the environment. */
    public String variable() {
        return ENVIRONMENT_PREFIX + key.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    public String valueLabel() {
        return valueLabel;
    }

    public Shape shape() {
        return shape;
    }

    public String description() {
        return description;
    }

    static boolean isOurs(String variable) {
        return variable.startsWith(ENVIRONMENT_PREFIX);
    }

    /** By its name in the file, which may also be written as {@code httpPort}. */
    static Optional<Setting> ofKey(String key) {
        return Arrays.stream(values())
                .filter(setting ->
                        setting.key.equals(key) || setting.camelCaseKey().equals(key))
                .findFirst();
    }

    private String camelCaseKey() {
        final StringBuilder name = new StringBuilder();
        for (final String word : key.split("-", -1)) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return name.toString();
    }

    static Optional<Setting> ofVariable(String variable) {
        return Arrays.stream(values())
                .filter(setting -> setting.variable().equals(variable))
                .findFirst();
    }
}
