package io.zandloper.server;

import io.zandloper.server.admin.AdminServer;
import io.zandloper.server.admin.ServerStatus;
import io.zandloper.server.catalog.StoredCatalogs;
import io.zandloper.server.cli.CommandException;
import io.zandloper.server.config.ServerConfig;
import io.zandloper.server.decision.DecisionListener;
import io.zandloper.server.decision.Decisions;
import io.zandloper.server.decisionlog.DecisionLog;
import io.zandloper.server.http.HttpConfig;
import io.zandloper.server.http.HttpServer;
import io.zandloper.server.metrics.HiccupMeter;
import io.zandloper.server.metrics.Metrics;
import io.zandloper.server.replication.ReplicationNode;
import io.zandloper.server.report.OfferReports;
import io.zandloper.server.report.StoredExplaining;
import io.zandloper.server.wire.BinaryConfig;
import io.zandloper.server.wire.BinaryServer;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.ReplicaSettings;
import io.zandloper.storage.Role;
import io.zandloper.storage.Storage;
import io.zandloper.storage.StorageConfig;
import io.zandloper.storage.catalog.Catalog;
import io.zandloper.storage.disk.FileDisk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The composition root: makes the parts of a server, knows the order in which they start, and stops them the other way
 * round. Clocks and randomness enter here.
 *
 * <pre>
 *   storage ──▶ admin port, not ready ──▶ catalog, imports ──▶ binary port, HTTP port ──▶ ready
 * </pre>
 */
final class Server implements AutoCloseable {
    /** How long a replica that holds nothing waits for its first state before it says that it is ready. */
    private static final long FIRST_STATE_MILLIS_MAX = 10_000;
    /** How often counters are kept; a crash loses what was counted since. */
    private static final long REPORT_MINUTES = 1;
    /** Of the build; the classes of a test have none. */
    private static final String VERSION =
            Objects.requireNonNullElse(Server.class.getPackage().getImplementationVersion(), "development");

    private final ServerConfig config;
    private final StopSignal stop;
    private final LongSupplier nanoTime = System::nanoTime;
    private final MicrosClock clock = MicrosClock.system();
    private final Metrics metrics = new Metrics(InstantSource.system());
    private final long startedNanos = nanoTime.getAsLong();
    /** What is to be closed, the newest first. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private final PresentCosts costs = new PresentCosts();

    private @Nullable String readyLine;
    private volatile boolean ready;

    private Server(ServerConfig config, StopSignal stop) {
        this.config = config;
        this.stop = stop;
    }

    /**
     * Starts everything and returns when requests are served, or early where {@code stop} is requested meanwhile.
     *
     * @throws CommandException where something does not work out
     * @throws io.zandloper.storage.StorageException where the data folder cannot be used
     * @throws io.zandloper.server.files.FileException where a file to import cannot be read
     */
    static Server start(ServerConfig config, StopSignal stop) throws InterruptedException {
        final Server server = new Server(config, stop);
        try {
            server.open();
        } catch (RuntimeException | InterruptedException e) {
            server.closeAfter(e);
            throw e;
        }
        return server;
    }

    /** What tells the outside that the server is ready, and where. */
    String readyLine() {
        if (readyLine == null) {
            throw new IllegalStateException("the start was given up");
        }
        return readyLine;
    }

    private void open() throws InterruptedException {
        final InetAddress address = Addresses.checkHost(config);
        checkReplica();
        config.imports().forEach(StartupImport::checkName);
        final StartupCatalog.@Nullable Checked catalog =
                config.catalog() == null ? null : StartupCatalog.check(config.catalog(), Catalog.EMPTY);
        final Storage storage = Storage.open(storageConfig(), new StoredCatalogs(), clock, new LoggedFailures());
        parts.push(storage);
        checkImports(storage);
        final ReplicationNode replication = new ReplicationNode(
                storage, config.replication(), storageConfig().journalFolder());
        parts.push(replication);
        final OfferReports reports = reports(storage);
        final DecisionLog decisionLog = startDecisionLog(storage);
        Addresses.checkPorts(address, config);
        Addresses.checkTransport(config.transport());
        final HiccupMeter hiccups = HiccupMeter.start(nanoTime);
        parts.push(hiccups);
        startHousekeeping(hiccups, reports);
        final AdminServer admin = startAdmin(address, hiccups, storage, reports, decisionLog, replication);
        if (catalog != null) {
            StartupCatalog.replace(catalog, storage);
        }
        importFiles(storage);
        if (stop.isRequested()) {
            return;
        }
        final Decisions decisions = Decisions.heardBy(() -> listener(reports, decisionLog));
        parts.push(decisions);
        decisions.prepare(storage.catalog());
        reports.explainWith(new StoredExplaining(storage.newReader(), decisions.newDeciding(DecisionListener.NONE)));
        parts.push(reports::stopExplaining);
        Warmup.run(storage, clock, nanoTime);
        final BinaryServer binary = startBinary(storage, decisions, replication);
        final HttpServer http = startHttp(address, storage, decisions, reports, replication);
        final boolean blank = storage.replication().isBlank();
        replication.start(
                address.isAnyLocalAddress() ? "" : config.host(),
                binary.address().getPort(),
                http.address().getPort());
        if (blank) {
            replication.awaitCaughtUp(FIRST_STATE_MILLIS_MAX);
        }
        ready = true;
        readyLine = "ready binary=" + show(binary.address().getPort()) + " http="
                + show(http.address().getPort()) + " admin="
                + show(admin.address().getPort()) + " role="
                + replication.status().role()
                + " sequence=" + storage.sequence();
    }

