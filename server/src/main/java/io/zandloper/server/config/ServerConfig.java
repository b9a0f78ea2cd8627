package io.zandloper.server.config;

import io.zandloper.server.decisionlog.DecisionLogSettings;
import io.zandloper.server.wire.BinaryLimits;
import io.zandloper.server.wire.TransportConfig;
import io.zandloper.storage.SnapshotSettings;
import io.zandloper.storage.journal.Durability;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the server is set up; ports are 0 where a free one is to be picked.
 *
 * @param dataFolder created where it does not exist
 * @param journalFolder of the journal and the snapshots; null for one inside the data folder
 * @param catalog replaces the stored one where it differs; null keeps the stored one
 * @param imports profiles to load before serving
 * @param host name or address to listen on
 * @param port of the binary protocol
 * @param httpPort of the HTTP API
 * @param adminPort for operators
 * @param durability when a change is acknowledged
 * @param snapshots when they are taken by themselves
 * @param transport how the binary port gets at its clients
 * @param binaryLimits what clients of the binary port may take
 * @param reasonSharePercent of one processor, for counting why offers were not returned
 * @param decisionLog null for none
 * @param replication what it is to other servers
 * @param insecure listen on other than loopback although nobody is authenticated
 */
public record ServerConfig(
        Path dataFolder,
        @Nullable Path journalFolder,
        @Nullable Path catalog,
        List<Path> imports,
        String host,
        int port,
        int httpPort,
        int adminPort,
        Durability durability,
        SnapshotSettings snapshots,
        TransportConfig transport,
        BinaryLimits binaryLimits,
        int reasonSharePercent,
        @Nullable DecisionLogSettings decisionLog,
        ReplicationSettings replication,
        boolean insecure) {

    static final String HOST_DEFAULT = "127.0.0.1";
    static final int PORT_DEFAULT = 7400;
    static final int HTTP_PORT_DEFAULT = 7480;
    static final int ADMIN_PORT_DEFAULT = 7490;
    /** More snapshots are an archive, and that belongs on another disk. */
    static final int SNAPSHOTS_KEPT_MAX = 1_000;

    static final int REASON_SHARE_PERCENT_DEFAULT = 5;
    static final int REASON_SHARE_PERCENT_MAX = 100;

    public ServerConfig {
        imports = List.copyOf(imports);
    }
}
