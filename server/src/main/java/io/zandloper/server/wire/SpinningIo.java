package io.zandloper.server.wire;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import org.jspecify.annotations.Nullable;

/**
 * An event loop's input and output over any transport, which never sleeps: where there is nothing to do it asks again.
 * Netty's own way of doing so, a {@code SelectStrategy} of {@code BUSY_WAIT}, is there for epoll alone.
 */
final class SpinningIo implements IoHandler {
    private final IoHandler io;
    private @Nullable SleeplessContext sleepless;

    private SpinningIo(IoHandler io) {
        this.io = io;
    }

    static IoHandlerFactory factory(IoHandlerFactory of) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor eventLoop) {
                return new SpinningIo(of.newHandler(eventLoop));
            }

            @Override
            public boolean isChangingThreadSupported() {
                return of.isChangingThreadSupported();
            }
        };
    }

    @Override
    public int run(IoHandlerContext context) {
        if (sleepless == null || sleepless.context != context) {
            sleepless = new SleeplessContext(context);
        }
        final int handled = io.run(sleepless);
        if (handled == 0) {
            Thread.onSpinWait();
        }
        return handled;
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
