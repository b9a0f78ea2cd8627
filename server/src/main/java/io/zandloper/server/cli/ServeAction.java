package io.zandloper.server.cli;

import io.zandloper.server.config.ConcludedConfig;
import java.io.PrintWriter;

/** Runs a server; the composition root knows how. */
@FunctionalInterface
public interface ServeAction {
    /**
     * Serves until the process is asked to end.
     *
     * @param out where the one line goes that says that it is ready
     * @throws CommandException where it cannot start
     */
    void serve(ConcludedConfig config, PrintWriter out);
}
