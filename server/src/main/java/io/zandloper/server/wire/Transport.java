package io.zandloper.server.wire;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How event loops learn of their sockets and move bytes. */
public enum Transport {
    /** Linux, by readiness; the usual one. */
    EPOLL("epoll"),
    /** Linux, by completion; many containers and hardened kernels do not allow it. */
    IO_URING("io_uring"),
    /** Everywhere. */
    NIO("nio");

    private final String label;

    Transport(String label) {
        this.label = label;
    }

    /** As settings call it. */
    public String label() {
        return label;
    }

    /** The one to use where nobody says which. */
    public static Transport usual() {
        return EPOLL.unavailability() == null ? EPOLL : NIO;
    }

    /** Why it cannot be used on this machine, in the words of what failed; null where it can. */
    public @Nullable String unavailability() {
        return switch (this) {
            case EPOLL -> reason(Epoll.unavailabilityCause());
            case IO_URING -> reason(IoUring.unavailabilityCause());
            case NIO -> null;
        };
    }

    IoHandlerFactory ioHandlers() {
        return switch (this) {
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    Class<? extends ServerChannel> tcpListener() {
        return switch (this) {
            case EPOLL -> EpollServerSocketChannel.class;
            case IO_URING -> IoUringServerSocketChannel.class;
            case NIO -> NioServerSocketChannel.class;
        };
    }

    Class<? extends ServerChannel> unixListener() {
        return switch (this) {
            case EPOLL -> EpollServerDomainSocketChannel.class;
            case IO_URING -> IoUringServerDomainSocketChannel.class;
            case NIO -> NioServerDomainSocketChannel.class;
        };
    }

    /**
     * Whether a client on a Unix domain socket may end its side and still get the answers to what it asked. With the
     * others it has ended the connection: Netty 4.2 looks for this option at TCP channels alone.
     */
    boolean allowsHalfClosureOnUnixSocket() {
        return this == EPOLL;
    }

    SocketAddress unixAddress(Path file) {
        return this == NIO ? UnixDomainSocketAddress.of(file) : new DomainSocketAddress(file.toString());
    }

    /** Of what failed first: Netty wraps it in what follows from it. */
    private static @Nullable String reason(@Nullable Throwable unavailability) {
        if (unavailability == null) {
            return null;
        }
        Throwable cause = unavailability;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getName())
                .lines()
                .findFirst()
                .orElse("");
    }
}
