package io.zandloper.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class AnswerStreamTest {
    /** Counts up; each piece is a byte. */
    private static class Pieces implements AnswerSource {
        private final int length;
        private int made;
        private int closed;

        Pieces(int length) {
            this.length = length;
        }

        @Override
        public byte[] next() {
            return made == length ? null : new byte[] {(byte) made++};
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final Queue<Runnable> worker = new ArrayDeque<>();
    private int ended;

    private AnswerStream stream(AnswerSource source, Executor executor) {
        return new AnswerStream(channel.pipeline().firstContext(), source, executor, () -> ended++);
    }

    private void work() {
        for (Runnable task = worker.poll(); task != null; task = worker.poll()) {
            task.run();
            channel.runPendingTasks();
        }
    }

    private String written() {
        final StringBuilder written = new StringBuilder();
        for (HttpContent content = channel.readOutbound(); content != null; content = channel.readOutbound()) {
            written.append(content instanceof LastHttpContent ? "end" : ByteBufUtil.hexDump(content.content()) + " ");
            content.release();
        }
        return written.toString();
    }

    @Test
    void writesPieceByPieceAndEnds() {
        final Pieces pieces = new Pieces(3);
        stream(pieces, worker::add).proceed();
        work();
        assertThat(written()).isEqualTo("00 01 02 end");
        assertThat(ended).isEqualTo(1);
        assertThat(pieces.closed).isEqualTo(1);
    }

    @Test
    void makesNothingWhileTheReceiverDoesNotRead() {
        final Pieces pieces = new Pieces(100);
        final AnswerStream stream = stream(pieces, worker::add);
        stream.proceed();
        assertThat(worker).hasSize(1);
        stream.proceed();
        assertThat(worker).hasSize(1);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        work();
        assertThat(pieces.made).isEqualTo(1);
        stream.proceed();
        assertThat(worker).isEmpty();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        stream.proceed();
        work();
        assertThat(pieces.made).isEqualTo(100);
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void aReceiverThatGoesIsForgotten() {
        final Pieces between = new Pieces(5);
        final AnswerStream idle = stream(between, worker::add);
        idle.close();
        assertThat(between.closed).isEqualTo(1);

        final Pieces making = new Pieces(5);
        final AnswerStream busy = stream(making, worker::add);
        busy.proceed();
        busy.close();
        // Not under the worker that is at it.
        assertThat(making.closed).isZero();
        work();
        assertThat(making.closed).isEqualTo(1);
        assertThat(written()).isEmpty();
        assertThat(ended).isZero();
    }

    @Test
    void whatBreaksOffHasNoEnd() {
        final Pieces pieces = new Pieces(0) {
            @Override
            public byte[] next() {
                throw new IllegalStateException("for the test");
            }
        };
        stream(pieces, worker::add).proceed();
        work();
        assertThat(written()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
        assertThat(pieces.closed).isEqualTo(1);
        assertThat(ended).isZero();
    }

    @Test
    void aWorkerThatHasStoppedBreaksOff() {
        final Pieces pieces = new Pieces(5);
        stream(pieces, task -> {
                    throw new RejectedExecutionException();
                })
                .proceed();
        assertThat(channel.isOpen()).isFalse();
        assertThat(pieces.closed).isEqualTo(1);
    }
}
