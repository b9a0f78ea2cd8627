package io.zandloper.server.wire;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/** The ways on which a client gets to the binary port; what holds on one has to hold on all. */
enum Route {
    EPOLL(Transport.EPOLL, false, false),
    EPOLL_SPINNING(Transport.EPOLL, true, false),
    EPOLL_UNIX(Transport.EPOLL, false, true),
    IO_URING(Transport.IO_URING, false, false),
    IO_URING_SPINNING(Transport.IO_URING, true, false),
    IO_URING_UNIX(Transport.IO_URING, false, true),
    NIO(Transport.NIO, false, false),
    NIO_SPINNING(Transport.NIO, true, false),
    NIO_UNIX(Transport.NIO, false, true);

    private static final int EVENT_LOOPS = 2;

    private final Transport transport;
    private final boolean busySpin;
    private final boolean unix;

    Route(Transport transport, boolean busySpin, boolean unix) {
        this.transport = transport;
        this.busySpin = busySpin;
        this.unix = unix;
    }

    /**
     * Skips the test where this machine does not have it.
     *
     * @param folder for the socket's file
     */
    TransportConfig open(Path folder) {
        final String reason = transport.unavailability();
        assumeTrue(reason == null, transport.label() + " is not available: " + reason);
        return new TransportConfig(transport, EVENT_LOOPS, busySpin, unix ? folder.resolve("socket") : null);
    }

    /** Whether a client that has ended its side still gets what it asked for. */
    boolean allowsHalfClosure() {
        return !unix || transport.allowsHalfClosureOnUnixSocket();
    }
}
