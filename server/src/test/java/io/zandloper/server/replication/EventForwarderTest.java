package io.zandloper.server.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.zandloper.protocol.FrameDescriptor;
import io.zandloper.protocol.MessageType;
import io.zandloper.server.Await;
import io.zandloper.server.wire.RunningBinaryServer;
import io.zandloper.storage.ChangeFuture;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.change.ChangeOutcome;
import io.zandloper.storage.change.EraseProfile;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.profile.Event;
import io.zandloper.storage.profile.Identity;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events sent on to a primary over a link that loses, holds back and ends: of each it is told what became of it, once. */
@Timeout(120)
final class EventForwarderTest {
    private static final int WAIT_SECONDS = 60;
    private static final String NOT_TAKEN = "the primary did not take the event";

    @TempDir
    private Path folder;

    private final CountDownLatch released = new CountDownLatch(1);
    private RunningBinaryServer primary;
    private FaultyLink link;
    private EventForwarder forwarder;
    private volatile String address;

    @BeforeEach
    void start() throws Exception {
        primary = new RunningBinaryServer(folder.resolve("primary"));
        link = new FaultyLink(primary.port());
        address = link.address();
        forwarder = new EventForwarder(() -> address);
    }

    @AfterEach
    void stop() throws Exception {
        released.countDown();
        forwarder.stop();
        link.close();
        primary.close();
    }

    private static RecordEvent event(String person, @Nullable String id, @Nullable Number value) {
        return new RecordEvent(
                new Identity("crm", person),
                id,
                Event.CLICK,
                null,
                null,
                RunningBinaryServer.START_MICROS,
                null,
                value,
                Map.of());
    }

    private ChangeFuture forward(RecordEvent event) {
        final ChangeFuture told = new ChangeFuture();
        assertThat(forwarder.forward(event, told)).isTrue();
        return told;
    }

    private ChangeFuture forward(String id) {
        return forward(event("1", id, null));
    }

