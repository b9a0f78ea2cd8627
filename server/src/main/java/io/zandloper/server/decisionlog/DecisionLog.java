package io.zandloper.server.decisionlog;

import io.zandloper.server.decision.DecisionListener;
import io.zandloper.storage.ChangeObserver;
import io.zandloper.storage.MicrosClock;
import io.zandloper.storage.change.RecordEvent;
import io.zandloper.storage.disk.Disk;
import io.zandloper.storage.erasure.LedgerReader;
import io.zandloper.storage.format.IdentityHash;
import io.zandloper.storage.format.StoredFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of decisions. Event loops hand entries over through a bounded ring, without waiting; one thread writes them, and
 * takes out who is erased. Thread-safe.
 */
public final class DecisionLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);
    /** Of what is in the ring: about nobody who is stored. */
    private static final int OTHER_ENTRY = 1;
    /** Likewise: about somebody who is, and so hashed by a key that stays. */
    private static final int PERSON_ENTRY = 2;

    private static final int ENTRIES_PER_TURN = 1_024;
    private static final long NOTHING_PENDING = Long.MAX_VALUE;

    private final DecisionLogSettings settings;
    private final World world;
    private final ManyToOneRingBuffer ring = new ManyToOneRingBuffer(new UnsafeBuffer(
            ByteBuffer.allocateDirect(DecisionLogLimits.RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final LogWriter writer;
    /** The log's thread. */
    private boolean keyStays;

    private final AtomicLong droppedFull = new AtomicLong();
    private final AtomicLong droppedLong = new AtomicLong();
    private final AtomicLong erased = new AtomicLong();
    /** When the first of the erasures was made that the files do not follow yet. */
    private final AtomicLong pendingMicros = new AtomicLong();

    /** When somebody went last; long ago at first. */
    private volatile long goneMicros = Long.MIN_VALUE / 2;

    private volatile boolean closing;
    private long eraseRetryNanos;
    private @Nullable Thread thread;

    /** Reads the ledger of erasures. */
    @FunctionalInterface
    public interface Erasures {
        void read(LedgerReader.EntryConsumer action);
    }

    /**
     * What the log asks of the world.
     *
     * @param hashes makes a hash of identities for one thread, as the storage does; by another key while nobody is stored
     * @param erasures everyone who was ever erased
     * @param erasureBoundMicros within which an erased person leaves every file
     * @param nanoTime for waiting after failures
     */
    public record World(
            Disk disk,
            MicrosClock clock,
            LongSupplier nanoTime,
            Supplier<IdentityHash> hashes,
            Erasures erasures,
            LongSupplier erasureBoundMicros) {}

    /** A log that does not write yet. */
    DecisionLog(DecisionLogSettings settings, World world) {
        this.settings = settings;
        this.world = world;
        final IdentityHash key = keyed(world);
        this.writer = new LogWriter(world.disk(), settings, world.clock(), world.nanoTime(), key.high(), key.low());
        this.eraseRetryNanos = world.nanoTime().getAsLong();
    }

    /** What tells of which data folder people are. */
    private static IdentityHash keyed(World world) {
        final IdentityHash key = world.hashes().get();
        final byte[] text = LogDescriptor.KEY_TEXT.getBytes(StandardCharsets.US_ASCII);
        key.hash(text, 0, text.length);
        return key;
    }

    /** A log that is being written. Erasures that an earlier run has left are made good first. */
    public static DecisionLog start(DecisionLogSettings settings, World world) {
        final DecisionLog log = new DecisionLog(settings, world);
        final Thread started =
                Thread.ofPlatform().name("zandloper-decision-log").daemon().unstarted(log::run);
        log.thread = started;
        started.start();
        return log;
    }

    /** For one thread that decides. */
    public DecisionListener newListener() {
        return new DecisionLogger(this, world.hashes(), settings.purposes());
    }

    /** What the storage is to tell of who goes. */
    public ChangeObserver observer() {
        return new ChangeObserver() {
            @Override
            public void onNew(int ordinal) {}

            @Override
            public void onEvent(RecordEvent event, int ordinal) {}

            @Override
            public void onLinked(int ordinal, int gone) {}

            /** Among what came may be erasures that nobody was told of. */
            @Override
            public void onReplaced() {
                onGone(0);
            }

            @Override
            public void onGone(int ordinal) {
                final long nowMicros = world.clock().nowMicros();
                goneMicros = nowMicros;
                pendingMicros.compareAndSet(NOTHING_PENDING, nowMicros);
            }
        };
    }

    public DecisionLogStatus status() {
        return new DecisionLogStatus(
                writer.files(),
                writer.bytes(),
                writer.written(),
                droppedFull.get(),
                writer.dropped(),
                droppedLong.get(),
                erased.get(),
                pendingMicros.get() != NOTHING_PENDING,
                writer.failure());
    }

    /** Hands an entry over, or drops it. Any thread. */
    void offer(DirectBuffer payload, int lengthBytes, Visitor visitor) {
        if (!ring.write(visitor == Visitor.KNOWN ? PERSON_ENTRY : OTHER_ENTRY, payload, 0, lengthBytes)) {
            droppedFull.incrementAndGet();
        }
    }

    void onTooLong() {
        droppedLong.incrementAndGet();
    }

    private void run() {
        while (!closing) {
            if (!work()) {
                LockSupport.parkNanos(this, DecisionLogLimits.IDLE_NANOS);
            }
        }
        stop();
    }

    /** Writes what came before. The log's thread. */
    void stop() {
        while (work()) {
            // There was something, there may be more.
        }
        writer.close();
    }

    /** Writes what is there and does what is due; false where there was nothing to write. The log's thread. */
    boolean work() {
        final boolean worked = drain();
        eraseIfDue();
        return worked;
    }

    private boolean drain() {
        final int entries = ring.read(
                (type, bytes, offset, lengthBytes) -> append(type, bytes, offset, lengthBytes), ENTRIES_PER_TURN);
        writer.flush();
        return entries > 0;
    }

    /** A replica that began empty has another key once there are people: theirs, whose entries begin a file of that key. */
    private void append(int type, DirectBuffer bytes, int offset, int lengthBytes) {
        if (type == PERSON_ENTRY && !keyStays) {
            keyStays = true;
            final IdentityHash key = keyed(world);
            writer.useKey(key.high(), key.low());
        }
        writer.append(bytes, offset, lengthBytes);
    }

    private void eraseIfDue() {
        final long pending = pendingMicros.get();
        final long nowMicros = world.clock().nowMicros();
        final boolean isDue = pending != NOTHING_PENDING
                && nowMicros - pending >= world.erasureBoundMicros().getAsLong() / DecisionLogLimits.ERASURE_BOUND_PART;
        if (!isDue || world.nanoTime().getAsLong() - eraseRetryNanos < 0) {
            return;
        }
        // Whoever went just now may still be in the ring: then there is another turn.
        pendingMicros.set(nowMicros - goneMicros < DecisionLogLimits.LATE_ENTRY_MICROS ? nowMicros : NOTHING_PENDING);
        try {
            erase();
        } catch (IOException | UncheckedIOException | StoredFileException e) {
            LOG.warn("Erased people cannot be taken out of the decision log, it is tried again: {}", e.toString());
            pendingMicros.set(pending);
            eraseRetryNanos = world.nanoTime().getAsLong() + DecisionLogLimits.RETRY_NANOS;
        }
    }

    private void erase() throws IOException {
        final LogErasure erasure = new LogErasure(world.disk());
        world.erasures().read((sequence, atMicros, high, low) -> erasure.add(sequence, low));
        for (final String name : world.disk().list(settings.folder())) {
            // Left over from a crash.
            if (name.endsWith(LogFiles.REWRITTEN)) {
                world.disk().delete(settings.folder().resolve(name));
            }
        }
        if (!erasure.isEmpty()) {
            writer.endFile();
            for (final Path file : LogFiles.of(world.disk(), settings.folder())) {
                // It may have been the oldest when the next one was begun.
                erased.addAndGet(world.disk().exists(file) ? erasure.apply(file) : 0);
                drain();
            }
        }
        writer.look();
    }

    /** Writes what was handed over before, and makes it durable. */
    @Override
    public void close() {
        closing = true;
        final Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
