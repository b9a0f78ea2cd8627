package io.zandloper.server.replication;

import io.zandloper.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Places for the servers of a test, and what lies between them, which the test cuts and slows. The test itself reaches every
 * server at any time, as clients do that are on the same side of a cut.
 */
interface ServerNetwork extends AutoCloseable {
    /** Places of their own where this machine and the rights allow it, else all on loopback. */
    static ServerNetwork open(int places) throws Exception {
        try {
            return NetworkNamespaces.open(places);
        } catch (IOException unavailable) {
            return new LoopbackNetwork(String.valueOf(unavailable.getMessage()));
        }
    }

    /** What was tested, for the report. */
    String description();

    /** Starts a primary. */
    ServerProcess lead(int place, Path dataFolder, String... options) throws Exception;

    /** Starts a replica of the server that runs in another place. */
    ServerProcess follow(int place, Path dataFolder, int primaryPlace, ServerProcess primary, String... options)
            throws Exception;

    /** Whether a cut ends also connections that servers made by themselves, to addresses they were told. */
    boolean cutsEverything();

    /** Cuts a place off from all others. */
    void cut(int place) throws Exception;

    /** Whoever is there reaches the others again. */
    void heal(int place) throws Exception;

    /** Slows what is sent to a place, where that can be done. */
    void slow(int place) throws Exception;

    /** It is as fast as before. */
    void hurry(int place) throws Exception;

    /** The servers have ended. */
    @Override
    void close() throws Exception;
}
