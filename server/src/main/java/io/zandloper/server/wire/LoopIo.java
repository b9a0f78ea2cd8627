package io.zandloper.server.wire;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event loop's input and output over any transport: tells the loop's {@link LoadShedder} of its rounds and, where it
 * spins, never sleeps, but asks again where there is nothing to do. Netty's own way of spinning, a {@code SelectStrategy}
 * of {@code BUSY_WAIT}, is there for epoll alone.
 */
final class LoopIo implements IoHandler {
    private final IoHandler io;
    private final boolean busySpin;
    private final LoadShedder shedder;
    private @Nullable SleeplessContext sleepless;

    private LoopIo(IoHandler io, boolean busySpin, LoadShedder shedder) {
        this.io = io;
        this.busySpin = busySpin;
        this.shedder = shedder;
    }

    /** Makes it for each event loop of a group; belongs to the thread that makes the group. */
    static final class Factory implements IoHandlerFactory {
        private final IoHandlerFactory transport;
        private final boolean busySpin;
        private final Supplier<LoadShedder> newShedder;
        private final Map<ThreadAwareExecutor, LoadShedder> shedders = new HashMap<>();

        Factory(IoHandlerFactory transport, boolean busySpin, Supplier<LoadShedder> newShedder) {
            this.transport = transport;
            this.busySpin = busySpin;
            this.newShedder = newShedder;
        }

        @Override
        public IoHandler newHandler(ThreadAwareExecutor eventLoop) {
            final LoadShedder shedder = newShedder.get();
            shedders.put(eventLoop, shedder);
            return new LoopIo(transport.newHandler(eventLoop), busySpin, shedder);
        }

        @Override
        public boolean isChangingThreadSupported() {
            return transport.isChangingThreadSupported();
        }

        /** Of an event loop of the group. */
        LoadShedder shedder(EventExecutor eventLoop) {
            return Objects.requireNonNull(shedders.get(eventLoop), "an event loop of another group");
        }
    }

    @Override
    public int run(IoHandlerContext context) {
        shedder.onRoundBegin(!busySpin && context.canBlock());
        final int handled = io.run(busySpin ? sleepless(context) : context);
        shedder.onRoundEnd();
        if (busySpin && handled == 0) {
            Thread.onSpinWait();
        }
        return handled;
    }

    private SleeplessContext sleepless(IoHandlerContext context) {
        if (sleepless == null || sleepless.context != context) {
            sleepless = new SleeplessContext(context);
        }
        return sleepless;
    }

    @Override
    public void initialize() {
        io.initialize();
    }

    @Override
    public void prepareToDestroy() {
        io.prepareToDestroy();
    }

    @Override
    public void destroy() {
        io.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return io.register(handle);
    }

    @Override
    public void wakeup() {
        io.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return io.isCompatible(type);
    }

    /** The event loop's context, but that it may not block. */
    private static final class SleeplessContext implements IoHandlerContext {
        private final IoHandlerContext context;

        SleeplessContext(IoHandlerContext context) {
            this.context = context;
        }

        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return context.delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return context.deadlineNanos();
        }

        @Override
        public void reportActiveIoTime(long activeNanos) {
            context.reportActiveIoTime(activeNanos);
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            return context.shouldReportActiveIoTime();
        }
    }
}
