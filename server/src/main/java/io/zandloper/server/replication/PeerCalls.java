package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.storage.Replication;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks another server where it stands, or tells it of a newer term: one message each way. Thread-safe. */
final class PeerCalls {
    static final int MILLIS_MAX = 1_500;

    private final Replication storage;
    private final FollowerSettings settings;
    private final ReplicationLoop loop;

    PeerCalls(Replication storage, FollowerSettings settings, ReplicationLoop loop) {
        this.storage = storage;
        this.settings = settings;
        this.loop = loop;
    }

    /** What it answers; a failure where there is no answer within {@value #MILLIS_MAX} ms, or a refusal. */
    CompletableFuture<Message.Told> call(InetSocketAddress to, Purpose purpose) {
        return call(to, purpose, ReplicationSource.standing(storage));
    }

    /** The same for one who says to stand elsewhere: at a term that is not opened yet. */
    CompletableFuture<Message.Told> call(InetSocketAddress to, Purpose purpose, Message.Standing standing) {
        final CompletableFuture<Message.Told> answer = new CompletableFuture<>();
        loop.execute(() -> loop.connect(
                to, ReplicationLimits.SHORT_FRAME_BYTES_MAX, MILLIS_MAX, new Call(purpose, standing, answer)));
        loop.schedule(
                () -> answer.completeExceptionally(new TimeoutException("there is no answer")),
                TimeUnit.MILLISECONDS.toNanos(MILLIS_MAX));
        return answer;
    }

    private final class Call implements ReplicationLoop.Caller, Connection.Receiver {
        private final Purpose purpose;
        private final Message.Standing standing;
        private final CompletableFuture<Message.Told> answer;

        Call(Purpose purpose, Message.Standing standing, CompletableFuture<Message.Told> answer) {
            this.purpose = purpose;
            this.standing = standing;
            this.answer = answer;
        }

        @Override
        public Connection.Receiver onConnected(Connection connection) {
            connection.send(new Message.Hello(
                    ReplicationLimits.VERSION,
                    purpose,
                    standing,
                    settings.catalogVersion().getAsLong(),
                    settings.address().get(),
                    settings.credentials()));
            answer.whenComplete((told, failure) -> connection.close());
            return this;
        }

        @Override
        public void onFailed(Throwable cause) {
            answer.completeExceptionally(cause);
        }

        @Override
        public void onMessage(Message message) {
            if (message instanceof Message.Told told) {
                answer.complete(told);
            } else {
                onMalformed(message instanceof Message.Refused refused ? refused.detail() : "another answer");
            }
        }

        @Override
        public void onMalformed(String reason) {
            answer.completeExceptionally(new IllegalStateException(reason));
        }

        @Override
        public void onClosed() {
            answer.completeExceptionally(new IllegalStateException("the connection is gone"));
        }
    }
}
