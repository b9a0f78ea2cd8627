package io.zandloper.server;

import io.zandloper.server.cli.CommandException;
import io.zandloper.server.config.ConcludedConfig;
import io.zandloper.storage.StorageException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a server, from its settings to the signal that ends it. */
final class ServerRun {
    private static final Logger LOG = LoggerFactory.getLogger(ServerRun.class);

    private ServerRun() {}

    /** @throws CommandException where it cannot start, or cannot end cleanly */
    static void run(ConcludedConfig concluded, PrintWriter out) {
        final StopSignal stop = StopSignal.install();
        try (Server server = Server.start(concluded.config(), stop)) {
            if (!stop.isRequested()) {
                LOG.info("Settings: {}.", concluded.description());
                out.println(server.readyLine());
                stop.await();
            }
            LOG.info("Stopping.");
        } catch (StorageException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("the main thread was interrupted; start the server again");
        }
        LOG.info("Stopped.");
    }
}
