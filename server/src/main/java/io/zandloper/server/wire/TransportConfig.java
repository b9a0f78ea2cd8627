package io.zandloper.server.wire;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the binary port gets at its clients.
 *
 * @param transport null for the usual one of this machine
 * @param eventLoops threads that serve; each connection belongs to one
 * @param busySpin whether event loops ask for what there is again and again instead of sleeping until there is something:
 *     a processor each, all the time, for the time that waking up takes
 * @param socketFile of a Unix domain socket to listen on beside TCP; null for none
 */
public record TransportConfig(
        @Nullable Transport transport,
        int eventLoops,
        boolean busySpin,
        @Nullable Path socketFile) {
    public static final int EVENT_LOOPS_MOST = 1024;

    public TransportConfig {
        if (eventLoops < 1 || eventLoops > EVENT_LOOPS_MOST) {
            throw new IllegalArgumentException("no number of event loops, eventLoops=" + eventLoops);
        }
    }

    /** TCP alone, over the usual transport. */
    public static TransportConfig usual() {
        return new TransportConfig(null, eventLoopsDefault(), false, null);
    }

    /** Half of the processors: the writer, HTTP and the operating system's network stack have the rest. */
    public static int eventLoopsDefault() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }
}
