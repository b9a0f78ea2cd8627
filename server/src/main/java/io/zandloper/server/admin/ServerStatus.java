package io.zandloper.server.admin;

import io.zandloper.server.decisionlog.DecisionLogStatus;
import io.zandloper.server.role.ReplicationStatus;
import io.zandloper.storage.StorageStatus;
import io.zandloper.storage.program.CatalogCosts;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the server is and holds at a moment.
 *
 * @param replication what it is to other servers
 * @param ready data is loaded and warm
 * @param withinLag false on a replica that is further behind than it may
 * @param uptime since the start of the process
 * @param costs of the present catalog's expressions; the first who asks after a replacement has them found out
 * @param decisionLog null where there is none
 */
public record ServerStatus(
        ReplicationStatus replication,
        boolean ready,
        boolean withinLag,
        Duration uptime,
        StorageStatus storage,
        Supplier<CatalogCosts> costs,
        @Nullable DecisionLogStatus decisionLog) {}
