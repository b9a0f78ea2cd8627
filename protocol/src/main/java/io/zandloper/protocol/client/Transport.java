package io.zandloper.protocol.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The sockets of this machine: epoll where there is one, else the JDK's. */
record Transport(boolean epoll) {
    /** What lies unsent on one connection before no more is put on it; calls wait for it to be less, or go elsewhere. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

    static Transport best() {
        return new Transport(Epoll.isAvailable());
    }

    EventLoopGroup eventLoops(int count) {
        final IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(count, new DefaultThreadFactory("zandloper-client", true), io);
    }

    /**
     * What connects to {@code address}.
     *
     * @param onCreated gets each new channel before it connects
     */
    Bootstrap bootstrap(
            EventLoop eventLoop, ServerAddress address, Duration connectTimeout, Consumer<Channel> onCreated) {
        final Bootstrap bootstrap = new Bootstrap()
                .group(eventLoop)
                .channel(channelClass(address))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel created) {
                        onCreated.accept(created);
                    }
                });
        return address.path() == null ? bootstrap.option(ChannelOption.TCP_NODELAY, true) : bootstrap;
    }

    private Class<? extends Channel> channelClass(ServerAddress address) {
        if (address.path() == null) {
            return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        }
        return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
    }

    /**
     * Where to connect now. A name is looked up anew each time, so that it may move, and on a thread of its own, because the
     * operating system may take seconds to say that it does not know.
     */
    CompletableFuture<SocketAddress> lookUp(ServerAddress address) {
        final String path = address.path();
        if (path != null) {
            return CompletableFuture.completedFuture(
                    epoll ? new DomainSocketAddress(path) : UnixDomainSocketAddress.of(path));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
                    } catch (UnknownHostException unknown) {
                        throw new CompletionException(unknown);
                    }
                },
                NetUtil.isValidIpV4Address(address.host()) || NetUtil.isValidIpV6Address(address.host())
                        ? Runnable::run
                        : Thread::startVirtualThread);
    }
}