    private List<ChangeFuture> forwardSome() {
        final List<ChangeFuture> told = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            told.add(forward("some-" + i));
        }
        return told;
    }

    /** What whoever sent the event is told. */
    private static ChangeOutcome outcome(ChangeFuture told) throws Exception {
        return told.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private static ChangeOutcome.Status status(ChangeFuture told) throws Exception {
        return outcome(told).status();
    }

    /** Why it failed. */
    private static StorageException failure(ChangeFuture told) throws Exception {
        final Throwable cause = told.handle((outcome, failure) -> failure).get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(cause).as("%s", told).isInstanceOf(StorageException.class);
        return (StorageException) cause;
    }

    /** What the primary does with a frame of this kind that it sends. */
    private void onAnswer(MessageType type, Runnable does) {
        link.onFrame((ByteBuffer frame) -> {
            if (frame.getShort(FrameDescriptor.TYPE_OFFSET) == type.number()) {
                does.run();
            }
        });
    }

    private void holdBack() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatThePrimaryAnswersIsTold() throws Exception {
        forwarder.start();
        final ChangeOutcome created = outcome(forward("a"));
        assertThat(created.status()).isEqualTo(ChangeOutcome.Status.CREATED);
        assertThat(created.sequence()).isEqualTo(primary.storage().sequence());
        assertThat(status(forward("b"))).isEqualTo(ChangeOutcome.Status.UPDATED);
        assertThat(status(forward("b"))).isEqualTo(ChangeOutcome.Status.DUPLICATE);

        primary.apply(new EraseProfile(new Identity("crm", "1")));
        assertThat(status(forward("c"))).isEqualTo(ChangeOutcome.Status.ERASED);

        final ChangeOutcome invalid = outcome(forward(event("2", "x".repeat(100_000), null)));
        assertThat(invalid.status()).isEqualTo(ChangeOutcome.Status.INVALID);
        assertThat(invalid.errors()).hasSize(1);
    }

    @Test
    void anAnswerThatIsLostIsAFailureAndTheSameEventIsKnownWhenItIsSentAgain() throws Exception {
        forwarder.start();
        outcome(forward("a"));
        onAnswer(MessageType.EVENT, link::cut);
        assertThat(failure(forward("b"))).hasMessageContaining(NOT_TAKEN);
        onAnswer(MessageType.EVENT, () -> {});
        link.heal();
        Await.process(
                "another connection",
                () -> forward("b").handle((outcome, failure) -> outcome != null).join());
        assertThat(status(forward("b"))).isEqualTo(ChangeOutcome.Status.DUPLICATE);
        assertThat(status(forward("c"))).isEqualTo(ChangeOutcome.Status.UPDATED);
    }

    @Test
    void whoWaitsForAConnectionThatFailsIsToldWithWhoeverCameFirst() throws Exception {
        link.cut();
        final List<ChangeFuture> told = forwardSome();
        forwarder.start();
        final Throwable attempt = failure(told.get(0)).getCause();
        assertThat(attempt).isNotNull();
        assertThat(told).allSatisfy(one -> assertThat(failure(one).getCause()).isSameAs(attempt));
        link.heal();
        assertThat(status(forward("a"))).isEqualTo(ChangeOutcome.Status.CREATED);
    }

    @Test
    void anEventThatCannotBeSentEndsNoOther() throws Exception {
        forwarder.start();
        assertThat(failure(forward(event("1", "a", Double.NaN)))).hasMessageContaining("not a finite number");
        assertThat(status(forward("b"))).isEqualTo(ChangeOutcome.Status.CREATED);
    }

    @Test
    void whileNoPrimaryIsKnownItIsSaidSo() throws Exception {
        address = "";
        forwarder.start();
        assertThat(failure(forward("a"))).hasMessageContaining(NOT_TAKEN).hasMessageContaining("it is not known");
        address = link.address();
        assertThat(status(forward("a"))).isEqualTo(ChangeOutcome.Status.CREATED);
    }

    @Test
    void aNewPrimaryIsSentToOnceItIsKnown() throws Exception {
        forwarder.start();
        outcome(forward("a"));
        try (RunningBinaryServer promoted = new RunningBinaryServer(folder.resolve("promoted"));
                FaultyLink other = new FaultyLink(promoted.port())) {
            address = other.address();
            assertThat(status(forward("a"))).as("nobody it knows").isEqualTo(ChangeOutcome.Status.CREATED);
            assertThat(promoted.storage().sequence()).isEqualTo(1);
            address = link.address();
            assertThat(status(forward("a"))).isEqualTo(ChangeOutcome.Status.DUPLICATE);
        }
    }

    @Test
    void soManyMayWaitAndAStopTellsThemAll() throws Exception {
        final List<ChangeFuture> waiting = new ArrayList<>();
        ChangeFuture next = new ChangeFuture();
        while (forwarder.forward(event("1", null, null), next)) {
            waiting.add(next);
            next = new ChangeFuture();
        }
        assertThat(waiting).hasSize(EventForwarder.QUEUE_LENGTH);
        assertThat(waiting).noneMatch(ChangeFuture::isDone);
        forwarder.stop();
        for (final ChangeFuture one : waiting) {
            assertThat(failure(one)).hasMessageContaining("this server stops");
        }
        assertThat(next).as("it was not taken").isNotDone();
        assertThat(forwarder.forward(event("1", null, null), next)).isFalse();
    }

    @Test
    void aStopTellsWhoWaitsForAConnection() throws Exception {
        final CountDownLatch connecting = new CountDownLatch(1);
        onAnswer(MessageType.HELLO, () -> {
            connecting.countDown();
            holdBack();
        });
        final List<ChangeFuture> told = forwardSome();
        forwarder.start();
        connecting.await();
        forwarder.stop();
        assertThat(told).allSatisfy(one -> assertThat(failure(one)).hasMessageContaining(NOT_TAKEN));
    }

    @Test
    void aStopTellsWhoseAnswerIsOutstanding() throws Exception {
        final CountDownLatch answering = new CountDownLatch(1);
        onAnswer(MessageType.EVENT, () -> {
            answering.countDown();
            holdBack();
        });
        forwarder.start();
        final ChangeFuture told = forward("a");
        answering.await();
        assertThat(told).isNotDone();
        forwarder.stop();
        assertThat(failure(told)).hasMessageContaining(NOT_TAKEN);
    }
}
