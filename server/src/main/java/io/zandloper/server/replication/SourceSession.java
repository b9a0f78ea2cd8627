package io.zandloper.server.replication;

import io.zandloper.server.replication.Message.Part;
import io.zandloper.server.replication.Message.Purpose;
import io.zandloper.server.replication.Message.Standing;
import io.zandloper.storage.Replication;
import io.zandloper.storage.Role;
import io.zandloper.storage.SnapshotLease;
import io.zandloper.storage.StorageException;
import io.zandloper.storage.format.StoredFileException;
import io.zandloper.storage.journal.FellBehindException;
import io.zandloper.storage.journal.JournalBatch;
import io.zandloper.storage.journal.JournalEnd;
import io.zandloper.storage.journal.JournalException;
import io.zandloper.storage.journal.JournalFeed;
import io.zandloper.storage.journal.JournalFeed.Match;
import io.zandloper.storage.journal.JournalFeed.Opened;
import io.zandloper.storage.journal.Term;
import io.zandloper.storage.snapshot.SnapshotFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One follower's connection, as the source sees it: the handshake, then a snapshot where one is needed, then the journal for
 * as long as it lasts. Everything happens on the thread of its {@link ReplicationSource}.
 *
 * <pre>
 *   NEW ──hello──▶ WELCOMED ──go──▶ STREAMING
 *                     │               ▲
 *                    go               │ go
 *                     ▼               │
 *                  LEASING ─▶ OFFERED ─▶ SENDING ─▶ SENT ──hello──▶ WELCOMED
 * </pre>
 */
public final class SourceSession {
    /** Batches or chunks sent in one turn; then the other sessions have theirs. */
    private static final int TURN_LENGTH = 32;