    /** Closed last, so that what the writer keeps until its end is counted. */
    private OfferReports reports(Storage storage) {
        final OfferReports reports = new OfferReports(clock, nanoTime, storage::catalog, config.reasonSharePercent());
        reports.keepIn(storageConfig().journalFolder());
        storage.observe(reports.observer());
        parts.addLast(reports);
        return reports;
    }

    private @Nullable DecisionLog startDecisionLog(Storage storage) {
        if (config.decisionLog() == null) {
            return null;
        }
        final DecisionLog log = DecisionLog.start(
                config.decisionLog(),
                new DecisionLog.World(
                        FileDisk.INSTANCE,
                        clock,
                        nanoTime,
                        storage::newIdentityHash,
                        storage::readErasures,
                        () -> storage.catalog().policies().erasureBoundMicros()));
        storage.observe(log.observer());
        parts.push(log);
        return log;
    }

    private static DecisionListener listener(OfferReports reports, @Nullable DecisionLog log) {
        final DecisionListener tally = reports.newTally();
        return log == null ? tally : tally.andThen(log.newListener());
    }

    private StorageConfig storageConfig() {
        final StorageConfig defaults = StorageConfig.of(config.dataFolder());
        return new StorageConfig(
                        config.dataFolder(),
                        config.journalFolder() == null ? defaults.journalFolder() : config.journalFolder(),
                        config.durability(),
                        defaults.writerQueueLength(),
                        config.snapshots())
                .withRole(config.replication().replicaOf() == null ? Role.PRIMARY : Role.REPLICA)
                .with(new ReplicaSettings(
                        config.replication().ackReplicas(), config.replication().ackTimeout()));
    }

    /** A replica has its catalog and its profiles from the primary. */
    private void checkReplica() {
        if (config.replication().replicaOf() != null && !config.imports().isEmpty()) {
            throw new CommandException("--import is the primary's; leave it out with --replica-of");
        }
    }

    private void checkImports(Storage storage) {
        if (storage.replication().role() == Role.FENCED && !config.imports().isEmpty()) {
            throw new CommandException("--import is the primary's; " + ReplicationNode.FENCED);
        }
    }

    private void startHousekeeping(HiccupMeter hiccups, OfferReports reports) {
        final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("zandloper-housekeeping").daemon().factory());
        parts.push(housekeeping::shutdown);
        housekeeping.scheduleAtFixedRate(metrics::tick, 1, 1, TimeUnit.SECONDS);
        housekeeping.scheduleAtFixedRate(hiccups::tick, 1, 1, TimeUnit.SECONDS);
        final ScheduledExecutorService keeping = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("zandloper-reports").daemon().factory());
        parts.push(keeping::shutdown);
        keeping.scheduleWithFixedDelay(reports::save, REPORT_MINUTES, REPORT_MINUTES, TimeUnit.MINUTES);
    }

    private AdminServer startAdmin(
            InetAddress address,
            HiccupMeter hiccups,
            Storage storage,
            OfferReports reports,
            @Nullable DecisionLog decisionLog,
            ReplicationNode replication) {
        try {
            final AdminServer admin = AdminServer.start(
                    new InetSocketAddress(address, config.adminPort()),
                    metrics,
                    hiccups,
                    () -> status(storage, decisionLog, replication),
                    new StorageSnapshots(storage),
                    replication,
                    replication,
                    reports);
            parts.push(admin);
            return admin;
        } catch (IOException e) {
            throw Addresses.unusable(address, config.adminPort(), "--admin-port");
        }
    }

    private ServerStatus status(Storage storage, @Nullable DecisionLog decisionLog, ReplicationNode replication) {
        return new ServerStatus(
                replication.status(),
                ready,
                replication.isWithinLag(),
                Duration.ofNanos(nanoTime.getAsLong() - startedNanos),
                storage.status(),
                () -> costs.of(storage.catalog()),
                decisionLog == null ? null : decisionLog.status());
    }

    private void importFiles(Storage storage) throws InterruptedException {
        final StartupImport imports = new StartupImport(storage, stop);
        for (Path file : config.imports()) {
            imports.apply(file);
        }
    }

    private BinaryServer startBinary(Storage storage, Decisions decisions, ReplicationNode replication) {
        try {
            final BinaryServer binary = BinaryServer.start(
                    new BinaryConfig(config.host(), config.port(), config.transport(), null, config.binaryLimits()),
                    "zandloper " + VERSION,
                    storage,
                    metrics,
                    clock,
                    new SecureRandom(),
                    decisions,
                    replication,
                    replication.takeover());
            parts.push(binary);
            return binary;
        } catch (IOException e) {
            throw new CommandException(
                    "the binary port (--port, --socket, --transport) does not open: " + e.getMessage());
        }
    }

    private HttpServer startHttp(
            InetAddress address,
            Storage storage,
            Decisions decisions,
            OfferReports reports,
            ReplicationNode replication) {
        try {
            final HttpServer http = HttpServer.start(
                    HttpConfig.of(config.host(), config.httpPort()),
                    storage,
                    clock,
                    metrics,
                    decisions,
                    reports,
                    replication);
            parts.push(http);
            return http;
        } catch (IOException e) {
            throw Addresses.unusable(address, config.httpPort(), "--http-port");
        }
    }

    private String show(int port) {
        return Addresses.show(config.host(), port);
    }

    /** After a failed start: what fails while closing must not hide why. */
    private void closeAfter(Exception cause) {
        try {
            close();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Stops taking requests, lets those under way end, then makes the files complete.
     *
     * @throws io.zandloper.storage.StorageException where the files could not be made complete
     */
    @Override
    public void close() {
        ready = false;
        RuntimeException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("closing threw a checked exception", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
