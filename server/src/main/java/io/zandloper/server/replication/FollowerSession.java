package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.Follower;
import io.zandloper.storage.Installed;
import io.zandloper.storage.Replication;
import io.zandloper.storage.SnapshotStaging;
import io.zandloper.storage.SpaceNeeded;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.Lineage;
import io.zandloper.storage.snapshot.SnapshotFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a source, as its follower sees it: the handshake, then a snapshot where one is needed, then the journal
 * for as long as it lasts. Everything happens on one thread, but for what takes minutes, which has another.
 *
 * <pre>
 *   ASKED ──welcome──▶ TAKING THE TERM ─▶ STREAMING
 *     ▲                      │
 *   hello                    ▼
 *     └── INSTALLING ◀── RECEIVING ◀── AWAITING OFFER
 * </pre>
 */
public final class FollowerSession {
    private static final long ACK_NANOS = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.HEARTBEAT_MILLIS);
    private static final long SILENCE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.SILENCE_MILLIS_MAX);

    /** The way to the source. */
    public interface Outbound {
        void send(Message message);

        /** Whether more is to be read; what has been read already still comes. */
        void setReading(boolean reading);

        /** Ends the connection when everything is sent. */
        void close();
    }

    /** Where a session is, for people. */
    public enum State {
        CONNECTING,
        SYNCING,
        INSTALLING,
        STREAMING,
        CLOSED
    }

    /** Hears of what is worth a line in the log, or has a meaning beyond the connection. On the session's thread. */
    public interface Listener {
        void onWelcome(Message.Welcome welcome);

        /** The source, or this side itself, wants no more of this; the connection ends. */
        void onRefused(RefusalReason reason, String detail);

        void onSyncBegins(JournalEnd end, long totalBytes, long presentBytes);

        void onInstalled(Installed installed);

        /** The source has told what its newest change is. */
        void onNewest(long sequence, long nowNanos);

        void onMembers(Message.Members members);

        /** The source takes no more writes, and this was the last. */
        void onYielded(long lastSequence);
    }

    private final Replication storage;
    private final FollowerSettings settings;
    private final Outbound out;
    private final Executor executor;
    private final Executor slowly;
    private final Listener listener;
    private final CRC32C checksum = new CRC32C();

    private volatile State state = State.CONNECTING;
    private volatile long syncBytes;
    private volatile long syncBytesTotal;
    private Message.@Nullable Welcome welcome;
    private @Nullable Follower follower;
    private @Nullable SnapshotStaging staging;
    private List<SnapshotFile> files = List.of();
    private int handshakes;
    private long receivedBytes;
    private int batchesInFlight;
    private boolean paused;
    private boolean ackDue;
    /** What the source says of its followers, and is not relied on yet. */
    private Message.@Nullable Members announced;

    /** Of the newest that is relied on since the last hello: another source's, or another life's, have the same numbers. */
    private long membersVersion;

    private long lastSentNanos;
    private long lastHeardNanos;

    /**
     * @param executor runs what it is given on the session's thread, after what runs now
     * @param slowly runs what takes minutes, elsewhere
     */
    public FollowerSession(
            Replication storage,
            FollowerSettings settings,
            Outbound out,
            Executor executor,
            Executor slowly,
            Listener listener) {
        this.storage = storage;
        this.settings = settings;
        this.out = out;
        this.executor = executor;
        this.slowly = slowly;
        this.listener = listener;
    }

    /** The connection is there. */
    public void onOpen(long nowNanos) {
        lastHeardNanos = nowNanos;
        lastSentNanos = nowNanos;
        sayHello();
    }

    /** Something has come. */
    public void onMessage(Message message, long nowNanos) {
        lastHeardNanos = nowNanos;
        if (state == State.CLOSED) {
            return;
        }
        try {
            if (message instanceof Message.Entries entries && follower != null) {
                listener.onNewest(entries.newestSequence(), nowNanos);
                onEntries(follower, entries);
            } else if (message instanceof Message.Heartbeat heartbeat) {
                listener.onNewest(heartbeat.newestSequence(), nowNanos);
            } else if (message instanceof Message.Welcome said && welcome == null) {
                onWelcome(said);
            } else if (message instanceof Message.SyncOffer offer && state == State.SYNCING && staging == null) {
                onOffer(offer);
            } else if (message instanceof Message.SyncChunk chunk && staging != null && state == State.SYNCING) {
                onChunk(staging, chunk);
            } else if (message instanceof Message.SyncEnd && staging != null && state == State.SYNCING) {
                onSyncEnd(staging);
            } else if (message instanceof Message.Members members) {
                announced = members;
            } else if (message instanceof Message.Yielded yielded) {
                listener.onYielded(yielded.lastSequence());
            } else if (message instanceof Message.Refused refused) {
                listener.onRefused(refused.reason(), refused.detail());
                close();
            } else {
                refuse(RefusalReason.MALFORMED, "this message has no meaning now, type=" + message.type());
            }
            takeMembers();
        } catch (StorageException | UncheckedIOException e) {
            refuse(RefusalReason.NOT_TAKEN, String.valueOf(e.getMessage()));
        }
        acknowledge(nowNanos);
    }

    /** What came is no message. */
    public void onMalformed(String reason) {
        refuse(RefusalReason.MALFORMED, reason);
    }

    /** The connection is gone. */
    public void onClosed() {
        close();
    }

    /** Time has passed: called some ten times in {@link ReplicationLimits#HEARTBEAT_MILLIS}, or less. */
    public void onTick(long nowNanos) {
        if (state == State.CLOSED) {
            return;
        }
        if (nowNanos - lastHeardNanos > SILENCE_NANOS_MAX) {
            listener.onRefused(RefusalReason.STOPPING, "nothing is heard of it any more");
            close();
            return;
        }
        ackDue |= welcome != null && nowNanos - lastSentNanos >= ACK_NANOS;
        acknowledge(nowNanos);
    }

    /** Asks the source to take no more writes, for this one is to become primary; false where it is not followed now. */
    public boolean askToYield() {
        if (state != State.STREAMING) {
            return false;
        }
        out.send(new Message.Yield());
        return true;
    }

    /** Any thread. */
    public State state() {
        return state;
    }

    /** Of the snapshot, so far. Any thread. */
    public long syncBytes() {
        return syncBytes;
    }

    /** Of the snapshot; 0 where there is none. Any thread. */
    public long syncBytesTotal() {
        return syncBytesTotal;
    }

    // ---- Handshake -----------------------------------------------------------------------------------------------

    private void sayHello() {
        welcome = null;
        announced = null;
        membersVersion = 0;
        follower = null;
        state = State.CONNECTING;
        out.send(new Message.Hello(
                ReplicationLimits.VERSION,
                Purpose.FOLLOW,
                ReplicationSource.standing(storage),
                settings.catalogVersion().getAsLong(),
                settings.address().get(),
                settings.credentials()));
    }

    private void onWelcome(Message.Welcome said) {
        final Standing theirs = said.standing();
        if (said.version() > ReplicationLimits.VERSION) {
            refuse(RefusalReason.VERSION_UNSUPPORTED, "replication is spoken in the unknown version " + said.version());
            return;
        }
        if (!storage.isBlank() && !theirs.dataSet().equals(storage.dataSet())) {
            refuse(
                    RefusalReason.OTHER_DATA_SET,
                    "this server holds the data set " + storage.dataSet() + ", the other one " + theirs.dataSet());
            return;
        }
        if (storage.term().isNewerThan(theirs.term())) {
            refuse(
                    RefusalReason.NEWER_TERM,
                    "this server knows of the term " + storage.term() + ", the other one is of the older "
                            + theirs.term());
            return;
        }
        if (storage.term().conflictsWith(theirs.term())) {
            refuse(
                    RefusalReason.RIVAL_TERM,
                    "this server follows the term " + storage.term() + ", the other one is of " + theirs.term());
            return;
        }
        welcome = said;
        listener.onWelcome(said);
        final int number = ++handshakes;
        storage.follow(theirs.term())
                .whenCompleteAsync((taken, failure) -> onTermTaken(number, said, taken, failure), executor);
    }

    private void onTermTaken(int number, Message.Welcome said, @Nullable Follower taken, @Nullable Throwable failure) {
        if (state == State.CLOSED || number != handshakes) {
            return;
        }
        if (taken == null) {
            refuse(RefusalReason.NOT_TAKEN, "the term is not taken: " + reason(failure));
            return;
        }
        if (said.fullSync() == null) {
            follower = taken;
            state = State.STREAMING;
        } else {
            state = State.SYNCING;
        }
        out.send(new Message.Go());
    }

    // ---- Stream --------------------------------------------------------------------------------------------------

    private void onEntries(Follower to, Message.Entries entries) {
        final byte[] bytes = new byte[entries.bytes().remaining()];
        entries.bytes().get(bytes);
        batchesInFlight++;
        to.append(entries.lineage(), ByteBuffer.wrap(bytes), new Follower.AppendListener() {
            @Override
            public void onDurable(long sequence) {
                executor.execute(FollowerSession.this::onAppended);
            }

            @Override
            public void onRefused(StorageException why) {
                executor.execute(() -> refuse(RefusalReason.NOT_TAKEN, String.valueOf(why.getMessage())));
            }
        });
        if (batchesInFlight >= ReplicationLimits.BATCHES_IN_FLIGHT_MAX && !paused) {
            paused = true;
            out.setReading(false);
        }
    }

    private void onAppended() {
        batchesInFlight--;
        if (state == State.CLOSED) {
            return;
        }
        if (paused && batchesInFlight <= ReplicationLimits.BATCHES_IN_FLIGHT_MAX / 2) {
            paused = false;
            out.setReading(true);
        }
        ackDue = true;
        try {
            takeMembers();
        } catch (UncheckedIOException e) {
            refuse(RefusalReason.NOT_TAKEN, String.valueOf(e.getMessage()));
        }
        acknowledge(lastHeardNanos);
    }

    /**
     * Relies on a list of members once all is here that the source had when it welcomed this follower: what was acknowledged
     * before may be with others than those on the list, who were told of an earlier primary's.
     */
    private void takeMembers() {
        final Message.Members said = announced;
        if (said != null
                && welcome != null
                && storage.end().sequence() >= welcome.standing().end().sequence()) {
            announced = null;
            listener.onMembers(said);
            membersVersion = said.version();
            ackDue = true;
        }
    }

    /** Tells what is durable here, where that is due. */
    private void acknowledge(long nowNanos) {
        if (ackDue && state != State.CLOSED && state != State.CONNECTING) {
            ackDue = false;
            lastSentNanos = nowNanos;
            out.send(new Message.Ack(storage.end().sequence(), membersVersion));
        }
    }

    // ---- Snapshot ------------------------------------------------------------------------------------------------

    private void onOffer(Message.SyncOffer offer) {
        files = offer.parts().stream()
                .map(part -> new SnapshotFile(part.name(), part.lengthBytes(), part.checksum()))
                .toList();
        final SnapshotStaging begun = storage.stage(offer.end(), files);
        final List<Long> offsets = new ArrayList<>();
        long present = 0;
        long total = 0;
        for (final SnapshotFile file : files) {
            offsets.add(begun.lengthBytes(file.name()));
            present += begun.lengthBytes(file.name());
            total += file.lengthBytes();
        }
        staging = begun;
        final SpaceNeeded space = storage.spaceNeeded(begun);
        if (!space.hasRoom()) {
            refuse(
                    RefusalReason.NOT_TAKEN,
                    "a full sync needs " + space.neededBytes() + " bytes in " + space.folder() + ", there are "
                            + space.usableBytes());
            return;
        }
        receivedBytes = present;
        syncBytes = present;
        syncBytesTotal = total;
        listener.onSyncBegins(offer.end(), total, present);
        out.send(new Message.SyncFrom(offsets));
    }

    private void onChunk(SnapshotStaging to, Message.SyncChunk chunk) {
        if (chunk.part() < 0 || chunk.part() >= files.size()) {
            refuse(RefusalReason.MALFORMED, "a chunk of no file, part=" + chunk.part());
            return;
        }
        final SnapshotFile file = files.get(chunk.part());
        checksum.reset();
        checksum.update(chunk.bytes().duplicate());
        if ((int) checksum.getValue() != chunk.checksum()) {
            refuse(
                    RefusalReason.NOT_TAKEN,
                    "a chunk came damaged, file=" + file.name() + " offset=" + chunk.offset()
                            + "; it is asked for again");
            return;
        }
        if (chunk.offset() != to.lengthBytes(file.name())) {
            refuse(RefusalReason.MALFORMED, "a chunk that is not the next, offset=" + chunk.offset());
            return;
        }
        final int lengthBytes = chunk.bytes().remaining();
        to.append(file.name(), chunk.offset(), chunk.bytes());
        receivedBytes += lengthBytes;
        syncBytes = receivedBytes;
    }

    private void onSyncEnd(SnapshotStaging complete) {
        state = State.INSTALLING;
        final Message.Welcome said = welcome;
        final List<Lineage> history = said == null ? List.of() : said.history();
        final long theirEnd = said == null ? 0 : said.standing().end().sequence();
        CompletableFuture.supplyAsync(() -> install(complete, history, theirEnd), slowly)
                .whenCompleteAsync(this::onInstalled, executor);
    }

    private Installed install(SnapshotStaging complete, List<Lineage> history, long theirEnd) {
        try {
            complete.verify();
            return storage.install(complete, storage.commonSequence(history, theirEnd));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("the installation was interrupted", e);
        }
    }

    private void onInstalled(@Nullable Installed installed, @Nullable Throwable failure) {
        staging = null;
        if (installed != null) {
            listener.onInstalled(installed);
        }
        if (state == State.CLOSED) {
            return;
        }
        if (installed == null) {
            refuse(RefusalReason.NOT_TAKEN, "the snapshot is not taken: " + reason(failure));
            return;
        }
        sayHello();
    }

    // ---- End -----------------------------------------------------------------------------------------------------

    /** Ends it, and says why. */
    public void refuse(RefusalReason reason, String detail) {
        if (state != State.CLOSED) {
            listener.onRefused(reason, detail);
            out.send(new Message.Refused(reason, detail));
            close();
        }
    }

    private void close() {
        if (state != State.CLOSED) {
            final boolean installing = state == State.INSTALLING;
            state = State.CLOSED;
            follower = null;
            out.close();
            if (staging != null && !installing) {
                staging.close();
            }
        }
    }

    private static String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return "";
        }
        final Throwable cause = failure.getCause();
        return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
    }
}