    private static final long HEARTBEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.HEARTBEAT_MILLIS);
    private static final long SILENCE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(ReplicationLimits.SILENCE_MILLIS_MAX);

    /** Who was following as well, before this server was started again, say, is here by then. */
    private static final long AWAY_NANOS_MIN = TimeUnit.SECONDS.toNanos(2);

    /** The way to the follower. */
    public interface Outbound {
        /** Whether more is taken without being piled up. */
        boolean isWritable();

        /** Sends; bytes that a message refers to are not used after the return. */
        void send(Message message);

        /** Sends a chunk whose bytes are those of a snapshot's file. */
        void sendFile(SnapshotLease lease, String name, int part, long offset, int lengthBytes, int checksum);

        /** Ends the connection when everything is sent. */
        void close();
    }

    private enum State {
        NEW("handshake"),
        WELCOMED("handshake"),
        LEASING("sync"),
        OFFERED("sync"),
        SENDING("sync"),
        SENT("sync"),
        STREAMING("stream"),
        CLOSED("closed");

        private final String label;

        State(String label) {
            this.label = label;
        }
    }

    private final ReplicationSource source;
    private final Replication storage;
    private final Outbound out;
    private final String remoteHost;
    private final CRC32C checksum = new CRC32C();
    private volatile State state = State.NEW;
    private volatile Message.@Nullable Hello hello;
    private volatile long acknowledged;
    private volatile long syncBytesSent;
    private @Nullable JournalFeed feed;
    private @Nullable SnapshotLease lease;
    private List<SnapshotFile> files = List.of();
    private final List<Long> offsets = new ArrayList<>();
    private int part;
    private long sentBytes;
    private long lastSentNanos;
    private long lastHeardNanos;
    /** The version of the list of members that was sent last. */
    private long membersTold;

    private boolean counted;
    private boolean toldWhoIsAway;
    private long streamingSinceNanos;
    /** The newest change when the stream began. */
    private long endThen;

    SourceSession(ReplicationSource source, Outbound out, String remoteHost, long nowNanos) {
        this.source = source;
        this.storage = source.storage();
        this.out = out;
        this.remoteHost = remoteHost;
        this.lastSentNanos = nowNanos;
        this.lastHeardNanos = nowNanos;
    }

    /** Something has come. */
    public void onMessage(Message message, long nowNanos) {
        lastHeardNanos = nowNanos;
        if (state == State.CLOSED) {
            return;
        }
        try {
            if (message instanceof Message.Hello said) {
                onHello(said);
            } else if (message instanceof Message.Go && state == State.WELCOMED) {
                onGo();
            } else if (message instanceof Message.SyncFrom from && state == State.OFFERED) {
                onSyncFrom(from);
            } else if (message instanceof Message.Ack ack) {
                onAck(ack);
            } else if (message instanceof Message.Yield && state == State.STREAMING) {
                onYield();
            } else if (message instanceof Message.Refused refused) {
                source.onFollowerGone(this, refused);
                close();
            } else {
                refuse(RefusalReason.MALFORMED, "this message has no meaning now, type=" + message.type());
            }
        } catch (StorageException | UncheckedIOException e) {
            refuse(RefusalReason.INTERNAL, String.valueOf(e.getMessage()));
        }
    }

    /** What came is no message. */
    public void onMalformed(String reason) {
        refuse(RefusalReason.MALFORMED, reason);
    }

    /** The connection is gone. */
    public void onClosed() {
        close();
    }

    // ---- Handshake -----------------------------------------------------------------------------------------------

    private void onHello(Message.Hello said) {
        if (state != State.NEW && state != State.SENT) {
            refuse(RefusalReason.MALFORMED, "hello was said already");
            return;
        }
        if (said.version() < ReplicationLimits.VERSION) {
            refuse(
                    RefusalReason.VERSION_UNSUPPORTED,
                    "replication is spoken here in version " + ReplicationLimits.VERSION + ", not in "
                            + said.version());
        } else if (!source.admits(said.credentials())) {
            refuse(RefusalReason.UNAUTHENTICATED, "the credentials are not this server's");
        } else if (!said.standing().blank() && !said.standing().dataSet().equals(storage.dataSet())) {
            refuse(
                    RefusalReason.OTHER_DATA_SET,
                    "this server holds the data set " + storage.dataSet() + ", the other one "
                            + said.standing().dataSet()
                            + "; a replica starts from an empty folder or from one of the same data set");
        } else if (said.purpose() == Purpose.ASK) {
            tell(false);
        } else if (said.purpose() == Purpose.GRANT) {
            onGrant(said.standing());
        } else if (said.purpose() == Purpose.FENCE) {
            onFence(said);
        } else {
            hello = said;
            welcome(said);
        }
    }

    private void tell(boolean granted) {
        if (state != State.CLOSED) {
            out.send(new Message.Told(storage.role() == Role.PRIMARY, granted, source.standing()));
            close();
        }
    }

    private void onGrant(Standing candidate) {
        storage.grant(candidate.term(), candidate.end())
                .whenCompleteAsync(
                        (granted, failure) -> {
                            if (failure == null) {
                                tell(Boolean.TRUE.equals(granted));
                            } else {
                                refuse(RefusalReason.INTERNAL, "the term is not granted: " + failure.getMessage());
                            }
                        },
                        source.executor());
    }

    private void onFence(Message.Hello said) {
        final Term theirs = said.standing().term();
        final boolean granted = theirs.equals(storage.term()) && storage.role() != Role.PRIMARY;
        if (granted || theirs.isNewerThan(storage.term())) {
            // In this order: while it is primary, its end is not the last.
            final boolean ended = storage.role() != Role.PRIMARY;
            final boolean hasAll = ended && said.standing().end().hasAllOf(storage.end());
            source.onSuperseded(theirs, completed(said.address()), hasAll);
        }
        tell(false);
    }

    private void welcome(Message.Hello said) {
        final Term theirs = said.standing().term();
        final Term ours = storage.term();
        if (theirs.isNewerThan(ours)) {
            if (storage.role() == Role.PRIMARY) {
                source.onSuperseded(theirs, "", false);
            }
            refuse(
                    RefusalReason.NEWER_TERM,
                    "the follower knows of the term " + theirs + ", this server is of the older " + ours);
            return;
        }
        if (theirs.conflictsWith(ours)) {
            refuse(
                    RefusalReason.RIVAL_TERM,
                    "the term " + ours + " was opened here, and another of its number, " + theirs + ", elsewhere");
            return;
        }
        if (storage.role() != Role.PRIMARY) {
            final String primary = source.settings().primaryAddress().get();
            refuse(
                    RefusalReason.NOT_PRIMARY,
                    primary.isEmpty() ? "this server is no primary" : "this server is a replica of " + primary);
            return;
        }
        String fullSync = "the follower holds nothing";
        if (!said.standing().blank() || said.standing().dataSet().equals(storage.dataSet())) {
            final Opened opened =
                    storage.openFeed(said.standing().end(), source.settings().journalBytes());
            feed = opened.feed();
            fullSync = reason(opened.match(), said.standing().end());
            if (feed == null) {
                storage.acknowledgements().onLost(said.standing().node());
            }
        }
        closeLease();
        state = State.WELCOMED;
        out.send(new Message.Welcome(
                ReplicationLimits.VERSION,
                source.standing(),
                feed == null ? fullSync : null,
                feed == null ? storage.history() : List.of(),
                source.settings().httpAddress().get(),
                source.settings().address().get()));
    }

    private static String reason(Match match, JournalEnd end) {
        return match == Match.GONE
                ? "the journal from change " + end.sequence() + " on is not kept any more"
                : "the change " + end.sequence() + " of the follower is not the one of this server";
    }

    private void onGo() {
        if (feed == null) {
            state = State.LEASING;
            storage.leaseSnapshot(source.settings().journalBytes())
                    .whenCompleteAsync(this::onLeased, source.executor());
            return;
        }
        state = State.STREAMING;
        final Message.Hello follower = present();
        acknowledged = follower.standing().end().sequence();
        streamingSinceNanos = lastHeardNanos;
        endThen = storage.end().sequence();
        source.onFollowing(new Message.Member(follower.standing().node(), completed(follower.address())));
    }

    // ---- Snapshot ------------------------------------------------------------------------------------------------

    private void onLeased(@Nullable SnapshotLease taken, @Nullable Throwable failure) {
        if (taken == null) {
            refuse(RefusalReason.NO_SNAPSHOT, "there is no snapshot: " + (failure == null ? "" : failure.getMessage()));
            return;
        }
        if (state != State.LEASING) {
            taken.close();
            return;
        }
        lease = taken;
        files = taken.files();
        state = State.OFFERED;
        final List<Part> parts = new ArrayList<>();
        files.forEach(file -> parts.add(new Part(file.name(), file.lengthBytes(), file.checksum())));
        out.send(new Message.SyncOffer(taken.end(), ReplicationLimits.CHUNK_BYTES, parts));
    }

    private void onSyncFrom(Message.SyncFrom from) {
        boolean fits = from.offsets().size() == files.size();
        for (int i = 0; fits && i < files.size(); i++) {
            final long offset = from.offsets().get(i);
            fits = offset >= 0 && offset <= files.get(i).lengthBytes();
        }
        if (!fits) {
            refuse(RefusalReason.MALFORMED, "offsets of other files than were offered");
            return;
        }
        offsets.clear();
        offsets.addAll(from.offsets());
        part = 0;
        sentBytes = 0;
        syncBytesSent = 0;
        state = State.SENDING;
    }

    /** Sends chunks for as long as they are taken; nanoseconds until it is worth trying again. */
    private long sendChunks(SnapshotLease sending, long nowNanos) {
        for (int sent = 0; sent < TURN_LENGTH && out.isWritable(); sent++) {
            if (!sending.isHeld()) {
                refuse(
                        RefusalReason.FALLEN_BEHIND,
                        "the journal after the snapshot has become longer than is kept for it; the sync begins again");
                return HEARTBEAT_NANOS;
            }
            while (part < files.size() && offsets.get(part) >= files.get(part).lengthBytes()) {
                part++;
            }
            if (part == files.size()) {
                state = State.SENT;
                send(new Message.SyncEnd(), nowNanos);
                return HEARTBEAT_NANOS;
            }
            final long waitNanos = source.pacer().waitNanos(nowNanos);
            if (waitNanos > 0) {
                return waitNanos;
            }
            sendChunk(sending, files.get(part), nowNanos);
        }
        return out.isWritable() ? 0 : HEARTBEAT_NANOS;
    }

    private void sendChunk(SnapshotLease sending, SnapshotFile file, long nowNanos) {
        final long offset = offsets.get(part);
        final int lengthBytes = (int) Math.min(ReplicationLimits.CHUNK_BYTES, file.lengthBytes() - offset);
        final ByteBuffer chunk = source.chunk().clear().limit(lengthBytes);
        if (sending.read(file.name(), offset, chunk) != lengthBytes) {
            throw new StorageException("the file " + file.name() + " of the snapshot is too short");
        }
        checksum.reset();
        checksum.update(chunk.flip());
        out.sendFile(sending, file.name(), part, offset, lengthBytes, (int) checksum.getValue());
        offsets.set(part, offset + lengthBytes);
        sentBytes += lengthBytes;
        syncBytesSent = sentBytes;
        lastSentNanos = nowNanos;
        source.onSnapshotSent(MessageCodec.CHUNK_FRAME_HEAD_BYTES + lengthBytes);
        source.pacer().onSent(lengthBytes, nowNanos);
    }

    // ---- Stream --------------------------------------------------------------------------------------------------

    private void onAck(Message.Ack ack) {
        if (state != State.STREAMING) {
            return;
        }
        final long node = node();
        source.onMembersKnown(node, ack.membersVersion());
        if (ack.sequence() > acknowledged) {
            acknowledged = ack.sequence();
            if (counted) {
                storage.acknowledgements().onAcknowledged(node, acknowledged);
            }
        }
    }

    /** Sends entries for as long as there are some and they are taken; nanoseconds until it is worth trying again. */
    private long sendEntries(JournalFeed from, long nowNanos) {
        for (int sent = 0; sent < TURN_LENGTH; sent++) {
            if (!out.isWritable()) {
                return HEARTBEAT_NANOS;
            }
            final JournalBatch batch = from.read(ReplicationLimits.BATCH_BYTES);
            if (batch == null) {
                return HEARTBEAT_NANOS;
            }
            source.onChangesSent(
                    MessageCodec.ENTRIES_FRAME_HEAD_BYTES + batch.entries().remaining());
            send(
                    new Message.Entries(
                            Math.max(storage.end().sequence(), batch.lastSequence()), batch.lineage(), batch.entries()),
                    nowNanos);
        }
        return 0;
    }

    private void tellMembers(long nowNanos) {
        final Message.Members news = source.news(node(), membersTold);
        if (news != null) {
            membersTold = news.version();
            send(news, nowNanos);
        }
    }

    private void countWhenKnown(long nowNanos) {
        if (counted) {
            return;
        }
        if (source.counts(node())) {
            counted = true;
            storage.acknowledgements().onConnected(node(), acknowledged);
        } else if (!toldWhoIsAway && acknowledged >= endThen && nowNanos - streamingSinceNanos >= AWAY_NANOS_MIN) {
            toldWhoIsAway = source.tellWhoIsAway(this, node());
        }
    }

    private void onYield() {
        if (!source.onYield(node())) {
            out.send(new Message.Yielded(Message.Yielded.DECLINED));
            return;
        }
        storage.fence()
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                out.send(new Message.Yielded(storage.end().sequence()));
                            } else {
                                refuse(
                                        RefusalReason.INTERNAL,
                                        "the end of the writes could not be kept: " + failure.getMessage());
                            }
                        },
                        source.executor());
    }

    // ---- Time ----------------------------------------------------------------------------------------------------

    /** Sends what is to be sent; nanoseconds until there may be more to do without anything having happened. */
    long work(long nowNanos) {
        if (state == State.CLOSED) {
            return HEARTBEAT_NANOS;
        }
        if (nowNanos - lastHeardNanos > SILENCE_NANOS_MAX) {
            close();
            return HEARTBEAT_NANOS;
        }
        long nextNanos = HEARTBEAT_NANOS;
        try {
            if (state == State.STREAMING && feed != null) {
                tellMembers(nowNanos);
                nextNanos = sendEntries(feed, nowNanos);
                countWhenKnown(nowNanos);
            } else if (state == State.SENDING && lease != null) {
                nextNanos = sendChunks(lease, nowNanos);
            } else if (state == State.SENT && lease != null && !lease.isHeld()) {
                refuse(RefusalReason.FALLEN_BEHIND, "the journal after the snapshot is not kept any more");
            }
        } catch (FellBehindException e) {
            refuse(RefusalReason.FALLEN_BEHIND, String.valueOf(e.getMessage()));
        } catch (StorageException | JournalException | StoredFileException | UncheckedIOException e) {
            refuse(RefusalReason.INTERNAL, String.valueOf(e.getMessage()));
        }
        if (state != State.NEW && state != State.CLOSED && nowNanos - lastSentNanos >= HEARTBEAT_NANOS) {
            send(new Message.Heartbeat(storage.end().sequence()), nowNanos);
        }
        return nextNanos;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    boolean isStreaming() {
        return state == State.STREAMING;
    }

    /** Up to where it has everything. */
    long acknowledged() {
        return acknowledged;
    }

    /** Of a follower that has said hello. */
    long node() {
        return present().standing().node();
    }

    /** Any thread; null before it has said who it is. */
    @Nullable
    ReplicaStatus status() {
        final Message.Hello said = hello;
        return said == null
                ? null
                : new ReplicaStatus(
                        said.standing().node(), completed(said.address()), state.label, acknowledged, syncBytesSent);
    }

    // ---- End -----------------------------------------------------------------------------------------------------

    /** Ends it, and says why. */
    void refuse(RefusalReason reason, String detail) {
        if (state != State.CLOSED) {
            source.onRefused(this, reason, detail);
            out.send(new Message.Refused(reason, detail));
            close();
        }
    }

    private void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (feed != null) {
            feed.close();
            feed = null;
        }
        closeLease();
        out.close();
    }

    private void closeLease() {
        if (lease != null) {
            lease.close();
            lease = null;
        }
    }

    private void send(Message message, long nowNanos) {
        lastSentNanos = nowNanos;
        out.send(message);
    }

    private Message.Hello present() {
        final Message.Hello said = hello;
        if (said == null) {
            throw new IllegalStateException("nobody has said hello");
        }
        return said;
    }

    /** With the connection's host, where the follower did not name one. */
    private String completed(String address) {
        return address.startsWith(":") ? remoteHost + address : address;
    }

    @Override
    public String toString() {
        final ReplicaStatus status = status();
        return status == null ? remoteHost : status.address() + " (node " + Long.toHexString(status.node()) + ")";
    }
}
